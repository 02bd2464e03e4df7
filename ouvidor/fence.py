"""The fence of a partition: the right to answer for its records, held by one worker at a time.

aiokafka has no KIP-447: the group's coordinator does not check the generation of who commits, so a worker that was
frozen could commit after another took its partition. The fence is the transactional id, one a partition: starting its
producer (InitProducerId) ends every open transaction of the one before and refuses all its later ones. Only then is
the committed offset read, since only then is it final.

Source: design of the stage, section 5; KIP-98 "Exactly Once Delivery and Transactional Messaging".
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from ouvidor.errors import Unavailable
from ouvidor.events import Output
from ouvidor.memory import PartitionMemory, Untold
from ouvidor.partitions import partition_of

__all__ = ["Fence", "Remembering", "close_client"]

_CLOSE_SECONDS = 3.0
_BATCH_BYTES = 256 * 1024


class Remembering:
    """Where a stage's memory is kept: its changelog, and the folder of this machine's caches."""

    def __init__(self, changelog: str, folder: Path, forget_after_seconds: int | None) -> None:
        self.changelog = changelog
        self._folder = folder
        self._forget_after = forget_after_seconds

    def open(self, partition: TopicPartition) -> PartitionMemory:
        """Open this machine's cache of a partition's memory."""
        name = f"{partition.topic}-{partition.partition}.sqlite"
        return PartitionMemory(self._folder / name, self._forget_after)


async def close_client(client: Any, within: float = _CLOSE_SECONDS) -> None:  # noqa: ANN401 - any of aiokafka's
    """Close a producer or consumer in any state, in bounded time: one that was fenced or cut off cannot end well."""
    with suppress(KafkaError, OSError, TimeoutError, asyncio.InvalidStateError, AssertionError):
        async with asyncio.timeout(within):
            await client.stop()
    if isinstance(client, AIOKafkaProducer):
        _hear_out(client)


def _hear_out(producer: AIOKafkaProducer) -> None:
    """Take note of what failed inside the client: asyncio tells each error that nobody asked for, with a traceback."""
    batches = producer._message_accumulator._batches.values()  # noqa: SLF001 - it has no other way to ask
    waiters = [batch._drain_waiter for of_partition in batches for batch in of_partition]  # noqa: SLF001
    if producer._txn_manager is not None:  # noqa: SLF001
        waiters.append(producer._txn_manager._transaction_waiter)  # noqa: SLF001
    for waiter in waiters:
        if waiter is not None and waiter.done() and not waiter.cancelled():
            waiter.exception()


class Fence:
    """One partition's fence, taken. It is made by `take`, and of no use after anything failed under it."""

    def __init__(
        self,
        partition: TopicPartition,
        group: str,
        producer: AIOKafkaProducer,
        memory: PartitionMemory | Untold,
        changelog: str | None,
        limit: float,
    ) -> None:
        self.partition = partition
        self._group = group
        self._producer = producer
        self.memory = memory
        self._changelog = changelog
        self._limit = limit

    @classmethod
    async def take(
        cls,
        partition: TopicPartition,
        group: str,
        options: Mapping[str, Any],
        *,
        limit: float,
        remembering: Remembering | None = None,
    ) -> "Fence":
        """Take the fence, and read what is remembered under it.

        `options` are those of any Kafka client; `limit` is the longest transaction in seconds, at most the group's
        session timeout: a worker that is cut off must not hold the partition for longer than it is missed.
        """
        producer = AIOKafkaProducer(
            **options,
            transactional_id=f"{group}.{partition.topic}.{partition.partition}",
            transaction_timeout_ms=int(limit * 1000),
            request_timeout_ms=int(limit * 1000),
            max_batch_size=_BATCH_BYTES,
        )
        memory: PartitionMemory | Untold = Untold()
        try:
            async with asyncio.timeout(limit):
                await producer.start()
            if remembering is not None:
                kept = remembering.open(partition)
                memory = kept
                changelog = TopicPartition(remembering.changelog, partition.partition)
                await _recall(kept, changelog, options, limit)
        except BaseException:
            memory.close()
            await close_client(producer)
            raise
        name = remembering.changelog if remembering is not None else None
        return cls(partition, group, producer, memory, name, limit)

    async def commit(self, outputs: list[Output], next_offset: int) -> None:
        """Send the outputs, what was remembered and the offset, in one transaction; all or nothing.

        Raises aiokafka's errors, `TimeoutError` after the limit, `Unavailable` for a topic that is missing. After any
        of them nothing was committed, or it is not known: the fence must be taken anew, and the offset read.
        """
        producer = self._producer
        told = self.memory.told()
        try:
            async with asyncio.timeout(self._limit):
                await producer.begin_transaction()
                waiting = await self._send(outputs)
                remembered = None
                if told and self._changelog is not None:
                    changes = [
                        Output(self._changelog, value, key, partition=self.partition.partition) for key, value in told
                    ]
                    remembered = await self._send(changes)
                for sent in waiting:
                    await sent
                after = None
                if remembered is not None:
                    after = max([(await sent).offset for sent in remembered]) + 1
                await producer.send_offsets_to_transaction({self.partition: next_offset}, self._group)
                await producer.commit_transaction()
        except BaseException:
            self.memory.drop()
            raise
        self.memory.apply(after)

    async def _send(self, outputs: list[Output]) -> list[asyncio.Future[Any]]:
        """Hand the outputs over, in their order, a batch for each partition: a future a record would cost twice it."""
        producer = self._producer
        counts: dict[str, int] = {}
        open_batches: dict[tuple[str, int], Any] = {}
        waiting: list[asyncio.Future[Any]] = []

        async def flush(at: tuple[str, int]) -> None:
            sent = await producer.send_batch(open_batches.pop(at), at[0], partition=at[1])
            sent.add_done_callback(_noted)  # of several that fail, one is raised
            waiting.append(sent)

        for output in outputs:
            topic = output.topic
            if topic not in counts:
                partitions = await producer.partitions_for(topic)
                if not partitions:
                    raise Unavailable(f"topic {topic} is missing: `ouvidor topics create` makes it")
                counts[topic] = len(partitions)
            number = output.partition
            if number is None:
                number = partition_of(output.key, counts[topic])
            at = (topic, number)
            batch = open_batches.get(at)
            if batch is None:
                batch = open_batches[at] = producer.create_batch()
            if batch.append(timestamp=None, key=output.key, value=output.value, headers=list(output.headers)) is None:
                await flush(at)
                batch = open_batches[at] = producer.create_batch()
                batch.append(timestamp=None, key=output.key, value=output.value, headers=list(output.headers))
        for at in list(open_batches):
            await flush(at)
        return waiting

    async def close(self) -> None:
        """Let the fence go. What was open is aborted by the coordinator, or by who takes the fence next."""
        self.memory.close()
        await close_client(self._producer)


