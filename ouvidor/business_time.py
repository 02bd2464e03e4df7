"""Business time: what a promise of "24 hours" means where weekends and holidays do not count.

A moment counts when its local day is a business day and the clock on the wall stands inside an interval; by default a
business day counts from midnight to midnight, all of it. Openings and closings are read on the wall, but what lies
between them is counted as it elapses: a day that daylight saving makes 23 hours long gives 23 hours, because a customer
who is promised 24 hours waits for hours, not for the hands of a clock. A bound that the clocks leap over is the moment
of the leap; of one that they show twice, an opening is the first and a closing the last.

Optional points ("ponto facultativo": Carnaval, Ash Wednesday, Corpus Christi, 28 October…) count as business days
unless the organisation says otherwise: closing on them is each house's decree, and a deadline that comes too early
harms nobody. `holidays` calls them the category `optional`. What a town or a house closes on is given day by day.

Source: `holidays` (BR: Leis 662/1949, 6.802/1980, 9.093/1995, 14.759/2023); PEP 495 on leaps and folds.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate, pairwise
from typing import TypeAlias
from zoneinfo import ZoneInfo

from holidays import country_holidays
from holidays.constants import OPTIONAL, PUBLIC

from ouvidor.errors import Misconfigured
from ouvidor.settings import Organisation

__all__ = ["BusinessCalendar", "Day", "Interval"]

Interval: TypeAlias = tuple[time, time]
"""From an opening to a closing; a closing of 00:00 is the end of the day."""

WHOLE_DAY: tuple[Interval, ...] = ((time(0), time(0)),)
MONDAY_TO_FRIDAY = frozenset(range(5))
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Day:
    """What one local day gave to a clock."""

    date: date
    counted: timedelta
    holiday: str | None
    """The holiday's name, where it is one."""
    business: bool


@dataclass(frozen=True, slots=True)
class _Year:
    """All intervals of a year in UTC; how much had been counted when each began, and (last) when the year was over."""

    openings: tuple[datetime, ...]
    closings: tuple[datetime, ...]
    before: tuple[timedelta, ...]


@dataclass(frozen=True)
class BusinessCalendar:
    """Which moments count. Immutable in what it says; what a year comes to is kept once it was worked out."""

    zone: ZoneInfo
    holidays_of: Callable[[int], Mapping[date, str]] = field(default=lambda _: {})
    """The holidays of a year, with their names."""
    intervals: tuple[Interval, ...] = WHOLE_DAY
    weekdays: frozenset[int] = MONDAY_TO_FRIDAY
    """Business days of the week; Monday is 0."""
    _years: dict[int, _Year] = field(default_factory=dict, init=False, repr=False, compare=False)
    _holidays: dict[int, Mapping[date, str]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse what could never count. Raises `Misconfigured`."""
        if not self.weekdays <= set(range(7)) or not self.weekdays:
            raise Misconfigured(f"business days are some of 0 (Monday) to 6, not {sorted(self.weekdays)}")
        bounds = [_since_midnight(bound) for interval in self.intervals for bound in interval]
        if bounds and not bounds[-1]:
            bounds[-1] = _DAY
        if not bounds or any(later <= earlier for earlier, later in pairwise(bounds)):
            raise Misconfigured("business hours are intervals in order, each with an end after its beginning")

    @classmethod
    def from_settings(cls, organisation: Organisation, intervals: Sequence[Interval] = WHOLE_DAY) -> "BusinessCalendar":
        """Make the organisation's calendar. Raises `Misconfigured` where nobody knows its holidays."""
        categories = (PUBLIC, OPTIONAL) if organisation.optional_holidays else (PUBLIC,)
        closed = dict.fromkeys(organisation.closed, "")
        language = _language(organisation)

        def holidays_of(year: int) -> Mapping[date, str]:
            known = country_holidays(
                organisation.country,
                subdiv=organisation.subdivision,
                years=year,
                categories=categories,
                language=language,
            )
            return {**closed, **known}

        try:
            holidays_of(2026)
        except NotImplementedError as error:
            raise Misconfigured(
                f"organisation.country: no holidays are known of {organisation.country}"
                f"{f', {organisation.subdivision}' if organisation.subdivision else ''}: {error}"
            ) from None
        return cls(organisation.tz, holidays_of, tuple(intervals))

    def add(self, start: datetime, within: timedelta) -> datetime:
        """Give the first moment, in UTC, at which `within` of business time has passed since `start` (aware).

        What comes in outside of business time begins to count at the next opening; what is used up exactly at a closing
        ends there, not at the next opening. Nothing to count ends at once.
        """
        moment = _aware(start)
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
        begin, end = _aware(start), _aware(until)
        day, last = begin.astimezone(self.zone).date(), end.astimezone(self.zone).date()
        while day <= last:
            counted = sum((max(min(c, end) - max(o, begin), timedelta(0)) for o, c in self._spans(day)), timedelta(0))
            yield Day(day, counted, self._holiday(day), self.is_business_day(day))
            day += _DAY

    @staticmethod
    def _position(moment: datetime, spans: "_Year") -> timedelta:
        """How much of a year's business time had passed at a moment of it."""
        at = bisect_right(spans.openings, moment) - 1
        if at < 0:
            return timedelta(0)
        return spans.before[at] + (min(moment, spans.closings[at]) - spans.openings[at])

    def is_business_day(self, day: date) -> bool:
        """Tell whether a local day counts."""
        return day.weekday() in self.weekdays and self._holiday(day) is None

    def _holiday(self, day: date) -> str | None:
        if day.year not in self._holidays:
            self._holidays[day.year] = self.holidays_of(day.year)
        return self._holidays[day.year].get(day)

    def _spans(self, day: date) -> list[tuple[datetime, datetime]]:
        if not self.is_business_day(day):
            return []
        found: list[tuple[datetime, datetime]] = []
        for opening, closing in self.intervals:
            begin = _instant(datetime.combine(day, opening), self.zone, fold=0)
            if closing == time(0):
                end = _instant(datetime.combine(day + _DAY, closing), self.zone, fold=0)
            else:
                end = _instant(datetime.combine(day, closing), self.zone, fold=1)
            if found:
                begin = max(begin, found[-1][1])  # a fold may let a closing be later than the next opening
            if end > begin:  # an interval that the clocks leap over gives nothing
                found.append((begin, end))
        return found

    def _year(self, year: int) -> _Year:
        if year not in self._years:
            first, after = date(year, 1, 1), date(year + 1, 1, 1)
            spans = [span for number in range((after - first).days) for span in self._spans(first + number * _DAY)]
            counted = accumulate((end - begin for begin, end in spans), initial=timedelta(0))
            self._years[year] = _Year(
                openings=tuple(begin for begin, _ in spans),
                closings=tuple(end for _, end in spans),
                before=tuple(counted),
            )
        return self._years[year]


def _since_midnight(bound: time) -> timedelta:
    return datetime.combine(date.min, bound) - datetime.combine(date.min, time(0))


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment without its zone is no moment: give an aware datetime")
    return moment.astimezone(UTC)


def _instant(wall: datetime, zone: ZoneInfo, *, fold: int) -> datetime:
    """Read a wall clock's time as a moment; one that the clocks leap over is the moment of the leap."""
    moment = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    readings = [wall.replace(tzinfo=zone, fold=side).astimezone(UTC) for side in (0, 1)]
    before, after = min(readings), max(readings)
    offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def _language(organisation: Organisation) -> str | None:
    """Holidays are named in the country's own language, whatever the process's locale."""
    try:
        return country_holidays(organisation.country).default_language
    except NotImplementedError:
        return None
