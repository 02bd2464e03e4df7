"""A message's dispatch: what the table says, until when, and who gets which copy of it. Pure, and always an answer.

The deadline counts from receipt, whenever the message comes to be routed.
"""

from collections.abc import Iterator

from ouvidor.business_time import BusinessCalendar
from ouvidor.records import Dispatch, Dispatched, Message, Verdict
from routers.clocks.terms import terms
from routers.compiled import Table
from routers.decision import decide
from routers.extract import extract, is_withheld, masked_words

__all__ = ["copies", "route"]


def route(message: Message, verdict: Verdict, table: Table, calendar: BusinessCalendar) -> Dispatch:
    """Dispatch a message."""
    decision = decide(message, verdict, table, calendar)
    profile = table.file.profile_of(decision.profile)
    dates = tuple(terms(profile, verdict.severity, message.received_at, calendar))
    return Dispatch(
        owner=decision.owner,
        informed=decision.informed,
        ombudsman=bool(decision.clauses),
        why=(*decision.clauses, *(f"condition_failed:{name}" for name in decision.failed)),
        deadline=next(date.until for date in dates if date.step == profile.answer),
        profile=decision.profile,
        terms=dates,
        rule=f"{decision.by}@{table.hash}",
        extract=_withheld(decision.owner, decision.owner, decision.deputy_for, message, verdict, table),
        deputy_for=decision.deputy_for,
        team=decision.team,
        triage=decision.triage,
    )


def copies(message: Message, verdict: Verdict, dispatch: Dispatch, table: Table) -> Iterator[tuple[str, Dispatched]]:
    """Give each department's own copy: the owner's, then those of who is informed (`dispatch.owner` is not them).

    In each, `extract` tells of the copy itself. The ombudsman's copy, which is whole, is the caller's.
    """
    told: tuple[Message, Verdict] | None = None
    for name in (dispatch.owner, *dispatch.informed):
        withheld = _withheld(name, dispatch.owner, dispatch.deputy_for, message, verdict, table)
        if withheld and told is None:
            told = extract(message, verdict)
        words, judged = told if withheld and told is not None else (message, verdict)
        reasons = masked_words(message, dispatch.handed_back) if withheld else dispatch.handed_back
        copy = dispatch.model_copy(update={"extract": withheld, "handed_back": reasons})
        yield name, Dispatched(message=words, verdict=judged, dispatch=copy)


def _withheld(  # noqa: PLR0917 - whose it is, and what is known of it
    name: str, owner: str, deputy_for: str | None, message: Message, verdict: Verdict, table: Table
) -> bool:
    """A deputy sees no more than the department that it stands in for would."""
    departments = [name] if deputy_for is None or name != owner else [name, deputy_for]
    return any(is_withheld(table.departments[each], message, verdict) for each in departments)
