"""What stands in a topic and what comes: read as any consumer would, without a group, so that nothing is taken away.

Records come in each partition's order; of the last ones, and of each look, those of several partitions are put in the
order of their times. An offset is no record (each transaction's mark has one too), so the last records are looked for
further and further back until there are enough.
"""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from ouvidor.errors import Misconfigured
from ouvidor.events import Incoming
from ouvidor.kafka import as_ours, client_options, reach
from ouvidor.settings import Settings
from ouvidor.topic_reading import in_order, in_time, reader, starts, topic_names, up_to

__all__ = ["Span", "tail"]

_LOOK_MS: Final = 500


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
        async with reader([name], options) as consumer:
            partitions = sorted(consumer.assignment())
            ends = await consumer.end_offsets(partitions)
            if span.last is None or span.since is not None:
                begins = await starts(consumer, ends, span.since)
                for at, start in begins.items():
                    consumer.seek(at, start)
                whole, passed = sum(ends[at] - start for at, start in begins.items()), dict(begins)
                async for record in up_to(consumer, ends):
                    yield record
                    passed[TopicPartition(record.topic, record.partition)] = record.offset + 1
                    progress(sum(passed.values()) - sum(begins.values()), whole)
                progress(whole, whole)
            else:
                for record in await _last(consumer, ends, span.last):
                    yield record
            while span.follow:
                for record in in_time(await consumer.getmany(timeout_ms=_LOOK_MS)):
                    yield record
    except (KafkaError, TimeoutError) as error:
        raise as_ours(error, f"topic {topic} at {settings.kafka.servers}", settings.kafka) from error


async def _find(topic: str, prefix: str, options: dict[str, Any]) -> str:
    username = options.get("sasl_plain_username")
    known = {name.removeprefix(prefix): name for name in await topic_names(prefix, options)}
    found = known.get(topic.removeprefix(prefix))
    if found is None:
        near = get_close_matches(topic.removeprefix(prefix), known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(known)) or 'none'}"
        unseen = "" if username is None else f" (or User:{username} may not see it)"
        raise Misconfigured(f"{topic}: no such topic{unseen}; {hint}")
    return found


async def _last(consumer: AIOKafkaConsumer, ends: dict[TopicPartition, int], count: int) -> list[Incoming]:
    begins = await consumer.beginning_offsets(list(ends))
    back = count
    while True:
        begun = {at: max(begins[at], end - back) for at, end in ends.items()}
        for at, start in begun.items():
            consumer.seek(at, start)
        found = [record async for record in up_to(consumer, ends)] if count else []
        if len(found) >= count or begun == begins:
            for at, end in ends.items():
                consumer.seek(at, end)
            return in_order(found)[len(found) - min(count, len(found)) :]
        back *= 4
