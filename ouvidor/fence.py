"""The fence of a partition: the right to answer for its records, held by one worker at a time.

aiokafka has no KIP-447: the group's coordinator does not check the generation of who commits, so a worker that was
frozen could commit after another took its partition. The fence is the transactional id, one a partition: starting its
producer (InitProducerId) ends every open transaction of the one before and refuses all its later ones. Only then is
the committed offset read, since only then is it final.

Source: design of the stage, section 5; KIP-98 "Exactly Once Delivery and Transactional Messaging".
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import UnknownTopicOrPartitionError

from ouvidor.closing import close_client
from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.events import Output
from ouvidor.memory import PartitionMemory, Untold
from ouvidor.partitions import partition_of

__all__ = ["Fence", "Remembering"]

_log = structlog.get_logger(__name__)
_TOPIC_SECONDS = 2.0
_TAKEN_AWAY = "the partition was taken away in the middle of the batch"
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


class Fence:
    """One partition's fence, taken. It is made by `take`, and of no use after anything failed under it."""

    def __init__(
        self,
        partition: TopicPartition,
        group: str,
        producer: AIOKafkaProducer,
        *,
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
        self._in_hand: asyncio.Timeout | None = None
        self._closed = False

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
                await _recall(kept, changelog, producer, options, limit)
        except BaseException:
            memory.close()
            await close_client(producer)
            raise
        name = remembering.changelog if remembering is not None else None
        return cls(partition, group, producer, memory=memory, changelog=name, limit=limit)

    async def commit(self, outputs: list[Output], next_offset: int) -> None:
        """Send the outputs, what was remembered and the offset, in one transaction; all or nothing.

        Raises aiokafka's errors, and `Unavailable` after the limit or for a topic that is missing. After any of them
        nothing was committed, or it is not known: the fence must be taken anew, and the offset read.
        """
        producer = self._producer
        told = self.memory.told()
        if self._closed:
            raise Unavailable(_TAKEN_AWAY)
        try:
            async with asyncio.timeout(self._limit) as self._in_hand:
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
        except TimeoutError as error:
            self.memory.drop()
            late = f"the broker did not end the transaction within {self._limit:g} s"
            raise Unavailable(_TAKEN_AWAY if self._closed else late) from error
        except BaseException:
            self.memory.drop()
            raise
        finally:
            self._in_hand = None
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
                counts[topic] = len(await _partitions(producer, topic))
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
        """Let the fence go. What was open is aborted by the coordinator, or by who takes the fence next.

        A commit in hand has until the producer is closed: what it waits for after that will never come.
        """
        self._closed = True
        await close_client(self._producer)
        if self._in_hand is not None and not self._in_hand.expired():
            self._in_hand.reschedule(asyncio.get_running_loop().time())
        self.memory.close()


async def _partitions(client: AIOKafkaProducer, topic: str) -> set[int]:
    """Give a topic's partitions: quickly, since a transaction is open meanwhile and the other partitions wait."""
    try:
        async with asyncio.timeout(_TOPIC_SECONDS):
            found: set[int] = await client.partitions_for(topic)
    except (TimeoutError, UnknownTopicOrPartitionError) as error:
        words = f"topic {topic} is not known: `ouvidor topics create` makes it; or the broker does not answer"
        raise Unavailable(words) from error
    return found


def _noted(sent: asyncio.Future[Any]) -> None:
    if not sent.cancelled():
        sent.exception()


async def _recall(
    memory: PartitionMemory,
    changelog: TopicPartition,
    producer: AIOKafkaProducer,
    options: Mapping[str, Any],
    limit: float,
) -> None:
    """Read what the changelog holds and the cache does not. Under the fence nobody else writes to this partition.

    Raises `Misconfigured` where the changelog has fewer partitions than the input.
    """
    partitions = await _partitions(producer, changelog.topic)
    if changelog.partition not in partitions:
        raise Misconfigured(
            f"topic {changelog.topic}: it has {len(partitions)} partitions, and the topic whose memory it is has more: "
            f"partition {changelog.partition} is missing; `kafka-topics --alter` adds partitions"
        )
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
        if memory.next_offset > end:  # the changelog is not the one that the cache was made from
            memory.clear()
        consumer.assign([changelog])
        position = max(memory.next_offset, first)
        consumer.seek(changelog, position)
        while position < end:
            async with asyncio.timeout(limit):  # of each read, not of all: a long changelog takes its time
                position = await _read_on(consumer, changelog, position, memory)
    finally:
        await close_client(consumer)
        await close_client(ends)


async def _read_on(
    consumer: AIOKafkaConsumer, changelog: TopicPartition, position: int, memory: PartitionMemory
) -> int:
    """Read the next records of a changelog, at whatever offset they are, and give where it stands then."""
    after = position
    rows: list[tuple[bytes, bytes, int]] = []
    while after == position:
        found = await consumer.getmany(changelog, timeout_ms=500, max_records=5000)
        after = await consumer.position(changelog)
        rows.extend(
            (bytes(record.key), bytes(record.value), record.timestamp // 1000)
            for record in found.get(changelog, [])
            if record.key is not None and record.value is not None
        )
    memory.replay(rows, after)
    return after
