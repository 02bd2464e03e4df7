"""The history of one contact: all events on our topics that speak of its protocol number, in the order of their times.

Before a message is judged its events lie by its conversation, on any partition; from then on by its protocol number,
on one. So `classified` is read from the number's own day on until the message is found, and of the others that one
partition alone. Where it is not in `classified` (not judged yet, or longer ago than that topic keeps), what comes
before it is looked through too. What people of the house write with clients of their own (replies, corrections) may lie
on any partition. Who asked for the author's identity is nobody's to read here.
"""

from collections.abc import AsyncIterator, Callable, Collection, Iterable
from contextlib import aclosing
from datetime import datetime
from typing import Any, Final

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError
from pydantic_core import from_json

from ouvidor.errors import Rejected
from ouvidor.events import CORRECTED, Incoming, header
from ouvidor.kafka import as_ours, client_options, reach
from ouvidor.partitions import partition_of
from ouvidor.protocol import normalise, written_after
from ouvidor.reply_event import BEFORE
from ouvidor.settings import Settings
from ouvidor.shown import message_of
from ouvidor.topic_reading import in_order, reader, starts, topic_names, up_to
from ouvidor.topics import Topics

__all__ = ["history"]

Progress = Callable[[int, int], None]
_LOOKS: Final = 100
"""Records between two words of progress."""


async def history(settings: Settings, protocol: str, progress: Progress) -> list[Incoming]:
    """Give the events of a protocol number; none where none is on the topics (any more).

    `progress` is told how far it is, of how much, anew for each of up to four looks.

    Raises `Rejected` where the number starts with no day, `Unavailable` or `Misconfigured` for the broker.
    """
    since = written_after(protocol)
    topics = Topics(settings.kafka.prefix)
    await reach(settings.kafka)
    options = client_options(settings.kafka)
    try:
        there = await topic_names(settings.kafka.prefix, options)
        look = _Look(options, protocol, since, progress)
        judged = [record async for record in look.through({topics.classified} & {*there}, first=True)]
        before = [topics.doubtful, *(name for name in there if name.startswith(f"{topics.prefix}inbound."))]
        waiting = (
            [] if any(map(message_of, judged)) else [record async for record in look.through({*before} & {*there})]
        )
        its = [record async for record in look.through(_by_protocol(there, topics), one_partition=True)]
        look.message = _message_id([*waiting, *judged, *its])
        look.by_hand = {topics.replies, topics.corrections} & {*there}
        written = [record async for record in look.through(look.by_hand)]
    except (KafkaError, TimeoutError) as error:
        raise as_ours(error, f"topics at {settings.kafka.servers}", settings.kafka) from error
    return in_order([*waiting, *judged, *its, *written])


class _Look:
    """How the topics are looked through."""

    def __init__(self, options: dict[str, Any], protocol: str, since: datetime, progress: Progress) -> None:
        self._options = options
        self._protocol = protocol
        self._since = since
        self._progress = progress
        self.message: str | None = None
        """The message's id: corrections may name it instead of the number."""
        self.by_hand: Collection[str] = ()
        """Topics that people of the house write: what the data say counts there, as for the stages."""

    async def through(
        self, topics: Collection[str], *, first: bool = False, one_partition: bool = False
    ) -> AsyncIterator[Incoming]:
        """Give what speaks of the number: up to the first that has the message, or all of it."""
        if not topics:
            return
        async with reader(topics, self._options) as consumer:
            wanted = [at for at in consumer.assignment() if not one_partition or self._is_its(at, consumer)]
            consumer.pause(*(consumer.assignment() - {*wanted}))
            ends = await consumer.end_offsets(wanted)
            begins = await starts(consumer, ends, self._since)
            for at, start in begins.items():
                consumer.seek(at, start)
            passed = dict(begins)
            whole = sum(ends.values()) - sum(begins.values())
            async with aclosing(up_to(consumer, ends)) as records:
                async for record in records:
                    passed[TopicPartition(record.topic, record.partition)] = record.offset + 1
                    if record.offset % _LOOKS == 0:
                        self._progress(sum(passed.values()) - sum(begins.values()), whole)
                    if self._speaks_of_it(record):
                        yield record
                        if first and message_of(record) is not None:
                            return

    def _is_its(self, at: TopicPartition, consumer: Any) -> bool:  # noqa: ANN401 - aiokafka ships no types
        partitions = len(consumer.partitions_for_topic(at.topic))
        return bool(at.partition == partition_of(self._protocol.encode(), partitions))

    def _speaks_of_it(self, record: Incoming) -> bool:
        if record.topic not in self.by_hand:
            return header(record, "ce_subject") == self._protocol
        kind = header(record, "ce_type") or ""
        if kind != CORRECTED and not kind.startswith(BEFORE):
            return False  # anybody of the house writes there: nobody else's events are taken from there
        data = _object(record.value)
        try:
            return normalise(str(data.get("protocol"))) == self._protocol
        except Rejected:
            return kind == CORRECTED and self.message is not None and data.get("message") == self.message


def _object(value: bytes | None) -> dict[str, Any]:
    try:
        found = from_json(value or b"")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _by_protocol(there: Iterable[str], topics: Topics) -> list[str]:
    """Give the topics whose events are ours alone, and lie by their protocol numbers."""
    cases = {topics.ombudsman, topics.case_commands, topics.case_events, topics.mail_answers}
    named = cases | {topics.shadow, topics.dead_letter}
    feeds = (topics.department(""), topics.refused(""))
    return [name for name in there if name in named or name.startswith(feeds)]


def _message_id(records: Iterable[Incoming]) -> str | None:
    """Give the id of the message that these speak of, where one of them has it."""
    return next((str(message.id) for record in records if (message := message_of(record)) is not None), None)
