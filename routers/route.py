"""A message's dispatch: what the table says, until when, and who gets which copy of it. Pure, and always an answer.

The deadline counts from receipt, whenever the message comes to be routed.
"""

from collections.abc import Iterator
from datetime import datetime

from ouvidor.business_time import BusinessCalendar
from ouvidor.records import Dispatch, Dispatched, Message, Verdict
from routers.compiled import Table
from routers.decision import decide
from routers.extract import extract, is_withheld
from routers.table import Clock

__all__ = ["copies", "deadline", "route"]


def route(message: Message, verdict: Verdict, table: Table, calendar: BusinessCalendar) -> Dispatch:
    """Dispatch a message."""
    decision = decide(message, verdict, table, calendar)
    clock = table.file.profiles[decision.profile].of(verdict.severity)
    return Dispatch(
        owner=decision.owner,
        informed=decision.informed,
        ombudsman=bool(decision.clauses),
        why=(*decision.clauses, *(f"condition_failed:{name}" for name in decision.failed)),
        deadline=deadline(message.received_at, clock, calendar),
        profile=decision.profile,
        rule=f"{decision.by}@{table.hash}",
        extract=_withheld(decision.owner, decision.owner, decision.deputy_for, verdict, table),
        deputy_for=decision.deputy_for,
        team=decision.team,
        triage=decision.triage,
    )


def deadline(received_at: datetime, clock: Clock, calendar: BusinessCalendar) -> datetime:
    """Tell until when a promise holds."""
    return received_at + clock.within if clock.time == "calendar" else calendar.add(received_at, clock.within)


def copies(message: Message, verdict: Verdict, dispatch: Dispatch, table: Table) -> Iterator[tuple[str, Dispatched]]:
    """Give each department's own copy: the owner's, then those of who is informed (`dispatch.owner` is not them).

    In each, `extract` tells of the copy itself. The ombudsman's copy, which is whole, is the caller's.
    """
    for name in (dispatch.owner, *dispatch.informed):
        withheld = _withheld(name, dispatch.owner, dispatch.deputy_for, verdict, table)
        yield (
            name,
            Dispatched(
                message=extract(message) if withheld else message,
                verdict=verdict,
                dispatch=dispatch.model_copy(update={"extract": withheld}),
            ),
        )


def _withheld(name: str, owner: str, deputy_for: str | None, verdict: Verdict, table: Table) -> bool:
    """A deputy sees no more than the department that it stands in for would."""
    departments = [name] if deputy_for is None or name != owner else [name, deputy_for]
    return any(is_withheld(table.departments[each], verdict) for each in departments)
