"""Where a contact stands now: the last word of its history. Pure.

A dead letter that nobody sent again stands above all else, because the contact goes no further by itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from ouvidor.events import (
    CASE_DISPATCHED,
    CLASSIFIED,
    DEAD_LETTERED,
    DISPATCHED,
    DOUBTED,
    INBOUND,
    RETRIED,
    Incoming,
    header,
)
from ouvidor.portuguese import end_of
from ouvidor.records import CASE_EVENTS, Answer, CaseDispatched, CaseEvent, DeadLetter, Dispatched, Retried
from ouvidor.steps import of_type, written_at

__all__ = ["Standing", "standing"]

_WAITING = {
    INBOUND: ("judging", "espera o julgamento"),
    DOUBTED: ("doubted", "espera a via lenta, que a julga com mais calma"),
    CLASSIFIED: ("routing", "espera o encaminhamento"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where it stands."""

    name: str
    """For programs: `dead-letter`, `judging`, `doubted`, `routing`, `department`, `customer`, `closing`, `answered`."""
    owner: str | None = None
    deadline: datetime | None = None
    words: str = ""

    def told(self, now: datetime, zone: tzinfo) -> str:
        """Say it in Portuguese, with the deadline while there is one to hold."""
        if self.deadline is None:
            return self.words
        day, clock = end_of(self.deadline, zone)
        left = self.deadline - now
        how = f"faltam {_length(left)}" if left > timedelta(0) else f"venceu há {_length(-left)}"
        return f"{self.words}; resposta até {day:%d/%m/%Y} às {clock}, {how}"


def standing(records: Sequence[Incoming]) -> Standing | None:
    """Tell where a contact stands by its events, in the order of their times; None where none says."""
    again = {(note.partition, note.offset) for _, note in of_type(records, RETRIED, Retried)}
    for record, letter in of_type(records, DEAD_LETTERED, DeadLetter):
        if (record.partition, record.offset) not in again:
            return Standing("dead-letter", words=f"parada numa carta morta do estágio {letter.stage}")
    moved = sorted(_moved(records), key=lambda each: each[0])
    if moved:
        return moved[-1][1]
    on_the_way = [header(record, "ce_type") for record in records]
    last = next((kind for kind in (CLASSIFIED, DOUBTED, INBOUND) if kind in on_the_way), None)
    return None if last is None else Standing(_WAITING[last][0], words=_WAITING[last][1])


def _moved(records: Sequence[Incoming]) -> Iterator[tuple[datetime, Standing]]:
    """Give who had it when, from the dispatches and from what came of replies."""
    for record, copy in of_type(records, DISPATCHED, Dispatched):
        yield written_at(record), _with(copy.dispatch.owner, copy.dispatch.deadline)
    for record, word in of_type(records, CASE_DISPATCHED, CaseDispatched):
        yield written_at(record), _with(word.owner, word.deadline)
    for name, model in CASE_EVENTS.items():
        for record, event in of_type(records, f"ouvidor.case.{name}.v1", model):
            yield written_at(record), _after(name, event)


def _with(owner: str, deadline: datetime) -> Standing:
    return Standing("department", owner, deadline, f"com {owner}")


def _after(name: str, event: CaseEvent) -> Standing:
    who, owner = event.reply.department, event.owner
    if isinstance(event.reply, Answer) and event.reply.final:
        return Standing("answered", owner, words=f"respondida por {who}")
    if name == "handed-back":
        return Standing("routing", owner, event.deadline, f"devolvida por {who}, espera o próximo setor")
    if name == "customer-asked":
        return Standing("customer", owner, event.deadline, f"espera o cliente, a quem {who} perguntou")
    if name == "closing-proposed":
        return Standing("closing", owner, event.deadline, f"{who} propôs encerrar")
    return _with(owner, event.deadline)


def _length(span: timedelta) -> str:
    hours = int(span.total_seconds()) // 3600
    if hours >= 48:  # noqa: PLR2004 - two days
        return f"{hours // 24} dias"
    return f"{hours} h" if hours else f"{int(span.total_seconds()) // 60} min"
