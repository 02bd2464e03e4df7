"""The feed as a whole, on a broker with TLS, SCRAM and ACLs: each message in its owner's feed exactly once.

Ten departments, each with its own principal; a routing table that changes in mid-stream and brings an eleventh; two
departments that are away for a while; a webhook that is slow, and one that answers 500 for an hour of mocked time.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from time import monotonic

import pytest
import structlog

from tests.e2e.house_of_ten import SECRET, House
from tests.e2e.judge_of_ten import Judge
from tests.e2e.people import Clerk, Customers, Receiver
from tests.secured import DEPARTMENTS, SecuredKafka

AWAY = ("habitacao", "transporte")


async def prove(
    broker: SecuredKafka,
    folder: Path,
    prefix: str,
    *,
    messages: int,
    pause: float,
    apart: bool,
    within: float,
    partitions: int,
) -> House:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    quick, slow, failing = Receiver("obras"), Receiver("limpeza", pause=pause), Receiver("saude")
    receivers = (quick, slow, failing)
    for each in receivers:
        await each.start()
    house = House(broker, folder, prefix, [each.destination(SECRET) for each in receivers], partitions=partitions)
    failing.fails = lambda: house.clock.ahead < timedelta(hours=1)
    await house.grant()
    clerks = {name: Clerk(house, name) for name in DEPARTMENTS}
    customers = Customers(house)
    judge = Judge(house, customers, clerks, receivers)
    following = asyncio.create_task(judge.follow())
    began = monotonic()
    try:
        async with house.at_work(apart=apart):
            for clerk in clerks.values():
                clerk.come()

            for tenth in range(1, 11):
                await customers.write(messages * tenth // 10)
                house.clock.ahead += timedelta(minutes=7)
                if tenth == 1:
                    await judge.dispatched(messages // 50)
                    await asyncio.gather(*(clerks[name].go() for name in AWAY))
                if tenth == 4:
                    await judge.dispatched(messages // 5)
                    house.reload(second=True)
                if tenth == 8:
                    await judge.dispatched(1, by=house.second)
            written = monotonic() - began
            for name in AWAY:
                clerks[name].come()
            house.clock.ahead += timedelta(hours=3)
            await judge.all_there(within)
            house.clock.ahead += timedelta(hours=3)  # what was tried too often would be tried again by now
            await asyncio.sleep(1)
            peaks = house.peaks()
            for clerk in clerks.values():
                await clerk.go()
    finally:
        following.cancel()
        await asyncio.gather(following, *(clerk.go() for clerk in clerks.values()), return_exceptions=True)
        for each in receivers:
            await each.stop()
    assert judge.faults() == {}
    assert failing.refused > 0
    assert any(len(rounds) > 1 for rounds in failing.rounds.values())
    took = f"{messages} written in {written:.0f} s, all there after {monotonic() - began:.0f} s"
    print(f"{took}, {failing.refused} answered by 500; MiB at most: {peaks}")  # noqa: T201 - its figures


async def test_each_message_is_in_its_owners_feed_once_and_has_each_effect_once(
    secured_kafka: SecuredKafka, fresh_name: Callable[[str], str], tmp_path: Path
) -> None:
    prefix = f"{sha256(fresh_name('feed').encode()).hexdigest()[:12]}."
    await prove(secured_kafka, tmp_path, prefix, messages=330, pause=0.02, apart=False, within=90, partitions=1)


@pytest.mark.faults
async def test_a_hundred_thousand_messages_are_each_in_their_owners_feed_once(
    secured_kafka: SecuredKafka, tmp_path: Path
) -> None:
    await prove(
        secured_kafka, tmp_path, "cem-mil.", messages=100_000, pause=0.05, apart=True, within=3600, partitions=4
    )
