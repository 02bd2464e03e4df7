"""A department's program on the real broker: through a crash, a rebalance, and what it does not acknowledge."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from ouvidor.client import (
    Broker,
    Case,
    Department,
    Ledger,
    Misconfigured,
    Refused,
    SqliteLedger,
    Unavailable,
    Unreadable,
)
from ouvidor.events import REFUSED, Output, encode
from ouvidor.local.kafka import LocalKafka
from ouvidor.settings import Settings
from ouvidor.topic_admin import create
from ouvidor.topics import Topics, plan
from sinks.replies.reading import command_of, read_reply
from tests.ingest.river import arrived, committed, until
from tests.ouvidor.client.samples import dispatched, event
from tests.routers.samples import MONDAY


class River:
    """A broker with the topics of `billing`."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings = settings
        self.topics = Topics(settings.kafka.prefix)
        self.broker = Broker(settings.kafka.servers, prefix=settings.kafka.prefix)
        self.file = folder / "billing.sqlite"
        self.feed = self.topics.department("billing")

    def department(self, ledger: Ledger | Path | None = None, **more: object) -> Department:
        return Department("billing", self.broker, ledger=ledger or self.file, **more)  # type: ignore[arg-type]

    async def write(self, *outputs: Output) -> None:
        async with AIOKafkaProducer(bootstrap_servers=self.settings.kafka.servers) as producer:
            for each in outputs:
                await producer.send_and_wait(
                    each.topic, each.value, key=each.key, headers=list(each.headers), partition=each.partition or 0
                )

    async def cases(self, *numbers: int, partition: int = 0) -> None:
        await self.write(*(replace(event(dispatched(number), self.feed), partition=partition) for number in numbers))

    async def offset(self, partition: int = 0) -> int:
        """Give what the department's group has committed."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.settings.kafka.servers, group_id=self.feed)
        await consumer.start()
        try:
            return await consumer.committed(TopicPartition(self.feed, partition)) or 0
        finally:
            await consumer.stop()


@pytest.fixture
async def river(kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path) -> River:
    prefix = f"{sha256(fresh_name('client').encode()).hexdigest()[:12]}."
    settings = Settings(
        kafka={"bootstrap": kafka.bootstrap, "prefix": prefix, "partitions": 2},  # type: ignore[arg-type]
        data=tmp_path,
    )
    its = Topics(prefix)
    wanted = (its.department("billing"), its.refused("billing"), its.replies)
    await create(settings, [each for each in plan(settings.kafka, ["billing"]) if each.name in wanted])
    return River(settings, tmp_path)


async def take(cases: AsyncIterator[Case], count: int) -> list[Case]:
    async with asyncio.timeout(90):
        return [await anext(cases) for _ in range(count)]


@asynccontextmanager
async def reading_on(cases: AsyncIterator[Case]) -> AsyncIterator[asyncio.Future[Case]]:
    """Wait for the next case, beside whatever else is looked at."""
    coming = asyncio.ensure_future(anext(cases))
    try:
        yield coming
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)


def text(case: Case) -> str:
    return case.message.text


async def test_what_was_acknowledged_never_comes_again_and_what_was_not_does_whatever_was_done_behind_it(river: River):
    await river.cases(1, 2, 3, 2)
    async with river.department() as billing:
        found = await take(aiter(billing), 3)
        assert [text(each) for each in found] == ["Caso 1", "Caso 2", "Caso 3"]
        await found[1].ack()
        await found[2].ack()
        await found[2].ack()
    assert await river.offset() == 0
    with pytest.raises(Unavailable, match="will come again"):
        await found[0].ack()
    async with river.department() as billing:
        cases = aiter(billing)
        (first,) = await take(cases, 1)
        assert text(first) == "Caso 1"
        await first.ack()
        await river.cases(4)
        (last,) = await take(cases, 1)  # the doubled one is passed over
        await last.ack()
    assert await river.offset() == 5


async def test_the_loop_opens_and_closes_by_itself_and_an_error_in_the_work_acknowledges_nothing(river: River):
    await river.cases(1, 2)
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - the loop is what is tested
        async for case in river.department():
            if text(case) == "Caso 2":
                raise ZeroDivisionError
            await case.ack()
    async with river.department() as billing:
        (again,) = await take(aiter(billing), 1)
        assert text(again) == "Caso 2"


async def test_what_is_in_hand_is_not_given_again_when_a_rebalance_takes_it_away_and_gives_it_back(river: River):
    await river.cases(1, partition=0)
    await river.cases(2, partition=1)
    async with river.department() as one:
        cases = aiter(one)
        in_hand = await take(cases, 2)
        async with river.department() as other:  # it joins, and one partition is its own, with what is in hand of it
            (theirs,) = await take(aiter(other), 1)
            assert text(theirs) in {"Caso 1", "Caso 2"}
        await river.cases(3, partition=0)  # it has left: both come back
        (third,) = await take(cases, 1)
        assert text(third) == "Caso 3"
        for each in (*in_hand, third):
            await each.ack()
    await river.cases(4, partition=1)
    async with river.department() as again:
        (fourth,) = await take(aiter(again), 1)
        assert text(fourth) == "Caso 4"
        await fourth.ack()
    assert (await river.offset(0), await river.offset(1)) == (2, 2)


async def test_replies_go_out_as_any_client_s_and_a_refusal_is_told(river: River):
    await river.cases(1)
    told: list[Refused] = []

    async def refused(it: Refused) -> None:
        told.append(it)

    async with river.department(on_refused=refused, by="plantao") as billing:
        cases = aiter(billing)
        (case,) = await take(cases, 1)
        given = [await case.answer("Feito."), await case.answer("Feito."), await case.hand_back("não é conosco")]
        await case.ack()
        records = await arrived(river.settings, river.topics.replies, 3)
        found = [read_reply(command_of(dict(each.headers)["ce_type"].decode()), each.value) for each in records]
        assert [each.id for each in found] == given
        assert given[0] == given[1] != given[2]
        assert {(each.protocol, each.by, each.department) for each in found} == {(case.protocol, "plantao", "billing")}
        assert all(each.key == case.protocol.encode() for each in records)
        why = Refused(reply=given[2], command="hand-back", department="billing", reason="já foi respondido", at=MONDAY)
        topic = river.topics.refused("billing")
        await river.write(
            encode(why, topic=topic, key="k", id="r", type=REFUSED, source="/x", time=MONDAY, subject=None)
        )
        async with reading_on(cases):
            await until(lambda: bool(told))
    assert told == [why]


async def test_what_cannot_be_read_is_told_and_kept_and_holds_nobody_up(river: River, caplog: pytest.LogCaptureFixture):
    await river.write(Output(river.feed, b"Zulmira", b"k"))
    await river.cases(1)
    with caplog.at_level(logging.ERROR, "ouvidor.client"):
        async with river.department() as billing:
            (case,) = await take(aiter(billing), 1)
            await case.ack()
    (line,) = (each.getMessage() for each in caplog.records if each.name == "ouvidor.client")
    assert line.startswith(f"unreadable: {river.feed}, partition 0, offset 0: no CloudEvent")
    ledger = SqliteLedger(river.file)
    assert [row[:3] for row in ledger.unreadable()] == [(river.feed, 0, 0)]
    ledger.close()
    assert await river.offset() == 2


async def test_nothing_is_committed_past_what_nobody_could_be_told_of(river: River):
    await river.write(Output(river.feed, b"hello", b"k"))
    await river.cases(1)

    async def fails(found: Unreadable) -> None:
        raise LookupError(found.why)

    with pytest.raises(LookupError):
        async for _ in river.department(on_unreadable=fails):
            pass
    assert await river.offset() == 0


async def test_who_acknowledges_nothing_is_told_so_and_given_no_more(river: River, caplog: pytest.LogCaptureFixture):
    await river.cases(1, 2, 3)
    with caplog.at_level(logging.WARNING, "ouvidor.client"):
        async with river.department(most_open=2) as billing:
            cases = aiter(billing)
            first, _ = await take(cases, 2)
            async with reading_on(cases) as third:
                await until(lambda: "await case.ack()" in caplog.text)
                assert not third.done()
                await first.ack()
                assert text(await asyncio.wait_for(third, 60)) == "Caso 3"


async def test_a_department_that_there_is_not_is_told_at_once(river: River):
    with pytest.raises(Misconfigured, match=r"pythn: there is no topic .*department\.pythn and no .*refused\.pythn"):
        async for _ in Department("pythn", river.broker, ledger=river.file):
            pass
    assert not await committed(river.settings, river.topics.replies)
