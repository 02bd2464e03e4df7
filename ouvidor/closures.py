"""The days that do not count, each with its reason: holidays, days on which town or house are closed, vacations.

A vacation is told apart from a holiday, because the law's clocks do not stop for it: a bank that sends its ombudsman on
holiday for two weeks owes the answer all the same (`routers/clocks/profile.py` says which profiles count through them).

Optional points ("ponto facultativo": Carnaval, Ash Wednesday, Corpus Christi, 28 October…) count as business days
unless the organisation says otherwise: closing on them is each house's decree, and a deadline that comes too early
harms nobody. `holidays` calls them the category `optional`, and has no town's.

Source: `holidays` (BR: Leis 662/1949, 6.802/1980, 9.093/1995, 14.759/2023).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, NamedTuple, Self, TypeAlias

from pydantic import BeforeValidator, Field, model_validator

from ouvidor.config import Section

__all__ = ["Anniversary", "Closed", "ClosedDay", "Closure", "Vacation", "YearDay", "days_of"]

_ANNIVERSARY = re.compile(r"(?P<month>\d{2})-(?P<day>\d{2})")
_LEAP_YEAR = 2000
_DAY = timedelta(days=1)


class Closed(StrEnum):
    """Why a day does not count."""

    WEEKEND = "weekend"
    """A day of the week on which the house never works."""
    HOLIDAY = "holiday"
    HOUSE = "closed"
    """A day that the settings name: the town's holiday, the house's own."""
    VACATION = "vacation"


@dataclass(frozen=True, slots=True)
class Closure:
    """Why a day does not count, and the name of it, where it has one."""

    kind: Closed
    name: str = ""


class Anniversary(NamedTuple):
    """A day of every year; 29 February is one of leap years alone."""

    month: int
    day: int

    def __str__(self) -> str:
        """Write it as the settings do."""
        return f"{self.month:02}-{self.day:02}"


def _read_day(given: Any) -> Any:  # noqa: ANN401 - whatever the YAML holds
    if isinstance(given, Anniversary) or (isinstance(given, date) and not isinstance(given, datetime)):
        return given
    try:
        if found := _ANNIVERSARY.fullmatch(str(given)):
            on = Anniversary(int(found["month"]), int(found["day"]))
            date(_LEAP_YEAR, *on)
            return on
        return date.fromisoformat(str(given))
    except ValueError:
        raise ValueError("a day is expected, such as 2026-12-31, or 12-31 for that of every year") from None


YearDay: TypeAlias = Annotated[date | Anniversary, BeforeValidator(_read_day)]
"""A day, or one of every year."""


class ClosedDay(Section):
    """A day on which the house is closed."""

    day: YearDay
    """2026-01-25, or 01-25 for that of every year."""
    name: str = ""
    """As staff and customers know it."""


class Vacation(Section):
    """A time in which the house is closed. Not for the clocks of laws, which go on."""

    first: YearDay = Field(alias="from")
    """The first day: 2026-12-21, or 12-21 for that of every year."""
    last: YearDay = Field(alias="to")
    """The last day, in the same form; of every year, it may be one of the next."""
    name: str = ""
    """As staff and customers know it."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if isinstance(self.first, Anniversary) != isinstance(self.last, Anniversary):
            raise ValueError("from and to are both days of one year, such as 2026-12-21, or both of every year: 12-21")
        if isinstance(self.first, date) and isinstance(self.last, date) and self.last < self.first:
            raise ValueError("a vacation ends after it began: to is before from")
        return self


def days_of(closed: ClosedDay | Vacation, year: int) -> Iterator[date]:
    """Give the days of a year on which the house is closed for one reason."""
    if isinstance(closed, ClosedDay):
        day = _in(year, closed.day)
        if day is not None and day.year == year:
            yield day
        return
    whole = date(year, 1, 1), date(year, 12, 31)
    for first, last in _spans(closed, year):
        day = max(first, whole[0])
        while day <= min(last, whole[1]):
            yield day
            day += _DAY


def _spans(vacation: Vacation, year: int) -> Iterator[tuple[date, date]]:
    if isinstance(vacation.first, Anniversary) and isinstance(vacation.last, Anniversary):
        over = vacation.last < vacation.first  # over the year's end: what began a year before is still on
        for begin in (year - 1, year) if over else (year,):
            yield _at_most(begin, vacation.first), _at_most(begin + over, vacation.last)
    elif isinstance(vacation.first, date) and isinstance(vacation.last, date):
        yield vacation.first, vacation.last


def _in(year: int, day: date | Anniversary) -> date | None:
    if isinstance(day, date):
        return day
    try:
        return date(year, *day)
    except ValueError:
        return None


def _at_most(year: int, day: Anniversary) -> date:
    """29 February as the bound of a vacation is the last day of that month."""
    return _in(year, day) or date(year, day.month, day.day - 1)
