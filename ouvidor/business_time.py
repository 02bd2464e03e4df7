"""Business time: what a promise of "24 hours" or "10 business days" means where weekends and holidays do not count.

A moment counts when its local day is a business day and the clock on the wall stands inside an interval; by default a
business day counts from midnight to midnight, all of it. Openings and closings are read on the wall, but what lies
between them is counted as it elapses: a day that daylight saving makes 23 hours long gives 23 hours, because a customer
who is promised 24 hours waits for hours, not for the hands of a clock. A bound that the clocks leap over is the moment
of the leap; of one that they show twice, an opening is the first and a closing the last.

What a year comes to is worked out once and looked up by bisection: a dispatch costs microseconds.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import accumulate
from zoneinfo import ZoneInfo

from ouvidor.closures import Closed, Closure
from ouvidor.errors import Misconfigured
from ouvidor.holiday_calendar import closures_of
from ouvidor.opening_hours import WORKING_WEEK, Hours, Interval, faults_of
from ouvidor.settings import Organisation
from ouvidor.wall_clock import aware, instant

__all__ = ["BusinessCalendar", "Day", "Interval"]

_DAY = timedelta(days=1)
_WEEKEND = Closure(Closed.WEEKEND)
_ANY_YEAR = 2026


@dataclass(frozen=True, slots=True)
class Day:
    """What one local day gave to a clock."""

    date: date
    counted: timedelta
    closure: Closure | None
    """Why it is no business day, if so."""

    @property
    def business(self) -> bool:
        """Is it a business day?"""
        return self.closure is None

    @property
    def holiday(self) -> str | None:
        """The name of the holiday, of the closed day or the vacation, where it is one; it may be empty."""
        return None if self.closure is None or self.closure == _WEEKEND else self.closure.name


@dataclass(frozen=True, slots=True)
class _Year:
    """All intervals of a year in UTC; how much had been counted when each began, and (last) when the year was over."""

    openings: tuple[datetime, ...]
    closings: tuple[datetime, ...]
    before: tuple[timedelta, ...]


@dataclass(frozen=True)
class BusinessCalendar:
    """Which moments and days count. Immutable in what it says; what a year comes to is kept once it was worked out."""

    zone: ZoneInfo
    closures: Callable[[int], Mapping[date, Closure]] = field(default=lambda _: {})
    """The days of a year that do not count whatever day of the week they are, and why."""
    hours: Hours = field(default_factory=lambda: WORKING_WEEK)
    """A day of the week that is not in them is no business day."""
    _years: dict[int, _Year] = field(default_factory=dict, init=False, repr=False, compare=False)
    _closed: dict[int, Mapping[date, Closure]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _ends: dict[date, datetime] = field(default_factory=dict, init=False, repr=False, compare=False)
    _days: dict[int, tuple[date, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse what could never count. Raises `Misconfigured`."""
        if not self.hours or not set(self.hours) <= set(range(7)):
            raise Misconfigured(f"business days are some of 0 (Monday) to 6, not {sorted(self.hours)}")
        for intervals in self.hours.values():
            if wrong := faults_of(intervals):
                raise Misconfigured(wrong)

    @classmethod
    def from_settings(cls, organisation: Organisation) -> "BusinessCalendar":
        """Make the organisation's. Raises `Misconfigured` where nobody knows its holidays, or no day is left."""
        calendar = cls(organisation.tz, closures_of(organisation), organisation.hours or WORKING_WEEK)
        if not calendar.business_days(_ANY_YEAR):
            raise Misconfigured("organisation: closed, vacations and hours leave no business day in a year")
        return calendar

    @cached_property
    def through_vacations(self) -> "BusinessCalendar":
        """The same calendar where the house has no vacations: how laws count."""

        def lawful(year: int) -> Mapping[date, Closure]:
            return {day: why for day, why in self.closures(year).items() if why.kind is not Closed.VACATION}

        return replace(self, closures=lawful)

    def add(self, start: datetime, within: timedelta) -> datetime:
        """Give the first moment, in UTC, at which `within` of business time has passed since `start` (aware).

        What comes in outside of business time begins to count at the next opening; what is used up exactly at a closing
        ends there, not at the next opening. Nothing to count ends at once.
        """
        moment = aware(start)
        if within < timedelta(0):
            raise ValueError(f"a promise lies ahead: {within} is negative")
        if not within:
            return moment
        year = moment.astimezone(self.zone).year
        goal = self._position(moment, self._year(year)) + within
        while goal > (total := self._year(year).before[-1]):
            goal -= total
            year += 1
        spans = self._year(year)
        last = bisect_left(spans.before, goal) - 1
        return spans.openings[last] + (goal - spans.before[last])

    def days(self, start: datetime, until: datetime) -> Iterable[Day]:
        """Tell, local day by local day, what counted between two moments, and why nothing did."""
        begin, end = aware(start), aware(until)
        day, last = begin.astimezone(self.zone).date(), end.astimezone(self.zone).date()
        while day <= last:
            counted = sum((max(min(c, end) - max(o, begin), timedelta(0)) for o, c in self._spans(day)), timedelta(0))
            yield Day(day, counted, self.closure(day))
            day += _DAY

    def closure(self, day: date) -> Closure | None:
        """Tell why a local day does not count; none: it does."""
        if day.year not in self._closed:
            self._closed[day.year] = self.closures(day.year)
        return self._closed[day.year].get(day) or (None if day.weekday() in self.hours else _WEEKEND)

    def is_business_day(self, day: date) -> bool:
        """Tell whether a local day counts."""
        return self.closure(day) is None

    def business_days(self, year: int) -> tuple[date, ...]:
        """Give all business days of a year."""
        if year not in self._days:
            first = date(year, 1, 1)
            every = (first + number * _DAY for number in range((date(year + 1, 1, 1) - first).days))
            self._days[year] = tuple(day for day in every if self.is_business_day(day))
        return self._days[year]

    def business_day_after(self, day: date, number: int = 1) -> date:
        """Give the first, or a later, business day after a day."""
        year, at = day.year, bisect_right(self.business_days(day.year), day) + number - 1
        while at >= (count := len(self.business_days(year))):
            at -= count
            year += 1
        return self.business_days(year)[at]

    def business_day_from(self, day: date) -> date:
        """Give the day itself, or the next business day where it is none."""
        return self.business_day_after(day - _DAY)

    def end_of_day(self, day: date) -> datetime:
        """Give the moment, in UTC, at which a local day is over."""
        if day not in self._ends:
            self._ends[day] = instant(datetime.combine(day + _DAY, time(0)), self.zone, fold=0)
        return self._ends[day]

    def closing(self, day: date) -> datetime:
        """Give the moment, in UTC, at which business is over on a day; where there is none, the end of the day."""
        spans = self._spans(day)
        return spans[-1][1] if spans else self.end_of_day(day)

    @staticmethod
    def _position(moment: datetime, spans: "_Year") -> timedelta:
        """How much of a year's business time had passed at a moment of it."""
        at = bisect_right(spans.openings, moment) - 1
        if at < 0:
            return timedelta(0)
        return spans.before[at] + (min(moment, spans.closings[at]) - spans.openings[at])

    def _spans(self, day: date) -> list[tuple[datetime, datetime]]:
        if not self.is_business_day(day):
            return []
        found: list[tuple[datetime, datetime]] = []
        for opening, closing in self.hours[day.weekday()]:
            begin = instant(datetime.combine(day, opening), self.zone, fold=0)
            if closing == time(0):
                end = self.end_of_day(day)
            else:
                end = instant(datetime.combine(day, closing), self.zone, fold=1)
            if found:
                begin = max(begin, found[-1][1])  # a fold may let a closing be later than the next opening
            if end > begin:  # an interval that the clocks leap over gives nothing
                found.append((begin, end))
        return found

    def _year(self, year: int) -> _Year:
        if year not in self._years:
            spans = [span for day in self.business_days(year) for span in self._spans(day)]
            counted = accumulate((end - begin for begin, end in spans), initial=timedelta(0))
            self._years[year] = _Year(
                openings=tuple(begin for begin, _ in spans),
                closings=tuple(end for _, end in spans),
                before=tuple(counted),
            )
        return self._years[year]
