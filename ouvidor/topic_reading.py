"""How topics are read without a group: from a moment on to where they end when we look, what was committed alone."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from ouvidor.closing import close_client
from ouvidor.errors import Unavailable
from ouvidor.events import Incoming

__all__ = ["in_order", "in_time", "reader", "starts", "topic_names", "up_to"]

_LOOK_MS: Final = 500
_SILENCE: Final = timedelta(seconds=20)
_LARGEST_BYTES: Final = 8 * 2**20


async def topic_names(prefix: str, options: dict[str, Any]) -> list[str]:
    """Give the topics whose names begin so, as far as we may see them. Raises `KafkaError`."""
    consumer = AIOKafkaConsumer(**options, enable_auto_commit=False)
    try:
        await consumer.start()
        return sorted(name for name in await consumer.topics() if name.startswith(prefix))
    finally:
        await close_client(consumer)


@asynccontextmanager
async def reader(topics: Collection[str], options: dict[str, Any]) -> AsyncIterator[AIOKafkaConsumer]:
    """Give a consumer of all partitions of these topics. Raises `KafkaError`."""
    consumer = AIOKafkaConsumer(
        *topics,
        **options,
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=_LARGEST_BYTES,
    )
    try:
        await consumer.start()
        yield consumer
    finally:
        await asyncio.shield(close_client(consumer))


async def starts(
    consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int], since: datetime | None
) -> dict[TopicPartition, int]:
    """Give where each partition's records from a moment on begin: its end, where there are none."""
    if since is None:
        begins: dict[TopicPartition, int] = await consumer.beginning_offsets(list(ends))
        return begins
    moment = max(0, int(since.timestamp() * 1000))
    found = await consumer.offsets_for_times(dict.fromkeys(ends, moment))
    return {at: end if found.get(at) is None else found[at].offset for at, end in ends.items()}


async def up_to(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> AsyncGenerator[Incoming, None]:
    """Read from where the consumer is to these ends, and not one further. Raises `Unavailable` where nothing comes."""
    left = {at for at, end in ends.items() if await consumer.position(at) < end}
    silent = timedelta(0)
    while left:
        batches = await consumer.getmany(*left, timeout_ms=_LOOK_MS)
        silent = timedelta(0) if batches else silent + timedelta(milliseconds=_LOOK_MS)
        if silent > _SILENCE:
            raise Unavailable(f"partitions {sorted(at.partition for at in left)} are silent: is the broker well?")
        for record in in_time(batches):
            if record.offset < ends[TopicPartition(record.topic, record.partition)]:
                yield record
        left = {at for at in left if await consumer.position(at) < ends[at]}
    for at, end in ends.items():
        consumer.seek(at, end)


def in_time(batches: dict[TopicPartition, list[Incoming]]) -> list[Incoming]:
    """Put what a look found in order."""
    return in_order(record for records in batches.values() for record in records)


def in_order(records: Iterable[Incoming]) -> list[Incoming]:
    """By time; of one partition by offset, whatever the clocks of its writers say."""
    latest: dict[tuple[str, int], int] = {}
    timed = []
    for record in sorted(records, key=lambda record: (record.topic, record.partition, record.offset)):
        at = (record.topic, record.partition)
        latest[at] = max(record.timestamp, latest.get(at, 0))
        timed.append(((latest[at], *at, record.offset), record))
    return [record for _, record in sorted(timed, key=lambda row: row[0])]
