"""Whose a message is, who else is told, until when, and whether the ombudsman sees it: pure, and always an answer.

A message that a machine wrote goes to the default department without a look at rules or areas: it is judged as nobody's
customer, so a verdict on it decides nothing. The deadline counts from receipt, whenever the message comes to be routed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ouvidor.business_time import BusinessCalendar
from ouvidor.records import Dispatch, Dispatched, Message, Verdict
from routers.clocks.terms import terms
from routers.condition import Failed
from routers.extract import extract, is_withheld
from routers.ombudsman import clauses
from routers.reading import Table
from routers.table import Rule

__all__ = ["Decision", "copies", "decide", "route"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What the table says of a message, before the clock."""

    owner: str
    by: str
    """The rule that named the owner, or `area:…`, `default`, `automatic`."""
    held: tuple[Rule, ...]
    """The rules that held, in the table's order."""
    failed: tuple[str, ...]
    """The rules whose conditions could not be tried on this message."""
    informed: tuple[str, ...]
    profile: str
    clauses: tuple[str, ...]
    """Why the ombudsman sees it; none: the ombudsman does not."""


def decide(message: Message, verdict: Verdict, table: Table) -> Decision:
    """Read the table for a message."""
    held, failed = ((), ()) if message.automatic is not None else _tried(message, verdict, table)
    naming = next((rule for rule in held if rule.then.owner is not None), None)
    if message.automatic is not None:
        owner, by = table.file.default, "automatic"
    elif naming is not None:
        owner, by = naming.then.owner or "", naming.name
    elif verdict.area is not None and verdict.area in table.owners:
        owner, by = table.owners[verdict.area], f"area:{verdict.area}"
    else:
        owner, by = table.file.default, "default"
    return Decision(
        owner=owner,
        by=by,
        held=held,
        failed=failed,
        informed=tuple(dict.fromkeys(name for rule in held for name in rule.then.informed if name != owner)),
        profile=next((rule.then.profile for rule in held if rule.then.profile is not None), table.file.profile),
        clauses=(*clauses(message, verdict), *(f"rule:{rule.name}" for rule in held if rule.then.ombudsman)),
    )


def route(message: Message, verdict: Verdict, table: Table, calendar: BusinessCalendar) -> Dispatch:
    """Dispatch a message."""
    decision = decide(message, verdict, table)
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
        extract=is_withheld(table.departments[decision.owner], verdict),
    )


def copies(message: Message, verdict: Verdict, dispatch: Dispatch, table: Table) -> Iterator[tuple[str, Dispatched]]:
    """Give each department's own copy: the owner's, then those of who is informed (`dispatch.owner` is not them).

    In each, `extract` tells of the copy itself. The ombudsman's copy, which is whole, is the caller's.
    """
    for name in (dispatch.owner, *dispatch.informed):
        withheld = is_withheld(table.departments[name], verdict)
        yield (
            name,
            Dispatched(
                message=extract(message) if withheld else message,
                verdict=verdict,
                dispatch=dispatch.model_copy(update={"extract": withheld}),
            ),
        )


def _tried(message: Message, verdict: Verdict, table: Table) -> tuple[tuple[Rule, ...], tuple[str, ...]]:
    context = table.facts.of(message, verdict)
    held, failed = [], []
    for rule, condition in table.rules:
        try:
            if condition.holds(context):
                held.append(rule)
        except Failed:
            failed.append(rule.name)
    return tuple(held), tuple(failed)
