"""Where a contact stands now: the last word of its history. Pure.

A dead letter that nobody sent again holds it up until something moves it all the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Final

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
from ouvidor.records import (
    CASE_EVENTS,
    Answer,
    CaseDispatched,
    CaseEvent,
    CaseHandedBack,
    DeadLetter,
    Dispatched,
    Retried,
)
from ouvidor.steps import of_type

__all__ = ["Standing", "standing"]

_SHADOW: Final = "shadow"
_WAITING: Final = {
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
    """Tell where a contact stands by its events, in the order of their history; None where none says."""
    again = {(note.partition, note.offset) for _, note in of_type(records, RETRIED, Retried)}
    case: _Case | None = None
    found: Standing | None = None
    for record in records:
        if (moved := _move(record, case)) is not None:
            case, found = moved, moved.standing
        elif (letter := _letter(record)) is not None and (record.partition, record.offset) not in again:
            found = Standing("dead-letter", words=f"parada numa carta morta do estágio {letter.stage}")
    if found is not None:
        return found
    on_the_way = [header(record, "ce_type") for record in records]
    last = next((kind for kind in (CLASSIFIED, DOUBTED, INBOUND) if kind in on_the_way), None)
    return None if last is None else Standing(_WAITING[last][0], words=_WAITING[last][1])


@dataclass(frozen=True, slots=True)
class _Case:
    """A contact that somebody has: as the stage `cases` remembers it."""

    round: int
    deadline: datetime
    standing: Standing
    answered: bool = False


def _move(record: Incoming, case: _Case | None) -> _Case | None:
    """Give the case after an event; None where it moves nothing."""
    for _, copy in of_type([record], DISPATCHED, Dispatched):
        return _sent(case, len(copy.dispatch.handed_back), copy.dispatch.owner, copy.dispatch.deadline)
    for _, word in of_type([record], CASE_DISPATCHED, CaseDispatched):
        return _sent(case, word.round, word.owner, word.deadline)
    for name, model in CASE_EVENTS.items():
        for _, event in of_type([record], f"ouvidor.case.{name}.v1", model):
            return _replied(case, name, event)
    return None


def _sent(case: _Case | None, round: int, owner: str, deadline: datetime) -> _Case | None:  # noqa: A002 - its name
    """A dispatch of a round that is past is a replay's. The customer's deadline is the first one's."""
    if case is None:
        return _Case(round, deadline, _with(owner, deadline))
    if round <= case.round:
        return None
    return replace(case, round=round, standing=case.standing if case.answered else _with(owner, case.deadline))


def _replied(case: _Case | None, name: str, event: CaseEvent) -> _Case | None:
    if case is not None and case.answered:
        return None
    if isinstance(event, CaseHandedBack) and case is not None and case.round >= event.round:
        return None  # the next has it already: clocks differ
    rounds = event.round - 1 if isinstance(event, CaseHandedBack) else 0 if case is None else case.round
    final = isinstance(event.reply, Answer) and event.reply.final
    return _Case(rounds, event.deadline, _after(name, event), answered=final)


def _letter(record: Incoming) -> DeadLetter | None:
    """Read a dead letter that holds a contact up: what a model in the shadow could not read holds nobody up."""
    found = next((letter for _, letter in of_type([record], DEAD_LETTERED, DeadLetter)), None)
    return None if found is None or found.stage == _SHADOW else found


def _with(owner: str, deadline: datetime) -> Standing:
    return Standing("department", owner, deadline, f"com {owner}")


def _after(name: str, event: CaseEvent) -> Standing:
    who, owner = event.reply.department, event.owner
    if isinstance(event.reply, Answer) and event.reply.final:
        return Standing("answered", owner, words=f"resposta de {who} registrada; ao cliente nada foi enviado por aqui")
    if name == "handed-back":
        return Standing("routing", owner, event.deadline, f"devolvida por {who}, espera o próximo setor")
    if name == "customer-asked":
        return Standing(
            "customer", owner, event.deadline, f"pergunta de {who} registrada; ao cliente nada foi enviado por aqui"
        )
    if name == "closing-proposed":
        return Standing("closing", owner, event.deadline, f"{who} propôs encerrar")
    return _with(owner, event.deadline)


def _length(span: timedelta) -> str:
    hours = int(span.total_seconds()) // 3600
    if hours >= 72:  # noqa: PLR2004 - three days
        return f"{hours // 24} dias"
    return f"{hours} h" if hours else f"{int(span.total_seconds()) // 60} min"
