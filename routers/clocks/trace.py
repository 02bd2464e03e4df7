"""A count, day by day: what each local day gave to it, and why nothing did. Pure.

The end comes from `routers/clocks/counting.py`, which does not look at each day; this is the same count told slowly,
for people, and a test holds the two together.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from ouvidor.business_time import BusinessCalendar
from ouvidor.closures import Closure
from ouvidor.wall_clock import aware
from routers.clocks.amount import Amount, Unit
from routers.clocks.counting import calendar_of, counted_until, hours_begin, last_counted_day, origin, received_on
from routers.clocks.profile import Step

__all__ = ["Reason", "TracedDay", "trace"]

_DAY = timedelta(days=1)


class Reason(StrEnum):
    """Why a day that business has does not count, or what there is to it beside its number."""

    LATE = "late"
    """The message came too late on it, or it is none of business: it was received on the next business day."""
    RECEIPT = "receipt"
    """The day of receipt is left out."""
    WAITING = "waiting"
    """The count begins on the first business day after receipt."""
    CLOSED = "closed"
    """It is no business day; its closure tells why."""
    MOVED = "moved"
    """The end fell on a day without business, and goes on to the next one with it."""


@dataclass(frozen=True, slots=True)
class TracedDay:
    """What one local day gave."""

    date: date
    number: int | None
    """Which day of the count it is; none: it does not count, or hours are counted."""
    counted: timedelta
    """What it gave, where hours are counted."""
    reason: Reason | None
    closure: Closure | None
    """Why it is no business day, whether that matters to the count or not."""
    extension: bool
    """Does it count for the extension alone?"""


def trace(step: Step, base: Amount, amount: Amount, start: datetime, calendar: BusinessCalendar) -> Iterator[TracedDay]:
    """Tell the count of an amount, of which `base` is without the extension, from the day of receipt to the last."""
    counting = calendar_of(step, calendar)
    begun = aware(start).astimezone(counting.zone).date()
    received = received_on(step, start, counting)
    for late in _until(begun, received - _DAY):
        yield TracedDay(late, None, timedelta(0), Reason.LATE, counting.closure(late), extension=False)
    if amount.unit.in_days:
        yield from _days(step, base, amount, start, counting)
    else:
        yield from _hours(step, base, amount, start, counting)


def _days(step: Step, base: Amount, amount: Amount, start: datetime, counting: BusinessCalendar) -> Iterator[TracedDay]:
    before, received = origin(step, start, counting), received_on(step, start, counting)
    for day in _until(received, before):
        left_out = Reason.RECEIPT if day == received else Reason.WAITING
        yield TracedDay(day, None, timedelta(0), left_out, counting.closure(day), extension=False)
    nominal, without = (last_counted_day(step, each, start, counting) for each in (amount, base))
    end = counting.business_day_from(nominal) if step.end == "next_business_day" else nominal
    number = 0
    for day in _until(before + _DAY, end):
        closure = counting.closure(day)
        moved = day > nominal or (day == nominal and nominal != end)
        skipped = amount.unit is Unit.BUSINESS_DAYS and closure is not None
        counts = day <= nominal and not skipped
        number += counts
        passed = Reason.CLOSED if skipped else None
        reason = Reason.MOVED if moved else passed
        yield TracedDay(
            day, number if counts else None, timedelta(0), reason, closure, extension=day > without and amount != base
        )


def _hours(
    step: Step, base: Amount, amount: Amount, start: datetime, counting: BusinessCalendar
) -> Iterator[TracedDay]:
    begin = hours_begin(step, start, counting)
    without = counted_until(step, base, start, counting)
    end = counted_until(step, amount, start, counting)
    if amount.unit is Unit.BUSINESS_TIME:
        for each in counting.days(begin, end):
            reason = None if each.closure is None else Reason.CLOSED
            opening = counting.end_of_day(each.date - _DAY)
            if (each.counted or reason) and opening < end:
                yield TracedDay(each.date, None, each.counted, reason, each.closure, extension=opening >= without)
        return
    for day in _until(begin.astimezone(counting.zone).date(), end.astimezone(counting.zone).date()):
        opening = counting.end_of_day(day - _DAY)
        counted = min(end, counting.end_of_day(day)) - max(begin, opening)
        if counted > timedelta(0):
            yield TracedDay(day, None, counted, None, counting.closure(day), extension=opening >= without)


def _until(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += _DAY
