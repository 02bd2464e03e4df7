"""Until when: a step's length counted from a moment, as laws count days and as clocks count hours. Pure.

Days are counted from the day before the first one that counts (`origin`): the end of a count of `n` is the `n`-th day
after it, whichever the unit. So "exclude the first day, include the last" (Lei 9.784/1999, art. 66; Código Civil, art.
132; CPC, art. 224) needs no special case, and the count with its extension is the same count with a larger number.

Months go to the day of the same number; where the month has none, to its last day (Lei 9.784/1999, art. 66, § 3; the
Código Civil takes the day after, which is later: too early harms nobody).
"""

from calendar import monthrange
from datetime import date, datetime, timedelta

from ouvidor.business_time import BusinessCalendar
from ouvidor.wall_clock import aware
from routers.clocks.amount import Amount, Unit
from routers.clocks.profile import Step

__all__ = ["calendar_of", "counted_until", "hours_begin", "last_counted_day", "origin", "received_on"]

_DAY = timedelta(days=1)
_MONTHS = 12


def counted_until(
    step: Step, amount: Amount, start: datetime, calendar: BusinessCalendar, *, moves: bool = True
) -> datetime:
    """Give the moment, in UTC, at which an amount is used up that began to count at a moment (aware).

    Where it `moves` not, the last day is the one that was counted last, though the step says that an end moves.
    """
    counting = calendar_of(step, calendar)
    if not amount.unit.in_days:
        begin = hours_begin(step, start, counting)
        return counting.add(begin, amount.time) if amount.unit is Unit.BUSINESS_TIME else begin + amount.time
    day = last_counted_day(step, amount, start, calendar)
    if moves and step.end == "next_business_day":
        day = counting.business_day_from(day)
    return counting.closing(day) if step.ends_at == "closing" else counting.end_of_day(day)


def last_counted_day(step: Step, amount: Amount, start: datetime, calendar: BusinessCalendar) -> date:
    """Give the local day on which an amount of days, weeks or months is used up: the end may move from it."""
    counting = calendar_of(step, calendar)
    before = origin(step, start, counting)
    number = amount.number
    if amount.unit is Unit.BUSINESS_DAYS:
        return counting.business_day_after(before, number)
    if amount.unit is Unit.MONTHS:
        return _months_after(before, number)
    return before + number * (7 * _DAY if amount.unit is Unit.WEEKS else _DAY)


def calendar_of(step: Step, calendar: BusinessCalendar) -> BusinessCalendar:
    """Give the calendar by which a step counts: a law's goes on while the house has its vacation."""
    return calendar.through_vacations if step.vacations == "count" else calendar


def received_on(step: Step, start: datetime, calendar: BusinessCalendar) -> date:
    """Give the local day on which a message counts as received."""
    local = aware(start).astimezone(calendar.zone)
    day = local.date()
    if step.received_until is None:
        return day
    late = local.time() >= step.received_until
    return calendar.business_day_after(day) if late else calendar.business_day_from(day)


def origin(step: Step, start: datetime, calendar: BusinessCalendar) -> date:
    """Give the day before the first one that counts."""
    day = received_on(step, start, calendar)
    if step.first_day == "same_day":
        return day - _DAY
    if step.first_day == "next_business_day":
        return calendar.business_day_after(day) - _DAY
    return day


def hours_begin(step: Step, start: datetime, calendar: BusinessCalendar) -> datetime:
    """Give the moment at which hours begin to count: what came in too late counts from the next business day."""
    day = received_on(step, start, calendar)
    return aware(start) if day == start.astimezone(calendar.zone).date() else calendar.end_of_day(day - _DAY)


def _months_after(day: date, number: int) -> date:
    year, month = divmod(day.year * _MONTHS + day.month - 1 + number, _MONTHS)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
