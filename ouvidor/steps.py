"""The steps of one contact's way, told for people: each room tells its own, from the events of the contact's history.

An entry point of the group `ouvidor.steps` is a function of the settings and the events that gives steps; it passes
over events that are none of its room's. What nobody tells is told by its type. In Portuguese, because staff read it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final, TypeAlias, TypeVar

from pydantic import BaseModel
from rich.text import Text

from ouvidor.entry_points import load, offered
from ouvidor.errors import Rejected
from ouvidor.events import DEAD_LETTERED, INBOUND, RETRIED, Incoming, decode, header
from ouvidor.glance import clean
from ouvidor.portuguese import CHANNELS
from ouvidor.records import DeadLetter, DeadLetterCase, Message, Retried
from ouvidor.settings import Settings
from ouvidor.shown import shown

__all__ = ["Step", "TellSteps", "of_type", "steps", "written_at"]

_GROUP: Final = "ouvidor.steps"
_LAST_SECOND: Final = datetime(9999, 12, 30, tzinfo=UTC).timestamp()
_HEARD_WITHIN: Final = 60
"""Seconds after which a message that was sent earlier is worth a word."""
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Step:
    """One step."""

    at: datetime
    name: str
    """For programs: `heard`, `judged`, `dispatched`…"""
    title: str
    """For people."""
    lines: tuple[Text, ...] = ()
    records: tuple[Incoming, ...] = ()
    """The events that it was read from."""


TellSteps: TypeAlias = Callable[[Settings, Sequence[Incoming]], Iterable[Step]]


def steps(settings: Settings, records: Sequence[Incoming]) -> list[Step]:
    """Tell the steps in the order of their records, the receipt first whatever the clocks say.

    Raises `Misconfigured` where a room cannot be loaded.
    """
    found = [*_dead_letters(records)]
    for entry in offered(_GROUP).values():
        tell: TellSteps = load(entry)
        found += tell(settings, records)
    heard = list(_heard(records, settings.organisation.tz))
    told = {_place(record) for step in (*heard, *found) for record in step.records}
    found += [_unknown(record) for record in records if _place(record) not in told]
    place = {_place(record): number for number, record in enumerate(records)}
    return [*heard, *sorted(found, key=lambda step: min((place[_place(each)] for each in step.records), default=-1))]


def of_type(records: Iterable[Incoming], type: str, model: type[M]) -> Iterator[tuple[Incoming, M]]:  # noqa: A002
    """Give the events of a type with their data; broken ones are passed over, and told by their type."""
    for record in records:
        if header(record, "ce_type") != type:
            continue
        try:
            yield record, decode(record, model, type=type)
        except Rejected:
            continue


def written_at(record: Incoming) -> datetime:
    """Give when an event was written to its topic."""
    return datetime.fromtimestamp(min(max(record.timestamp, 0) / 1000, _LAST_SECOND), UTC)


def _heard(records: Sequence[Incoming], zone: tzinfo) -> Iterator[Step]:
    """Tell of the receipt, from whichever event still carries the message; the one on its way in is that event."""
    if (found := shown(records)) is not None:
        message, _ = found
        own = tuple(each for each in records if header(each, "ce_type") == INBOUND)
        yield Step(message.received_at, "heard", "RECEBIDA", tuple(map(Text, _receipt(message, zone))), own)


def _receipt(message: Message, zone: tzinfo) -> Iterator[str]:
    parts = [f"{CHANNELS[message.channel]} ({message.network}), conta {clean(message.account)}"]
    parts += [f"idioma {clean(message.language)}"] if message.language else []
    parts += ["dita em público"] if message.public else []
    parts += [f"automática ({message.automatic.kind})"] if message.automatic is not None else []
    yield " · ".join(parts)
    if (files := len(message.attachments)) > 0:
        yield f"{files} anexo{'s' if files > 1 else ''}"
    if message.sent_at is not None and (message.received_at - message.sent_at).total_seconds() > _HEARD_WITHIN:
        yield f"enviada em {message.sent_at.astimezone(zone):%d/%m/%Y às %H:%M}"
    for defect in message.defects:
        yield f"defeito: {clean(defect)}"


def _dead_letters(records: Sequence[Incoming]) -> Iterator[Step]:
    cases = list(of_type(records, DEAD_LETTERED, DeadLetterCase))
    again = {(note.partition, note.offset): record for record, note in of_type(records, RETRIED, Retried)}
    for record, letter in of_type(records, DEAD_LETTERED, DeadLetter):
        place = (record.partition, record.offset)
        lines = [
            f"no estágio {letter.stage}, {letter.attempts}ª tentativa: {letter.error}: {clean(letter.reason)}",
            f"veio de {letter.topic} {letter.partition}-{letter.offset}",
        ]
        if place not in again:
            lines.append(f"está aberta: `ouvidor dead-letters retry {place[0]}-{place[1]}` a manda de novo")
        died_at = (letter.topic, letter.partition, letter.offset)
        its = (record, *(case for case, of in cases if (of.topic, of.partition, of.offset) == died_at))
        yield Step(written_at(record), "dead-letter", "CARTA MORTA", tuple(map(Text, lines)), its)
    for (partition, offset), record in again.items():
        words = (Text(f"a carta morta {partition}-{offset}"),)
        yield Step(written_at(record), "retried", "MANDADA DE NOVO", words, (record,))


def _unknown(record: Incoming) -> Step:
    words = (Text(clean(header(record, "ce_type") or "um registro sem tipo")),)
    return Step(written_at(record), "event", "EVENTO", words, (record,))


def _place(record: Incoming) -> tuple[str, int, int]:
    return record.topic, record.partition, record.offset
