"""Counts against a clerk who counts day by day and minute by minute; and what must hold of every count."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ouvidor.business_time import BusinessCalendar
from ouvidor.closures import Closed, Closure
from ouvidor.opening_hours import WHOLE_DAY, WORKING_WEEK, Hours
from ouvidor.records import Severity
from ouvidor.settings import Organisation
from routers.clocks.amount import Amount, Unit, read_amount
from routers.clocks.counting import counted_until
from routers.clocks.profile import Step
from routers.clocks.terms import term
from routers.clocks.trace import trace
from tests.routers.clocks.slow_count import Clerk

DAY = timedelta(days=1)
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
BRAZIL = BusinessCalendar.from_settings(Organisation())
ZONES = ["America/Sao_Paulo", "America/Havana", "Europe/Lisbon", "Australia/Lord_Howe", "Asia/Kolkata"]
OFFICE = ((time(8), time(12)), (time(13, 30), time(18)))
WEEKS: list[Hours] = [
    WORKING_WEEK,
    dict.fromkeys(range(5), OFFICE),
    {0: OFFICE, 2: WHOLE_DAY, 6: ((time(7), time(9)),)},
]


@st.composite
def calendars(draw: st.DrawFn) -> BusinessCalendar:
    """Days closed here and there, and a vacation in each year."""
    every, begins = draw(st.integers(3, 11)), draw(st.integers(0, 330))
    long = draw(st.integers(0, 25))

    def closures(year: int) -> dict[date, Closure]:
        first = date(year, 1, 1)
        vacation = {first + (begins + n) * DAY: Closure(Closed.VACATION, "Recesso") for n in range(long)}
        holidays = {first + n * DAY: Closure(Closed.HOLIDAY, "Festa") for n in range(365) if n * n % every == 1}
        return {**vacation, **holidays}

    return BusinessCalendar(ZoneInfo(draw(st.sampled_from(ZONES))), closures, draw(st.sampled_from(WEEKS)))


@st.composite
def steps(draw: st.DrawFn, units: list[Unit] | None = None) -> Step:
    """Steps with every way to count."""
    unit = draw(st.sampled_from(units or list(Unit)))
    longest = {Unit.MONTHS: 7, Unit.WEEKS: 9, Unit.BUSINESS_TIME: 900, Unit.TIME: 3000}.get(unit, 40)
    long = draw(st.integers(2, longest))
    given: dict[str, Any] = {
        "title": "x",
        "within": Amount(long, unit),
        "warn_before": Amount(draw(st.integers(1, long - 1)), unit),
        "extension": Amount(draw(st.integers(1, longest)), unit),
        "vacations": draw(st.sampled_from(["skip", "count"])),
        "received_until": draw(st.sampled_from([None, time(19), time(12, 30), time(0)])),
    }
    if unit.in_days:
        given["first_day"] = draw(st.sampled_from(["next_day", "next_business_day", "same_day"]))
        given["end"] = draw(st.sampled_from(["stays", "next_business_day"]))
        given["ends_at"] = draw(st.sampled_from(["midnight", "closing"]))
    same_day = given.get("first_day") == "same_day"
    assume(not (same_day and (given["ends_at"] == "closing" or unit is Unit.MONTHS)))
    return Step.model_validate(given)


starts = st.builds(
    lambda year, minutes: datetime(year, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes),
    st.sampled_from([2018, 2026, 2027]),
    st.integers(0, 366 * 24 * 60),
)
leaps = st.builds(  # the days around which São Paulo, Havana, Lisbon and Lord Howe changed their clocks in 2018
    lambda day, minutes: datetime(2018, *day, tzinfo=UTC) + timedelta(minutes=minutes),
    st.sampled_from([(2, 17), (3, 10), (3, 24), (3, 31), (10, 6), (10, 27), (11, 3)]),
    st.integers(0, 3 * 24 * 60),
)
MEDIUM = Severity.MEDIUM


@settings(derandomize=True, max_examples=150)
@given(step=steps(), start=starts | leaps, calendar=calendars())
def test_it_is_what_a_clerk_counts(step: Step, start: datetime, calendar: BusinessCalendar):
    amount = step.amount(MEDIUM)
    assert counted_until(step, amount, start, calendar) == Clerk(step, calendar).until(amount, start)


@settings(derandomize=True, max_examples=300)
@given(step=steps(), start=starts | leaps, later=st.integers(0, 5000), calendar=calendars())
def test_it_is_never_before_receipt_and_grows_with_receipt_and_length(
    step: Step, start: datetime, later: int, calendar: BusinessCalendar
):
    end = counted_until(step, step.amount(MEDIUM), start, calendar)
    assert end > start
    assert counted_until(step, step.amount(MEDIUM), start + timedelta(minutes=later), calendar) >= end
    dates = term("x", step, MEDIUM, start, calendar)
    assert dates.warn_at is not None
    assert dates.extended_until is not None
    assert start < dates.warn_at <= dates.until == end <= dates.extended_until
    assert counted_until(step, step.amount(MEDIUM), start.astimezone(calendar.zone), calendar) == end


@settings(derandomize=True, max_examples=120)
@given(step=steps(), start=starts | leaps, calendar=calendars(), extended=st.booleans())
def test_its_days_told_one_by_one_come_to_the_same_end(
    step: Step, start: datetime, calendar: BusinessCalendar, extended: bool
):
    amount = step.amount(MEDIUM, extended=extended)
    days = list(trace(step, step.amount(MEDIUM), amount, start, calendar))
    end = counted_until(step, amount, start, calendar)
    assert [day.date for day in days] == sorted({day.date for day in days})
    assert days[-1].date == (end - timedelta(microseconds=1)).astimezone(calendar.zone).date()
    assert any(day.extension for day in days) <= extended
    if amount.unit in {Unit.BUSINESS_DAYS, Unit.CALENDAR_DAYS}:
        assert [day.number for day in days if day.number] == list(range(1, amount.number + 1))
    elif not amount.unit.in_days:
        assert sum((day.counted for day in days), timedelta(0)) == amount.time


def step(**changes: object) -> Step:
    return Step.model_validate({"title": "x", "within": "5 calendar days", **changes})


def local(*at: int) -> datetime:
    return datetime(*at, tzinfo=SAO_PAULO)


def end_of(day: str) -> datetime:
    return local(*map(int, day.split("-"))) + DAY


@pytest.mark.parametrize(
    ("changes", "received", "last"),
    [
        ({}, local(2026, 11, 23, 9), "2026-11-28"),  # Monday is left out, Saturday is the last: it stays
        ({"end": "next_business_day"}, local(2026, 11, 23, 9), "2026-11-30"),
        ({"first_day": "same_day"}, local(2026, 11, 23, 9), "2026-11-27"),
        ({"first_day": "next_business_day"}, local(2026, 11, 27, 9), "2026-12-04"),  # Friday: from Monday on
        ({"received_until": "19:00"}, local(2026, 11, 23, 18, 59), "2026-11-28"),
        ({"received_until": "19:00"}, local(2026, 11, 23, 19), "2026-11-29"),
        ({"received_until": 1140}, local(2026, 11, 28, 9), "2026-12-05"),  # 19:00 as YAML reads it, on a Saturday
        ({"within": "3 business days"}, local(2026, 12, 23, 9), "2026-12-29"),
        ({"within": "3 business days"}, local(2026, 12, 26, 9), "2026-12-30"),  # received on a Saturday
        ({"within": "1 business day", "first_day": "same_day"}, local(2026, 12, 26, 9), "2026-12-28"),
        ({"within": "8 weeks"}, local(2026, 12, 23, 9), "2027-02-17"),
        ({"within": "1 month"}, local(2027, 1, 31, 9), "2027-02-28"),
        ({"within": "13 months"}, local(2026, 12, 15, 9), "2028-01-15"),
    ],
)
def test_days_are_counted_as_laws_do(changes: dict[str, Any], received: datetime, last: str):
    counted = step(**changes)
    assert counted_until(counted, counted.amount(MEDIUM), received, BRAZIL) == end_of(last)


def test_the_last_day_may_end_with_its_business():
    office = BusinessCalendar(SAO_PAULO, hours=dict.fromkeys(range(5), OFFICE))
    closing = step(within="1 business day", ends_at="closing")
    assert counted_until(closing, closing.amount(MEDIUM), local(2026, 11, 23, 9), office) == local(2026, 11, 24, 18)


def test_a_law_s_clock_goes_on_while_the_house_has_its_vacation():
    organisation = Organisation(vacations=[{"from": "12-21", "to": "01-01", "name": "Recesso"}])
    house = BusinessCalendar.from_settings(organisation)
    ends = [
        counted_until(each, each.amount(MEDIUM), local(2026, 12, 18, 9), house)
        for each in (step(within="3 business days", vacations=kind) for kind in ("count", "skip"))
    ]
    assert ends == [end_of("2026-12-23"), end_of("2027-01-06")]


def test_an_extension_goes_on_with_the_same_count_and_a_warning_ends_it_early():
    lengths = {"within": "30 calendar days", "extension": "30 calendar days", "warn_before": "6 calendar days"}
    thirty = step(**lengths, end="next_business_day")
    found = term("answer", thirty, MEDIUM, local(2026, 11, 19, 10), BRAZIL)
    assert (found.until, found.extended_until, found.warn_at) == (
        end_of("2026-12-21"),
        end_of("2027-01-18"),
        end_of("2026-12-13"),  # a Sunday: a warning does not wait
    )


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("24 h", (1440, Unit.BUSINESS_TIME)),
        ("90min", (90, Unit.BUSINESS_TIME)),
        ("2 calendar h", (120, Unit.TIME)),
        ("1 business day", (1, Unit.BUSINESS_DAYS)),
        ("30 calendar days", (30, Unit.CALENDAR_DAYS)),
        ("8 weeks", (8, Unit.WEEKS)),
        ("1 month", (1, Unit.MONTHS)),
    ],
)
def test_lengths_are_read(written: str, amount: tuple[int, Unit]):
    assert read_amount(written) == amount


@pytest.mark.parametrize("written", ["10 days", "0 h", "a day", "h", "-1 weeks", "10 businesss days", 24, None, True])
def test_a_length_that_says_not_what_it_counts_is_refused(written: object):
    with pytest.raises(ValueError, match=r"a length is expected|say which days: 10 business days, or 10 calendar"):
        read_amount(written)
