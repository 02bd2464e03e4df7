"""Who answers while a department is away: its deputy, or the deputy's deputy.

What counts is the day on which its people would first see the message: that of receipt or, where it came after their
hours or on a day on which nobody is there, the next on which somebody would be. It follows from the message and the
table alone, so whoever routes it again names the same department. Where every deputy is away too, the department keeps
its message: a circle of absences must not move it.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from ouvidor.business_time import BusinessCalendar
from routers.department import Department

__all__ = ["absence", "answering", "seen_on"]

_DAY = timedelta(days=1)
_LONGEST_LOOK = 60


def answering(
    name: str, departments: Mapping[str, Department], received_at: datetime, calendar: BusinessCalendar
) -> str:
    """Name the department that answers in place of another; itself, where it is there or nobody else is."""
    asked: list[str] = []
    here: str | None = name
    while here is not None and here not in asked:
        department = departments[here]
        if not department.is_ever_away or absence(department, seen_on(department, received_at, calendar)) is None:
            return here
        asked.append(here)
        here = department.deputy
    return name


def absence(department: Department, day: date) -> date | None:
    """Give the last day of the absence that a day is in; None where its people are there."""
    ends = [closure.last for closure in department.closed if closure.first <= day <= closure.last > closure.first]
    if department.absent_until is not None and day <= department.absent_until:
        ends.append(department.absent_until)
    return max(ends, default=None)


def seen_on(department: Department, received_at: datetime, calendar: BusinessCalendar) -> date:
    """Give the day on which its people would first see a message, were they not away for longer."""
    local = received_at.astimezone(calendar.zone)
    day = local.date()
    if department.hours and time(0) != department.hours[-1][1] <= local.time():
        day += _DAY
    single = {closure.first for closure in department.closed if closure.first == closure.last}
    for _ in range(_LONGEST_LOOK):
        if day not in single and calendar.is_business_day(day):
            break
        day += _DAY
    return day
