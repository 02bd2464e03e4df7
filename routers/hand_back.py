"""The stage `hand-back`: what departments handed back goes to the next, in one transaction with the word of it.

It reads the history of cases (`case-events`), where a hand-back is an event that was found right by the rules for
replies. The message itself is read again where it was judged, before the batch is worked.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from typing import TypeAlias

from aiokafka import ConsumerRecord

from ouvidor.business_time import BusinessCalendar
from ouvidor.errors import OuvidorError, Rejected
from ouvidor.events import CASE_HANDED_BACK, DISPATCHED, Incoming, Output, decode, encode, event_id, header
from ouvidor.metrics import HAND_BACKS
from ouvidor.records import CaseHandedBack, Classified, Dispatched, Place
from ouvidor.topics import Topics
from routers.again import dispatched_again
from routers.announcing import SOURCE, announced
from routers.compiled import Table
from routers.next_owner import OMBUDSMAN

__all__ = ["Fetch", "fetching", "redispatcher"]

Fetch: TypeAlias = Callable[[Collection[Place]], Awaitable[dict[Place, Classified | OuvidorError]]]


@dataclass
class _With(ConsumerRecord[bytes | None, bytes | None]):  # type: ignore[misc]  # aiokafka ships no types
    """An event with the message that it speaks of, or why that cannot be had."""

    judged: Classified | OuvidorError


def fetching(fetch: Fetch) -> Callable[[Sequence[Incoming]], Awaitable[Sequence[Incoming]]]:
    """Make what prepares a batch: events that hand back get their messages."""

    async def prepare(records: Sequence[Incoming]) -> list[Incoming]:
        places = {number: handed.judged for number, record in enumerate(records) if (handed := _read(record))}
        if not places:
            return list(records)
        found = await fetch(list(places.values()))
        return [
            _with(record, found[places[number]]) if number in places else record
            for number, record in enumerate(records)
        ]

    return prepare


def redispatcher(
    in_force: Callable[[], Table], calendar: BusinessCalendar, topics: Topics
) -> Callable[[Incoming], Iterable[Output]]:
    """Make the stage's function: a hand-back in, the next dispatch out; any other event leaves nothing."""

    def dispatch(record: Incoming) -> list[Output]:
        if header(record, "ce_type") != CASE_HANDED_BACK:
            return []
        handed = decode(record, CaseHandedBack, type=CASE_HANDED_BACK)
        judged = _judged(record, handed)
        message = judged.message
        dispatch, copy = dispatched_again(handed, judged, in_force(), calendar)
        addressed = [] if dispatch.owner == OMBUDSMAN else [(topics.department(dispatch.owner), copy)]
        if dispatch.ombudsman:
            whole = Dispatched(message=message, verdict=judged.verdict, dispatch=dispatch)
            addressed.append((topics.ombudsman, whole))
        to = OMBUDSMAN if dispatch.owner == OMBUDSMAN else "department"
        HAND_BACKS.labels(handed.rule.partition("@")[0], to).inc()
        outputs = [
            encode(
                data,
                topic=topic,
                key=message.protocol,
                id=event_id(message.id, f"dispatched:{topic}:{handed.reply.id}"),
                type=DISPATCHED,
                source=SOURCE,
                time=handed.at,
                subject=message.protocol,
                cause=record,
            )
            for topic, data in addressed
        ]
        word = announced(message, dispatch, handed.judged, handed.at, topics=topics, cause=record, rounds=handed.round)
        return [*outputs, word]

    return dispatch


def _read(record: Incoming) -> CaseHandedBack | None:
    """Read a hand-back; what is none is the function's to refuse or to pass over."""
    if header(record, "ce_type") != CASE_HANDED_BACK:
        return None
    try:
        return decode(record, CaseHandedBack, type=CASE_HANDED_BACK)
    except Rejected:
        return None


def _with(record: Incoming, judged: Classified | OuvidorError) -> _With:
    return _With(**{each.name: getattr(record, each.name) for each in fields(record)}, judged=judged)


def _judged(record: Incoming, handed: CaseHandedBack) -> Classified:
    judged = getattr(record, "judged", None)
    if isinstance(judged, OuvidorError):
        raise judged
    if not isinstance(judged, Classified) or judged.message.protocol != handed.protocol:
        place = handed.judged
        raise Rejected(f"{place.topic}/{place.partition}/{place.offset}: another message is there")
    return judged
