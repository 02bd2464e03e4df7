"""A stage in the test's own process, so that single things fail: nothing is skipped, doubled, or left standing."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaConnectionError
from structlog.testing import capture_logs

import ouvidor.stage
from ouvidor.errors import Misconfigured, Rejected, Unavailable
from ouvidor.events import Incoming, Output
from ouvidor.fence import Fence
from ouvidor.health import Heart
from ouvidor.local.kafka import LocalKafka
from ouvidor.service import Deed, Memory, Stage
from ouvidor.settings import Settings
from ouvidor.stage import Limits, StageRunner
from tests.faults.river import River, assert_exactly_once, record, until


@pytest.fixture
async def river(kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path) -> River:
    return River(kafka.bootstrap, fresh_name("") + ".", tmp_path)


class Sorting:
    """What the stage of these tests does, and what it was seen to do."""

    def __init__(self, river: River) -> None:
        self.river = river
        self.worked: Counter[int] = Counter()
        self.misconfigured: list[Misconfigured] = []
        self.heart = Heart("sorting")
        self.away: set[int] = set()

    def __call__(self, one: Incoming, _: Memory) -> Iterator[Output | Deed]:
        data = json.loads(one.value or b"")
        if data["number"] in self.away:
            raise Unavailable("the model server is away")
        self.worked[data["number"]] += 1
        yield Output(f"{self.river.prefix}out.{data['department']}", one.value, one.key)

    @asynccontextmanager
    async def running(
        self, stage: Stage | None = None, *, most: int = 50, level: str = "info", session: float = 6
    ) -> AsyncIterator[StageRunner]:
        settings = Settings(
            kafka={"bootstrap": self.river.bootstrap, "prefix": self.river.prefix},
            data=self.river.folder,
            telemetry={"level": level},
        )
        runner = StageRunner(
            replace(stage or Stage("sorting", self), topics=[f"{self.river.prefix}in"]),
            settings,
            self.heart,
            instance="1",
            on_misconfigured=self.misconfigured.append,
            limits=Limits(max_records=most, session=timedelta(seconds=session)),
        )
        await runner.start()
        try:
            yield runner
        finally:
            await runner.stop()

    async def arrived(self, count: int, within: float = 60) -> None:
        """Wait for so many outputs, and see that they are what was to come."""
        async with self.river.counting() as counting:
            await counting.reach(count, within)
        assert_exactly_once(await self.river.read(self.river.outputs), count)


async def test_a_batch_swallowed_between_poll_and_handler_leaves_no_hole(river: River) -> None:
    await river.make_topics(partitions=2)
    sorting = Sorting(river)
    async with sorting.running(most=20) as runner:
        handle, calls = runner._handle, 0

        async def swallow(records: Sequence[Incoming]) -> None:
            nonlocal calls
            calls += 1
            if calls in {3, 5}:
                raise RuntimeError("a middleware's defect")
            await handle(records)

        runner._handle = swallow  # type: ignore[method-assign]
        await river.fill(400)
        await sorting.arrived(400)
    assert calls > 5


async def test_the_last_batch_swallowed_comes_back_though_nothing_new_comes_and_the_fence_fails_first(
    river: River, monkeypatch: pytest.MonkeyPatch
) -> None:
    await river.make_topics(partitions=1)
    sorting = Sorting(river)
    await river.fill(100)
    async with sorting.running(most=500) as runner:
        await sorting.arrived(100)
        handle, take = runner._handle, Fence.take
        failures = 0

        async def swallow(records: Sequence[Incoming]) -> None:
            assert records
            runner._handle = handle  # type: ignore[method-assign]
            raise RuntimeError("a middleware's defect")

        async def fail(*given: Any, **named: Any) -> Fence:  # noqa: ANN401 - whatever it takes
            nonlocal failures
            failures += 1
            if failures < 3:
                raise KafkaConnectionError("the broker is away")
            return await take(*given, **named)

        runner._handle = swallow  # type: ignore[method-assign]
        monkeypatch.setattr(Fence, "take", fail)
        await river.fill(100, first=100)
        await sorting.arrived(200)
    assert failures == 3


async def test_a_poll_that_raises_what_is_no_error_of_kafka_leaves_no_hole(river: River) -> None:
    await river.make_topics(partitions=3)
    sorting = Sorting(river)
    async with sorting.running(most=10) as runner:
        fetcher = runner._consumer._fetcher
        fetched, losses = fetcher.fetched_records, 0

        async def lose(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - the same
            nonlocal losses
            found = await fetched(*given, **named)
            if found and losses < 2 and len(runner._fences) == 3:
                losses += 1
                raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "a header's name")
            return found

        fetcher.fetched_records = lose
        await river.fill(300)
        await sorting.arrived(300, within=90)
    assert losses == 2


async def test_an_error_that_escapes_one_partition_lets_no_other_fall_behind_its_next_batch(river: River) -> None:
    await river.make_topics(partitions=2)
    await river.fill(600)
    sorting = Sorting(river)
    slow: set[int] = set()

    async def prepare(records: Sequence[Incoming]) -> Sequence[Incoming]:
        if slow and records[0].partition in slow:
            slow.clear()
            await asyncio.sleep(0.7)
        return records

    async with sorting.running(Stage("sorting", sorting, prepare=prepare), most=20) as runner:
        work, calls = runner._work, Counter[int]()

        async def escape(partition: TopicPartition, records: list[Incoming], fence: Fence | None) -> None:
            calls[partition.partition] += 1
            if partition.partition == 0 and calls[0] == 6:
                slow.add(1)
                await asyncio.sleep(0.05)
                raise AssertionError("the assignment is gone")
            await work(partition, records, fence)

        runner._work = escape  # type: ignore[method-assign]
        await sorting.arrived(600, within=90)


async def test_what_is_away_in_the_middle_of_a_batch_holds_the_rest_and_the_others_are_done(river: River) -> None:
    await river.make_topics(partitions=1)
    await river.fill(60)
    sorting = Sorting(river)
    sorting.away.add(25)
    async with sorting.running() as runner, river.counting() as counting:
        await counting.reach(25, 90)
        trouble = next(iter(runner._troubles.values()))
        await until(lambda: trouble.failures >= 4, 90)
        assert counting.count == 25, "nothing may pass the record that is held"
        assert trouble.offset == 25
        assert sorting.heart.trouble == "the model server is away"
        assert set(sorting.worked.values()) == {1}, "those before it are not worked again"
        sorting.away.clear()
        await sorting.arrived(60)
    assert await river.read([river.dead_letters]) == []


async def test_records_so_slow_that_a_batch_outlasts_the_session_pass_one_after_the_other(river: River) -> None:
    await river.make_topics(partitions=1)
    await river.fill(12)
    sorting = Sorting(river)

    def slowly(one: Incoming, memory: Memory) -> Iterator[Output | Deed]:
        sleep(0.9)
        return sorting(one, memory)

    async with sorting.running(Stage("sorting", slowly), session=2):
        await sorting.arrived(12, within=90)


async def test_what_cannot_be_fetched_now_holds_its_partition_until_it_can(river: River) -> None:
    await river.make_topics(partitions=2)
    await river.fill(40)
    sorting = Sorting(river)
    asked = 0

    async def prepare(records: Sequence[Incoming]) -> Sequence[Incoming]:
        nonlocal asked
        asked += 1
        if asked < 6:
            raise Unavailable("the blob store is away")
        return [replace(one) for one in records]

    async with sorting.running(Stage("sorting", sorting, prepare=prepare)):
        await sorting.arrived(40)
    assert await river.read([river.dead_letters]) == []


@pytest.mark.parametrize("fault", [Rejected("its bytes are lost"), ValueError("joana's defect")], ids=["told", "not"])
@pytest.mark.parametrize("where", ["prepare", "perform"])
async def test_a_record_that_fails_for_good_outside_kafka_is_found_and_its_neighbours_pass(
    river: River, where: str, fault: Exception
) -> None:
    await river.make_topics(partitions=1)
    good = [(b"k", record(number)) for number in range(90)]
    await river.write([*good[:41], (b"k", json.dumps({"number": -1, "department": "water"}).encode()), *good[41:]])
    sorting = Sorting(river)

    def function(one: Incoming, memory: Memory) -> Iterator[Output | Deed]:
        yield from sorting(one, memory)
        yield json.loads(one.value or b"")["number"]

    async def prepare(records: Sequence[Incoming]) -> Sequence[Incoming]:
        if where == "prepare" and any(b"-1" in (one.value or b"") for one in records):
            raise fault
        return records

    async def perform(deeds: Sequence[Deed]) -> None:
        if where == "perform" and -1 in deeds:
            raise fault

    async with sorting.running(Stage("sorting", function, prepare=prepare, perform=perform), most=500):
        await sorting.arrived(90)
    (letter,) = await river.read([river.dead_letters])
    told = json.loads(letter.value)
    assert told["offset"] == 41
    assert "joana" not in told["reason"]


async def test_a_consumer_that_answers_no_more_though_the_broker_does_is_made_anew(river: River) -> None:
    await river.make_topics(partitions=2)
    sorting = Sorting(river)
    async with sorting.running() as runner:
        await river.fill(20)
        await sorting.arrived(20)
        worn = runner._consumer

        async def forever(*_: object) -> None:
            await asyncio.Event().wait()

        worn.committed = forever
        runner._holed = True  # as after a poll that failed: every fence is taken anew
        await asyncio.wait_for(runner.worn(), 60)
        await runner.stop()
        await runner.start()
        assert runner._consumer is not worn
        await river.fill(30, first=20)
        await sorting.arrived(50)


async def test_a_stage_whose_prepare_leaves_out_a_record_before_others_skips_none_and_says_so(river: River) -> None:
    await river.make_topics(partitions=1)
    await river.fill(20)
    sorting = Sorting(river)

    async def prepare(records: Sequence[Incoming]) -> Sequence[Incoming]:
        return records[1:]

    async with sorting.running(Stage("sorting", sorting, prepare=prepare)):
        await until(lambda: bool(sorting.misconfigured), 60)
    assert "prepare" in str(sorting.misconfigured[0])
    assert await river.read(river.outputs) == []


async def test_deeds_are_done_before_the_commit_and_again_after_one_that_failed(
    river: River, monkeypatch: pytest.MonkeyPatch
) -> None:
    await river.make_topics(partitions=1)
    await river.fill(10)
    sorting = Sorting(river)
    seen: list[str] = []
    commit = Fence.commit

    def function(one: Incoming, memory: Memory) -> Iterator[Output | Deed]:
        yield one.offset
        yield from sorting(one, memory)

    async def perform(deeds: Sequence[Deed]) -> None:
        seen.append(f"deeds {deeds}")

    async def failing(fence: Fence, outputs: list[Output], after: int) -> None:
        seen.append(f"commit {after}")
        if len(seen) < 3:
            raise KafkaConnectionError("the broker is away")
        await commit(fence, outputs, after)

    monkeypatch.setattr(Fence, "commit", failing)
    async with sorting.running(Stage("sorting", function, perform=perform)):
        await sorting.arrived(10)
    deeds = f"deeds {list(range(10))}"
    assert seen == [deeds, "commit 10", deeds, "commit 10"]


async def test_a_dead_letter_over_the_brokers_limit_holds_up_nobody(river: River) -> None:
    await river.make_topics(partitions=1)
    good = [(b"k", record(number)) for number in range(30)]
    await river.write([*good[:11], (b"k", b"\xff" * 900_000), *good[11:]])  # 1.2 MB in base64
    sorting = Sorting(river)
    async with sorting.running():
        await sorting.arrived(30)
    (letter,) = await river.read([river.dead_letters])
    told = json.loads(letter.value)
    assert told["offset"] == 11
    assert "value" not in told
    assert "bytes stay at its place" in told["reason"]


async def test_records_that_others_have_compressed_are_read(river: River) -> None:
    await river.make_topics(partitions=1)
    codecs = ("gzip", "snappy", "lz4", "zstd")  # whatever the departments' own systems are set to
    for number, codec in enumerate(codecs):
        await river.write([(b"k", record(number))], compression=codec)
    sorting = Sorting(river)
    async with sorting.running():
        await sorting.arrived(len(codecs))


async def test_an_idle_stage_whose_input_ends_in_a_marker_is_alive_after_a_restart(
    river: River, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ouvidor.stage, "_LAG_SECONDS", 0.3)
    await river.make_topics(partitions=1)
    producer = AIOKafkaProducer(bootstrap_servers=river.bootstrap, transactional_id=f"{river.prefix}writer")
    async with producer, producer.transaction():
        for number in range(5):
            await producer.send(f"{river.prefix}in", record(number), b"k")
    async with Sorting(river).running() as _:
        await Sorting(river).arrived(5)
    again = Sorting(river)
    again.heart.wait("it starts")
    async with again.running():
        await until(lambda: again.heart.trouble is None, 30)  # a look at the empty topic was a sign of life
        looks = monotonic() + 1.5
        await until(lambda: monotonic() > looks or again.heart.trouble is not None, 3)
        assert again.heart.trouble is None


async def test_a_stage_that_hangs_with_all_its_records_in_hand_is_not_alive(
    river: River, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ouvidor.stage, "_LAG_SECONDS", 0.2)
    await river.make_topics(partitions=1)
    await river.fill(10)
    sorting = Sorting(river)
    sorting.heart.patience = timedelta(seconds=1)
    hung = asyncio.Event()

    async def prepare(_: Sequence[Incoming]) -> Sequence[Incoming]:
        hung.set()
        return await asyncio.Future()

    async with sorting.running(Stage("sorting", sorting, prepare=prepare)) as runner:
        await asyncio.wait_for(hung.wait(), 60)
        await until(lambda: not sorting.heart.alive, 30)
        began = monotonic()
        await runner.stop()
        assert monotonic() - began < 15  # systemd kills after that
        assert not runner._fences


async def test_a_stage_that_is_stopped_while_it_takes_a_fence_ends_in_time(
    river: River, monkeypatch: pytest.MonkeyPatch
) -> None:
    await river.make_topics(partitions=1)
    await river.fill(10)
    sorting = Sorting(river)
    taking = asyncio.Event()

    async def take(*_: object, **__: object) -> Fence:
        taking.set()
        return await asyncio.Future()

    async with sorting.running() as runner:
        with monkeypatch.context() as patched:
            patched.setattr(Fence, "take", take)
            await asyncio.wait_for(taking.wait(), 60)
            began = monotonic()
            await runner.stop()
            assert monotonic() - began < 15  # systemd kills after that
    async with sorting.running():
        await sorting.arrived(10)


async def test_a_changelog_with_fewer_partitions_than_the_input_is_told(river: River) -> None:
    await river.make_topics(partitions=3)
    await river.make_topic(f"{river.prefix}seen", 1)
    await river.fill(30)
    sorting = Sorting(river)
    async with sorting.running(Stage("sorting", sorting, remembers=f"{river.prefix}seen")):
        await until(lambda: bool(sorting.misconfigured), 60)
    assert f"{river.prefix}seen: it has 1 partitions" in str(sorting.misconfigured[0])


async def test_what_a_stage_remembers_survives_the_loss_of_its_cache_and_of_its_last_moments(river: River) -> None:
    await river.make_topics(partitions=1)
    await river.make_topic(f"{river.prefix}seen", 1)
    sorting = Sorting(river)

    def once(one: Incoming, memory: Memory) -> Iterator[Output | Deed]:
        name = str(json.loads(one.value or b"")["number"]).encode()
        if memory.get(name) is None:
            memory.put(name, b"seen")
            yield from sorting(one, memory)

    stage = Stage("sorting", once, remembers=f"{river.prefix}seen")
    cache = river.folder / "state" / "sorting" / f"{river.prefix}in-0.sqlite"
    await river.fill(50)
    async with sorting.running(stage):
        await sorting.arrived(50)
    early = cache.read_bytes()
    await river.fill(60)
    async with sorting.running(stage):
        await sorting.arrived(60)
    cache.write_bytes(early)  # as after a crash between commit and cache
    await river.fill(70)
    async with sorting.running(stage):
        await sorting.arrived(70)
    cache.unlink()
    await river.fill(80)
    async with sorting.running(stage):
        await sorting.arrived(80)
    cache.write_bytes(b"damaged" * 10_000)
    await river.fill(90)
    async with sorting.running(stage):
        await sorting.arrived(90)
    assert set(sorting.worked.values()) == {1}


@pytest.mark.parametrize(("level", "lines"), [("info", 0), ("debug", 30)])
async def test_a_batch_is_one_line_and_at_debug_each_record_is_one_more(river: River, level: str, lines: int) -> None:
    await river.make_topics(partitions=1)
    sorting = Sorting(river)
    await river.fill(30)
    with capture_logs() as logs:
        async with sorting.running(level=level):
            await sorting.arrived(30)
    batches = [line for line in logs if line["event"] == "batch"]
    records = [line for line in logs if line["event"] == "record"]
    assert sum(line["records"] for line in batches) == 30
    assert [line["offset"] for line in records] == list(range(lines))
    assert all("value" not in line and "key" not in line for line in logs)
