"""Opening hours as they are written, `mon-fri: [08:00-12:00, 13:00-18:00]`: intervals by days of the week.

A day of the week that is not named is none of the business's. A closing of 00:00 or 24:00 is the end of the day: an
interval does not go over midnight, for then nobody could say to which day it belongs.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Annotated, Any, Final, TypeAlias

from pydantic import BeforeValidator

__all__ = [
    "WEEKDAYS",
    "WHOLE_DAY",
    "WORKING_WEEK",
    "Hours",
    "Interval",
    "Week",
    "faults_of",
    "read_interval",
    "since_midnight",
]

Interval: TypeAlias = tuple[time, time]
"""From an opening to a closing; a closing of 00:00 is the end of the day."""
Hours: TypeAlias = Mapping[int, tuple[Interval, ...]]
"""The intervals of each day of the week, Monday being 0."""

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WHOLE_DAY: Final[tuple[Interval, ...]] = ((time(0), time(0)),)
WORKING_WEEK: Final[Hours] = MappingProxyType(dict.fromkeys(range(5), WHOLE_DAY))
"""Monday to Friday, from midnight to midnight."""
_DAY: Final = timedelta(days=1)


def since_midnight(bound: time) -> timedelta:
    """How far into its day a clock's time is."""
    return datetime.combine(date.min, bound) - datetime.combine(date.min, time(0))


def faults_of(intervals: tuple[Interval, ...]) -> str | None:
    """Say why intervals of a day could not count, if so."""
    bounds = [since_midnight(bound) for interval in intervals for bound in interval]
    if bounds and not bounds[-1]:
        bounds[-1] = _DAY
    if not bounds or any(later <= earlier for earlier, later in pairwise(bounds)):
        return "business hours are intervals in order, each with an end after its beginning"
    return None


def read_interval(given: object) -> Interval:
    """Read `08:00-12:00`. Raises `ValueError` with what is expected."""
    try:
        opening, closing = (part.strip() for part in str(given).split("-"))
        return time.fromisoformat(opening), time(0) if closing == "24:00" else time.fromisoformat(closing)
    except ValueError:
        raise ValueError("an interval is expected, such as 08:00-12:00") from None


def _read_days(given: object) -> range:
    first, _, last = str(given).lower().partition("-")
    if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
        raise ValueError(f"a day of the week or a span of them is expected, such as sat or mon-fri, not {given}")
    begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
    if end < begin:
        raise ValueError(f"{given} ends before it begins: a week goes from mon to sun")
    return range(begin, end + 1)


def _read_week(given: Any) -> Any:  # noqa: ANN401 - whatever the YAML holds
    """Read `mon-fri: [...]` into the intervals of each day."""
    if not isinstance(given, Mapping):
        raise ValueError("days and their hours are expected, such as mon-fri: [08:00-12:00, 13:00-18:00]")  # noqa: TRY004 - pydantic's way
    week: dict[int, tuple[Interval, ...]] = {}
    for days, written in given.items():
        if isinstance(days, int):  # read already
            week[days] = written
            continue
        listed = written if isinstance(written, list | tuple) else [written]
        intervals = tuple(read_interval(each) for each in listed)
        if wrong := faults_of(intervals):
            raise ValueError(f"{days}: {wrong}")
        for day in _read_days(days):
            if day in week:
                raise ValueError(f"{days}: {WEEKDAYS[day]} has its hours already")
            week[day] = intervals
    return week


Week = Annotated[dict[int, tuple[Interval, ...]], BeforeValidator(_read_week)]
"""Hours, as settings have them; none: nothing was said."""
