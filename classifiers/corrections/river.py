"""Corrected messages, read off the river: from the day on that their protocol numbers name, no further than needed.

`classified` holds a month; the ombudsman's queue and the departments' feeds hold a year, and are asked for the rest.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from classifiers.corrections.joining import Wanted, line_of
from ouvidor.closing import close_client
from ouvidor.departments import department_names
from ouvidor.errors import Rejected
from ouvidor.events import CLASSIFIED, CORRECTED, DISPATCHED, Incoming, Output, decode, header
from ouvidor.kafka import as_ours, client_options, reach
from ouvidor.protocol import written_after
from ouvidor.records import Classified, Correction, Dispatched
from ouvidor.settings import Settings
from ouvidor.tail import Span, tail
from ouvidor.topics import Topics

__all__ = ["exported", "find", "send"]

Looked = Callable[[], None]


async def find(settings: Settings, protocol: str, looked: Looked) -> Classified | None:
    """Find a message by its protocol number; the last verdict on it, where there are several."""
    span = Span(last=None, follow=False, since=written_after(protocol))
    found = None
    async with aclosing(tail(settings, Topics(settings.kafka.prefix).classified, span)) as records:
        async for record in records:
            looked()
            if header(record, "ce_subject") == protocol and header(record, "ce_type") == CLASSIFIED:
                found = decode(record, Classified, type=CLASSIFIED)
    return found


async def send(settings: Settings, event: Output) -> None:
    """Write an event. Raises `Unavailable` where the broker is away."""
    await reach(settings.kafka)
    producer = AIOKafkaProducer(**client_options(settings.kafka), enable_idempotence=True)
    try:
        await producer.start()
        await producer.send_and_wait(event.topic, event.value, key=event.key, headers=list(event.headers))
    except (KafkaError, TimeoutError) as error:
        raise as_ours(error, f"writing to {event.topic}", settings.kafka) from error
    finally:
        await close_client(producer)


async def exported(settings: Settings, looked: Looked, tell: Callable[[str], None]) -> AsyncIterator[dict[str, Any]]:
    """Give the lines to train on. `tell` hears of corrections that cannot be read or whose messages are gone."""
    topics = Topics(settings.kafka.prefix)
    wanted = Wanted([one async for one in _corrections(settings, topics, looked, tell)])
    since = _since([one.protocol for one in wanted.corrections])
    for topic in (topics.classified, topics.ombudsman, *map(topics.department, department_names(settings))):
        if not wanted.missing:
            break
        async with aclosing(tail(settings, topic, Span(last=None, follow=False, since=since))) as records:
            async for record in records:
                looked()
                for line in _line(record, wanted):
                    yield line
                if not wanted.missing:
                    break
    if wanted.missing:
        tell(f"{wanted.missing} corrected messages are on no topic any more, and were left out; export more often")


def _line(record: Incoming, wanted: Wanted) -> Iterator[dict[str, Any]]:
    if not wanted.may_be(header(record, "ce_subject")):
        return
    kind = header(record, "ce_type")
    if kind == CLASSIFIED:
        message = decode(record, Classified, type=CLASSIFIED).message
    elif kind == DISPATCHED:
        message = decode(record, Dispatched, type=DISPATCHED).message
    else:
        return
    if (correction := wanted.take(message)) is not None and message.text:
        yield line_of(correction, message)


async def _corrections(
    settings: Settings, topics: Topics, looked: Looked, tell: Callable[[str], None]
) -> AsyncIterator[Correction]:
    async with aclosing(tail(settings, topics.corrections, Span(last=None, follow=False))) as records:
        async for record in records:
            looked()
            try:
                yield decode(record, Correction, type=CORRECTED)
            except Rejected as error:  # anybody of the house may write there
                tell(f"corrections, partition {record.partition}, offset {record.offset}: left out: {error}")


def _since(protocols: Sequence[str | None]) -> datetime | None:
    """Tell from when on messages of these protocol numbers can have been judged; null where one has none."""
    try:
        return min((written_after(protocol or "") for protocol in protocols), default=None)
    except Rejected:
        return None
