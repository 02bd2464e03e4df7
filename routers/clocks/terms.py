"""The dates that a dispatch carries: one for each step that starts at receipt, and the customer's among them. Pure."""

from collections.abc import Iterator
from datetime import datetime

from ouvidor.business_time import BusinessCalendar
from ouvidor.records import Severity, Term
from routers.clocks.counting import counted_until
from routers.clocks.profile import RECEIPT, Profile, Step

__all__ = ["term", "terms"]


def terms(profile: Profile, severity: Severity, received_at: datetime, calendar: BusinessCalendar) -> Iterator[Term]:
    """Give the dates of a message, in the profile's order."""
    for name, step in profile.steps.items():
        if step.starts == RECEIPT:
            yield term(name, step, severity, received_at, calendar)


def term(name: str, step: Step, severity: Severity, start: datetime, calendar: BusinessCalendar) -> Term:
    """Give the dates of a step whose clock started at a moment.

    A warning is the same count, shorter: with 10 business days and 2 before them, it is the end of the eighth. It does
    not move: a warning that waits for the next business day would come when there is no time left to heed it.
    """
    amount = step.amount(severity)
    extended = step.amount(severity, extended=True)
    early = None if step.warn_before is None else amount._replace(number=amount.number - step.warn_before.number)
    return Term(
        step=name,
        binds=step.binds,
        until=counted_until(step, amount, start, calendar),
        extended_until=None if step.extension is None else counted_until(step, extended, start, calendar),
        warn_at=None if early is None else counted_until(step, early, start, calendar, moves=False),
    )
