"""A stage's river for fault tests: topics, workers as processes, the check that nothing is lost or doubled."""

import asyncio
import itertools
import json
import os
import random
import signal
import sys
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError

WORKER = Path(__file__).with_name("worker.py")
DEPARTMENTS = ("billing", "delivery", "water")


class Worker:
    """A worker process of the stage."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self.process = process
        self.log = log

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    async def kill(self) -> None:
        self.process.kill()
        await self.process.wait()

    async def ready(self) -> None:
        """Wait until it has joined its group, or fail with what it said."""
        await until(lambda: "READY" in self.log.read_text() or self.process.returncode is not None, 60)
        assert self.process.returncode is None, self.log.read_text()

    async def end(self) -> int:
        """SIGTERM once it runs, and its exit code: before that it knows of no clean end."""
        await self.ready()
        self.process.terminate()
        return await asyncio.wait_for(self.process.wait(), 60)


class River:
    """Topics under a prefix of their own: `in`, `out.<department>`, `dead-letter`, `ombudsman`."""

    def __init__(self, bootstrap: str, prefix: str, folder: Path, *, session: float = 6, most: int = 500) -> None:
        self.bootstrap = bootstrap
        self.prefix = prefix[-50:].lstrip("-.")  # settings allow 60
        self.folder = folder
        self.session = session
        self.most = most
        self.remembers = ""
        self._numbers = itertools.count(1)

    @property
    def outputs(self) -> list[str]:
        return [f"{self.prefix}out.{name}" for name in DEPARTMENTS]

    @property
    def dead_letters(self) -> str:
        return f"{self.prefix}dead-letter"

    async def make_topics(self, partitions: int = 4, missing: Sequence[str] = (), **config: str) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        await admin.start()
        try:
            names = [f"{self.prefix}in", *self.outputs, self.dead_letters, f"{self.prefix}ombudsman"]
            await admin.create_topics(
                [NewTopic(name, partitions, 1, topic_configs=config) for name in names if name not in missing]
            )
        finally:
            await admin.close()

    async def make_topic(self, name: str, partitions: int = 4) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        await admin.start()
        try:
            await admin.create_topics([NewTopic(name, partitions, 1)])
        finally:
            await admin.close()

    async def fill(self, count: int, first: int = 0) -> None:
        """Write numbered records in order: a key's numbers grow."""
        await self.write((str(number % 97).encode(), record(number)) for number in range(first, first + count))

    async def write(
        self,
        records: Iterable[tuple[bytes | None, bytes | None]],
        partition: int | None = None,
        compression: str | None = None,
    ) -> None:
        producer = AIOKafkaProducer(
            bootstrap_servers=self.bootstrap, enable_idempotence=True, linger_ms=5, compression_type=compression
        )
        await producer.start()
        try:
            sent = [
                await producer.send(f"{self.prefix}in", value, key, partition=partition, headers=[("origin", b"\xff1")])
                for key, value in records
            ]
            await asyncio.gather(*sent)
        finally:
            await producer.stop()

    async def start_worker(self, instance: str = "1") -> Worker:
        log = self.folder / f"worker-{instance}-{next(self._numbers)}.log"
        with log.open("wb") as file:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                str(WORKER),
                self.bootstrap,
                self.prefix,
                instance,
                str(self.folder / instance),
                str(self.session),
                str(self.most),
                self.remembers,
                stdout=file,
                stderr=asyncio.subprocess.STDOUT,
                env={**os.environ, "PYTHONPATH": str(Path.cwd())},
            )
        return Worker(process, log)

    @asynccontextmanager
    async def worker(self, instance: str = "1") -> AsyncIterator[Worker]:
        worker = await self.start_worker(instance)
        try:
            yield worker
        finally:
            if worker.process.returncode is None:
                worker.signal(signal.SIGCONT)
                await worker.kill()

    async def read(self, topics: Sequence[str]) -> list[ConsumerRecord]:
        """Read all that a read_committed consumer sees now."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.bootstrap,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
        )
        await consumer.start()
        try:
            partitions = await self.partitions(topics)
            consumer.assign(partitions)
            ends = await consumer.end_offsets(partitions)
            found: list[ConsumerRecord] = []
            while any([await consumer.position(each) < end for each, end in ends.items()]):
                for batch in (await consumer.getmany(timeout_ms=200)).values():
                    found.extend(batch)
            return found
        finally:
            await consumer.stop()

    async def partitions(self, topics: Sequence[str]) -> list[TopicPartition]:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        await admin.start()
        try:
            described = await admin.describe_topics(list(topics))
        finally:
            await admin.close()
        return [TopicPartition(each["topic"], part["partition"]) for each in described for part in each["partitions"]]

    async def seen(self, counter: "Counting") -> None:
        """Follow the outputs in a consumer of their own, so that a test can wait for progress."""
        while True:
            consumer = AIOKafkaConsumer(
                *self.outputs,
                bootstrap_servers=self.bootstrap,
                isolation_level="read_committed",
                auto_offset_reset="earliest",
                enable_auto_commit=False,
                metadata_max_age_ms=2000,
            )
            try:
                await consumer.start()
                counter.restart()
                while True:
                    for batch in (await consumer.getmany(timeout_ms=100)).values():
                        counter.add(len(batch))
            except KafkaError:
                await asyncio.sleep(0.2)
            finally:
                await consumer.stop()

    @asynccontextmanager
    async def counting(self) -> AsyncIterator["Counting"]:
        counter = Counting()
        task = asyncio.create_task(self.seen(counter))
        try:
            yield counter
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


class Counting:
    """How many records the outputs hold."""

    def __init__(self) -> None:
        self.count = 0

    def restart(self) -> None:
        self.count = 0

    def add(self, more: int) -> None:
        self.count += more

    async def reach(self, count: int, within: float) -> None:
        await until(lambda: self.count >= count, within, lambda: f"{self.count} of {count} arrived")


async def until(condition: Callable[[], bool], within: float, words: Callable[[], str] = str) -> None:
    """Wait for a condition, with a deadline."""
    deadline = monotonic() + within
    while not condition():
        if monotonic() > deadline:
            raise AssertionError(f"not within {within} s: {words()}")
        await asyncio.sleep(0.02)


def record(number: int) -> bytes:
    return json.dumps({"number": number, "department": DEPARTMENTS[number % len(DEPARTMENTS)]}).encode()


def assert_exactly_once(found: Sequence[ConsumerRecord], count: int) -> None:
    """Every number once, in its department's topic, and in order for each key."""
    times = Counter(json.loads(each.value)["number"] for each in found)
    lost = [number for number in range(count) if number not in times]
    doubled = [number for number, often in times.items() if often > 1]
    told = f"{len(lost)} lost {lost[:5]}, {len(doubled)} doubled {doubled[:5]}"
    assert not lost, told
    assert not doubled, told
    assert len(times) == count
    last: dict[tuple[str, bytes], int] = defaultdict(lambda: -1)
    for each in found:
        number = json.loads(each.value)["number"]
        assert each.topic.endswith(DEPARTMENTS[number % len(DEPARTMENTS)])
        assert last[each.topic, each.key] < number, f"{number} of key {each.key!r} came too late"
        last[each.topic, each.key] = number


def dice(seed: int) -> random.Random:
    return random.Random(seed)