def _noted(sent: asyncio.Future[Any]) -> None:
    if not sent.cancelled():
        sent.exception()


async def _recall(memory: PartitionMemory, changelog: TopicPartition, options: Mapping[str, Any], limit: float) -> None:
    """Read what the changelog holds and the cache does not. Under the fence nobody else writes to this partition."""
    consumer = AIOKafkaConsumer(
        **options, isolation_level="read_committed", enable_auto_commit=False, auto_offset_reset="earliest"
    )
    ends = AIOKafkaConsumer(**options, isolation_level="read_uncommitted", enable_auto_commit=False)
    try:
        async with asyncio.timeout(limit):
            await consumer.start()
            await ends.start()
            # The end of a read_committed look is the last stable offset, which an open transaction holds back.
            end = (await ends.end_offsets([changelog]))[changelog]
            first = (await consumer.beginning_offsets([changelog]))[changelog]
        begin = memory.next_offset
        if begin > end:
            memory.clear()
            begin = 0
        consumer.assign([changelog])
        position = max(begin, first)
        consumer.seek(changelog, position)
        while position < end:
            async with asyncio.timeout(limit):  # of each read, not of all: a long changelog takes its time
                found = await consumer.getmany(changelog, timeout_ms=500, max_records=5000)
                position = await consumer.position(changelog)
            rows = [
                (bytes(record.key), bytes(record.value), record.timestamp // 1000)
                for record in found.get(changelog, [])
                if record.key is not None and record.value is not None
            ]
            memory.replay(rows, position)
    finally:
        await close_client(consumer)
        await close_client(ends)
