"""What stands in a topic and what comes: read as any consumer would, without a group, so that nothing is taken away.

Only what was committed is shown. Records come in each partition's order; of the last ones, and of each look, those of
several partitions are put in the order of their times. An offset is no record (each transaction's mark has one too), so
the last records are looked for further and further back until there are enough.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.events import Incoming
from ouvidor.kafka import as_ours, client_options, reach
from ouvidor.settings import Settings

__all__ = ["Span", "tail"]

_LOOK_MS: Final = 500
_SILENCE: Final = timedelta(seconds=20)
_LARGEST_BYTES: Final = 8 * 2**20


@dataclass(frozen=True, slots=True)
class Span:
    """Which records: the last so many or all, and then those that come, or not."""

    last: int | None = 10
    """None: all, from the beginning."""
    follow: bool = True
    since: datetime | None = None
    """Those that were written from this moment on, instead of the last."""


async def tail(
    settings: Settings, topic: str, span: Span | None = None, progress: Callable[[int, int], None] = lambda *_: None
) -> AsyncGenerator[Incoming, None]:
    """Give a topic's records; its name is with or without our prefix.

    `progress` is told how far it is on the way to the topic's end, of how much: offsets, of which not all are records.

    Raises `Misconfigured` that names the known topics where there is none of this name, `Unavailable` where the broker
    is away at the start; later on it is waited for.
    """
    span = span or Span()
    await reach(settings.kafka)
    options = client_options(settings.kafka)
    try:
        name = await _find(topic, settings.kafka.prefix, options)
        async with _consumer(name, options) as consumer:
            partitions = sorted(consumer.assignment())
            ends = await consumer.end_offsets(partitions)
            if span.last is None or span.since is not None:
                starts = await _starts(consumer, ends, span.since)
                for at, start in starts.items():
                    consumer.seek(at, start)
                whole, passed = sum(ends[at] - start for at, start in starts.items()), dict(starts)
                async for record in _until(consumer, ends):
                    yield record
                    passed[TopicPartition(record.topic, record.partition)] = record.offset + 1
                    progress(sum(passed.values()) - sum(starts.values()), whole)
                progress(whole, whole)
            else:
                for record in await _last(consumer, ends, span.last):
                    yield record
            while span.follow:
                for record in _in_time(await consumer.getmany(timeout_ms=_LOOK_MS)):
                    yield record
    except (KafkaError, TimeoutError) as error:
        raise as_ours(error, f"topic {topic} at {settings.kafka.servers}", settings.kafka) from error


async def _find(topic: str, prefix: str, options: dict[str, Any]) -> str:
    username = options.get("sasl_plain_username")
    consumer = AIOKafkaConsumer(**options, enable_auto_commit=False)
    try:
        await consumer.start()
        there = await consumer.topics()
    finally:
        await consumer.stop()
    known: dict[str, str] = {name.removeprefix(prefix): name for name in there if name.startswith(prefix)}
    found = known.get(topic.removeprefix(prefix))
    if found is None:
        near = get_close_matches(topic.removeprefix(prefix), known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(known)) or 'none'}"
        unseen = "" if username is None else f" (or User:{username} may not see it)"
        raise Misconfigured(f"{topic}: no such topic{unseen}; {hint}")
    return found


@asynccontextmanager
async def _consumer(name: str, options: dict[str, Any]) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(
        name,
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
        await asyncio.shield(consumer.stop())


async def _starts(
    consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int], since: datetime | None
) -> dict[TopicPartition, int]:
    """Give where each partition's records from a moment on begin: its end, where there are none."""
    if since is None:
        begins: dict[TopicPartition, int] = await consumer.beginning_offsets(list(ends))
        return begins
    found = await consumer.offsets_for_times(dict.fromkeys(ends, int(since.timestamp() * 1000)))
    return {at: end if found.get(at) is None else found[at].offset for at, end in ends.items()}


async def _last(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int], count: int) -> list[Incoming]:
    begins = await consumer.beginning_offsets(list(ends))
    back = count
    while True:
        starts = {at: max(begins[at], end - back) for at, end in ends.items()}
        for at, start in starts.items():
            consumer.seek(at, start)
        found = [record async for record in _until(consumer, ends)] if count else []
        if len(found) >= count or starts == begins:
            for at, end in ends.items():
                consumer.seek(at, end)
            return _sorted(found)[len(found) - min(count, len(found)) :]
        back *= 4


async def _until(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int]) -> AsyncIterator[Incoming]:
    """Read from where the consumer is to where the topic ended, and not one further."""
    left = {at for at, end in ends.items() if await consumer.position(at) < end}
    silent = timedelta(0)
    while left:
        batches = await consumer.getmany(*left, timeout_ms=_LOOK_MS)
        silent = timedelta(0) if batches else silent + timedelta(milliseconds=_LOOK_MS)
        if silent > _SILENCE:
            raise Unavailable(f"partitions {sorted(at.partition for at in left)} are silent: is the broker well?")
        for record in _in_time(batches):
            if record.offset < ends[TopicPartition(record.topic, record.partition)]:
                yield record
        left = {at for at in left if await consumer.position(at) < ends[at]}
    for at, end in ends.items():
        consumer.seek(at, end)


def _in_time(batches: dict[TopicPartition, list[Incoming]]) -> list[Incoming]:
    return _sorted(record for records in batches.values() for record in records)


def _sorted(records: Iterable[Incoming]) -> list[Incoming]:
    """By time; of one partition by offset, whatever the clocks of its writers say."""
    latest: dict[int, int] = {}
    timed = []
    for record in sorted(records, key=lambda record: (record.partition, record.offset)):
        latest[record.partition] = max(record.timestamp, latest.get(record.partition, 0))
        timed.append((latest[record.partition], record.partition, record.offset, record))
    return [record for *_, record in sorted(timed, key=lambda row: row[:3])]
