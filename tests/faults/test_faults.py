"""What happens to workers and brokers, while records flow: none is lost, none doubled, each key's order is kept.

The same tests in two sizes: some seconds each in `make test`, the counts of the promise in `make faults`.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import monotonic

import pytest

from ouvidor.local.kafka import LocalKafka
from tests.faults.river import River, assert_exactly_once, dice, record, until

OwnKafka = Callable[..., Awaitable[LocalKafka]]

KILLS = [pytest.param(4, 8_000, id="small"), pytest.param(100, 100_000, id="long", marks=pytest.mark.faults)]
BROKER_KILLS = [pytest.param(1, 8_000, id="small"), pytest.param(10, 100_000, id="long", marks=pytest.mark.faults)]
FREEZES = [pytest.param(1, 10_000, id="small"), pytest.param(3, 60_000, id="long", marks=pytest.mark.faults)]
RESTARTS = [pytest.param(1, 10_000, id="small"), pytest.param(5, 60_000, id="long", marks=pytest.mark.faults)]
PAUSES = [pytest.param(12, id="small"), pytest.param(120, id="long", marks=pytest.mark.faults)]


@pytest.mark.parametrize(("kills", "count"), KILLS)
async def test_killed_at_any_moment_nothing_is_lost_or_doubled(
    kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path, kills: int, count: int
) -> None:
    river = River(kafka.bootstrap, fresh_name("kill") + ".", tmp_path, most=100)
    await river.make_topics()
    await river.fill(count)
    chance = dice(7)
    async with river.counting() as counting:
        for _ in range(kills):
            before = counting.count
            async with river.worker() as worker:
                # Some progress first, so that every kill falls into work; then any moment of it.
                await until(lambda: counting.count > before or counting.count >= count, 90)  # noqa: B023
                await asyncio.sleep(chance.uniform(0, 0.15))
                await worker.kill()
        async with river.worker() as worker:
            await counting.reach(count, 120)
            assert await worker.end() == 0
    assert_exactly_once(await river.read(river.outputs), count)
    assert await river.read([river.dead_letters]) == []


@pytest.mark.parametrize(("kills", "count"), KILLS)
async def test_redeliveries_are_dropped_also_where_what_remembers_them_is_killed(
    kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path, kills: int, count: int
) -> None:
    river = River(kafka.bootstrap, fresh_name("redeliveries") + ".", tmp_path, most=100)
    river.remembers = f"{river.prefix}seen"
    count //= 4
    await river.make_topics()
    await river.make_topic(river.remembers)
    for _ in range(3):
        await river.fill(count)
    chance = dice(11)
    async with river.counting() as counting:
        for _ in range(kills):
            before = counting.count
            async with river.worker() as worker:
                await until(lambda: counting.count > before or counting.count >= count, 90)  # noqa: B023
                await asyncio.sleep(chance.uniform(0, 0.15))
                await worker.kill()
        async with river.worker() as worker:
            await counting.reach(count, 120)
            for partition in range(4):  # when the last of each partition is there, all redeliveries before it were seen
                await river.write([(b"end %d" % partition, record(count + partition))], partition)
            await counting.reach(count + 4, 60)
            assert await worker.end() == 0
    assert_exactly_once(await river.read(river.outputs), count + 4)


@pytest.mark.parametrize(("kills", "count"), BROKER_KILLS)
async def test_a_killed_broker_loses_and_doubles_nothing(
    own_kafka: OwnKafka, tmp_path: Path, kills: int, count: int
) -> None:
    kafka = await own_kafka()
    river = River(kafka.bootstrap, "broker-kill.", tmp_path, most=100)
    await river.make_topics()
    await river.fill(count)
    async with river.counting() as counting, river.worker() as worker:
        for turn in range(kills):
            want = count * (turn + 1) // (kills + 2)
            await counting.reach(want, 120)
            kafka.kill()
            await kafka.start()
        await counting.reach(count, 180)
        assert await worker.end() == 0
    assert_exactly_once(await river.read(river.outputs), count)


@pytest.mark.parametrize(("freezes", "count"), FREEZES)
async def test_workers_frozen_for_longer_than_their_session_double_nothing(
    kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path, freezes: int, count: int
) -> None:
    session = 3.0
    river = River(kafka.bootstrap, fresh_name("freeze") + ".", tmp_path, session=session, most=50)
    await river.make_topics()
    await river.fill(count // 2)
    async with river.counting() as counting, river.worker("1") as one, river.worker("2") as two:
        await counting.reach(100, 60)
        written = count // 2
        part = (count - written) // (2 * freezes)
        for _ in range(freezes):
            for worker in (one, two):
                worker.signal(signal.SIGSTOP)
                await river.fill(part, first=written)
                written += part
                await asyncio.sleep(session + 1.5)
                worker.signal(signal.SIGCONT)
        await river.fill(count - written, first=written)
        await counting.reach(count, 120)
        assert await one.end() == 0
        assert await two.end() == 0
    assert_exactly_once(await river.read(river.outputs), count)


@pytest.mark.parametrize(("rounds", "count"), RESTARTS)
async def test_a_rolling_restart_of_three_workers_loses_and_doubles_nothing(
    kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path, rounds: int, count: int
) -> None:
    river = River(kafka.bootstrap, fresh_name("rolling") + ".", tmp_path, session=3, most=50)
    await river.make_topics(partitions=6)
    names = ("1", "2", "3")
    written, part = 0, count // (rounds * len(names))
    async with river.counting() as counting:
        workers = {name: await river.start_worker(name) for name in names}
        try:
            for worker in workers.values():
                await worker.ready()
            for _ in range(rounds):
                for name in names:
                    await river.fill(part, first=written)
                    written += part
                    assert await workers[name].end() == 0
                    workers[name] = await river.start_worker(name)
                    await workers[name].ready()
            await river.fill(count - written, first=written)
            await counting.reach(count, 120)
        finally:
            for worker in workers.values():
                if worker.process.returncode is None:
                    await worker.kill()
    assert_exactly_once(await river.read(river.outputs), count)


@pytest.mark.parametrize("seconds", PAUSES)
async def test_after_a_pause_of_the_broker_the_work_goes_on_by_itself(
    own_kafka: OwnKafka, tmp_path: Path, seconds: int
) -> None:
    kafka = await own_kafka()
    river = River(kafka.bootstrap, "pause.", tmp_path, session=6, most=50)
    await river.make_topics()
    await river.fill(6_000)
    async with river.counting() as counting, river.worker() as worker:
        await counting.reach(500, 60)
        kafka.freeze()
        await asyncio.sleep(seconds)
        kafka.thaw()
        thawed = monotonic()
        await counting.reach(6_000, 60)
        back = monotonic() - thawed
        assert back < 45, f"it took {back:.0f} s to go on"
        assert await worker.end() == 0
    assert_exactly_once(await river.read(river.outputs), 6_000)


async def test_told_to_stop_in_the_middle_of_a_batch_it_ends_cleanly_and_doubles_nothing(
    kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path
) -> None:
    count = 12_000
    river = River(kafka.bootstrap, fresh_name("term") + ".", tmp_path, most=200)
    await river.make_topics()
    await river.fill(count)
    chance = dice(3)
    async with river.counting() as counting:
        for turn in range(4):
            async with river.worker() as worker:
                await worker.ready()
                await counting.reach(count * turn // 6 + 1, 60)
                await asyncio.sleep(chance.uniform(0, 0.1))
                began = monotonic()
                assert await worker.end() == 0
                assert monotonic() - began < 15  # systemd kills after that
                assert "STOPPED" in worker.log.read_text()
        async with river.worker() as worker:
            await counting.reach(count, 60)
            assert await worker.end() == 0
    assert_exactly_once(await river.read(river.outputs), count)
