"""Business time against an implementation that is slow and obvious: it steps through the clock, quarter by quarter."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouvidor.business_time import BusinessCalendar
from ouvidor.closures import Closed, Closure
from ouvidor.errors import Misconfigured
from ouvidor.opening_hours import WHOLE_DAY, Hours
from ouvidor.settings import Organisation

STEP = timedelta(minutes=15)
DAY = timedelta(days=1)
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
ZONES = [
    "America/Sao_Paulo",  # leaps at midnight, until 2019
    "America/Havana",  # shows midnight twice
    "Europe/Lisbon",
    "Australia/Lord_Howe",  # leaps half an hour
    "Pacific/Apia",  # 30 December 2011 never was
    "UTC",
]
DAYS: list[Hours] = [
    dict.fromkeys(range(5), WHOLE_DAY),
    dict.fromkeys(range(5), ((time(8), time(12)), (time(13, 30), time(18)))),
    dict.fromkeys(range(7), ((time(6), time(0)),)),
    {0: ((time(8), time(12)),), 1: WHOLE_DAY, 5: ((time(9), time(11)), (time(11, 15), time(12)), (time(20), time(0)))},
]
EVERY_DAY = dict.fromkeys(range(7), WHOLE_DAY)


def slow_add(calendar: BusinessCalendar, start: datetime, within: timedelta, step: timedelta = STEP) -> datetime:
    moment, left = start, within
    while left:
        local = moment.astimezone(calendar.zone)
        wall = local.time()
        hours = calendar.hours.get(local.weekday(), ())
        open_now = any(opening <= wall and (wall < closing or closing == time(0)) for opening, closing in hours)
        if open_now and local.date() not in calendar.closures(local.year):
            left -= step
        moment += step
    return moment


quarters = st.integers(min_value=0, max_value=4 * 24 * 366).map(lambda count: count * STEP)
starts = st.builds(
    lambda year, since: datetime(year, 1, 1, tzinfo=UTC) + since, st.sampled_from([2011, 2018, 2026]), quarters
)


@st.composite
def calendars(draw: st.DrawFn) -> BusinessCalendar:
    """Holidays and a vacation here and there from any day of 2011 to 2027 on."""
    zone, hours = draw(st.sampled_from(ZONES)), draw(st.sampled_from(DAYS))
    density = draw(st.integers(min_value=2, max_value=9))
    begins, long = draw(st.integers(min_value=1, max_value=300)), draw(st.integers(min_value=0, max_value=40))

    def closures(year: int) -> dict[date, Closure]:
        first = date(year, 1, 1)
        holidays = {first + n * DAY: Closure(Closed.HOLIDAY, "x") for n in range(360) if n * n % density == 1}
        vacation = {first + (begins + n) * DAY: Closure(Closed.VACATION, "y") for n in range(long)}
        return {**vacation, **holidays}

    return BusinessCalendar(ZoneInfo(zone), closures, hours)


lengths = st.integers(min_value=0, max_value=4 * 60).map(lambda count: count * STEP)


@settings(derandomize=True, max_examples=150)
@given(calendar=calendars(), start=starts, within=lengths)
def test_it_is_what_stepping_through_the_clock_gives(calendar: BusinessCalendar, start: datetime, within: timedelta):
    assert calendar.add(start, within) == slow_add(calendar, start, within)


@settings(derandomize=True, max_examples=25)
@given(start=starts, aside=st.integers(0, 14), minutes=st.integers(min_value=0, max_value=9 * 60))
def test_it_is_exact_to_the_minute(start: datetime, aside: int, minutes: int):
    odd = {0: ((time(8, 7), time(12, 1)), (time(12, 59), time(23, 58))), 2: ((time(0, 3), time(0)),), 6: WHOLE_DAY}
    calendar = BusinessCalendar(SAO_PAULO, hours=odd)
    begin, within, step = start + timedelta(minutes=aside), timedelta(minutes=minutes), timedelta(minutes=1)
    assert calendar.add(begin, within) == slow_add(calendar, begin, within, step)


@settings(derandomize=True, max_examples=200)
@given(calendar=calendars(), start=starts, later=quarters, first=lengths, second=lengths)
def test_a_promise_lies_ahead_grows_with_receipt_and_length_and_may_be_kept_in_two_parts(
    calendar: BusinessCalendar, start: datetime, later: timedelta, first: timedelta, second: timedelta
):
    end = calendar.add(start, first)
    assert end >= start
    assert calendar.add(start + later, first) >= end
    assert calendar.add(start, first + second) >= end
    assert calendar.add(end, second) == calendar.add(start, first + second) or not second


@settings(derandomize=True, max_examples=100)
@given(calendar=calendars(), start=starts, within=lengths)
def test_the_days_of_a_promise_add_up_to_it(calendar: BusinessCalendar, start: datetime, within: timedelta):
    days = list(calendar.days(start, calendar.add(start, within)))
    assert sum((day.counted for day in days), timedelta(0)) == within
    assert all(not day.counted for day in days if not day.business)


@settings(derandomize=True, max_examples=80)
@given(calendar=calendars(), day=st.dates(date(2011, 1, 1), date(2028, 1, 1)), number=st.integers(1, 60))
def test_business_days_are_those_that_one_finds_day_by_day(calendar: BusinessCalendar, day: date, number: int):
    found, left = day, number
    while left:
        found += DAY
        left -= found.weekday() in calendar.hours and found not in calendar.closures(found.year)
    assert calendar.business_day_after(day, number) == found
    assert calendar.business_day_from(found) == found
    assert calendar.business_day_from(calendar.business_day_from(day)) == calendar.business_day_from(day) >= day


def local(*at: int) -> datetime:
    return datetime(*at, tzinfo=SAO_PAULO)


BRAZIL = BusinessCalendar.from_settings(Organisation())


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        (local(2026, 11, 24, 9, 30), 24, local(2026, 11, 25, 9, 30)),
        (local(2026, 11, 27, 18), 24, local(2026, 11, 30, 18)),  # over a weekend
        (local(2026, 11, 28, 10), 24, local(2026, 12, 1, 0)),  # a Saturday: Monday counts whole
        (local(2026, 11, 27, 0), 24, local(2026, 11, 28, 0)),  # used up at the closing, not at Monday's opening
        (local(2026, 12, 23, 17, 40), 72, local(2026, 12, 29, 17, 40)),  # Christmas, and the weekend after it
        (local(2026, 12, 31, 12), 48, local(2027, 1, 5, 12)),  # over the year's end
        (local(2026, 11, 20, 8), 24, local(2026, 11, 24, 0)),  # Zumbi and Black Awareness, a Friday
    ],
)
def test_weekends_and_national_holidays_do_not_count(start: datetime, hours: int, end: datetime):
    assert BRAZIL.add(start, timedelta(hours=hours)) == end


def test_a_promise_of_hours_is_kept_in_hours_when_the_clocks_leap():
    saturday = datetime(2018, 11, 3, 12, tzinfo=SAO_PAULO)
    every_day = BusinessCalendar(SAO_PAULO, hours=EVERY_DAY)
    assert every_day.add(saturday, timedelta(hours=24)) == saturday.astimezone(UTC) + timedelta(hours=24)
    assert every_day.add(saturday, timedelta(hours=24)).astimezone(SAO_PAULO).hour == 13


def test_an_opening_that_the_clocks_leap_over_is_the_moment_of_the_leap():
    lisbon = ZoneInfo("Europe/Lisbon")
    every_day = BusinessCalendar(lisbon, hours=dict.fromkeys(range(7), ((time(1, 30), time(4)),)))
    assert every_day.add(datetime(2026, 3, 29, 0, tzinfo=lisbon), timedelta(hours=1)) == datetime(
        2026, 3, 29, 2, tzinfo=UTC
    )


def test_a_day_ends_where_the_next_begins_also_when_midnight_is_leapt_over():
    assert BusinessCalendar(SAO_PAULO).end_of_day(date(2018, 11, 3)) == datetime(2018, 11, 4, 3, tzinfo=UTC)
    assert BRAZIL.end_of_day(date(2026, 12, 23)) == local(2026, 12, 24, 0)


def test_a_midnight_that_is_shown_twice_ends_the_day_the_first_time_and_is_counted_once():
    havana = BusinessCalendar(ZoneInfo("America/Havana"), hours=EVERY_DAY)
    assert havana.end_of_day(date(2018, 11, 3)) == datetime(2018, 11, 4, 4, tzinfo=UTC)
    saturday = datetime(2018, 11, 3, 16, tzinfo=UTC)
    assert havana.add(saturday, timedelta(hours=24)) == saturday + timedelta(hours=24)


def test_business_closes_with_its_last_interval_and_on_other_days_with_the_day():
    shop = BusinessCalendar(SAO_PAULO, hours={5: ((time(9), time(12)), (time(14), time(17, 30)))})
    assert shop.closing(date(2026, 11, 28)) == local(2026, 11, 28, 17, 30)
    assert shop.closing(date(2026, 11, 29)) == local(2026, 11, 30, 0)


def test_carnaval_counts_unless_the_organisation_closes():
    friday = local(2026, 2, 13, 12)
    closing = BusinessCalendar.from_settings(Organisation(optional_holidays=True))
    assert BRAZIL.add(friday, timedelta(hours=24)) == local(2026, 2, 16, 12)
    assert closing.add(friday, timedelta(hours=24)) == local(2026, 2, 19, 12)  # Thursday after Ash Wednesday


def test_a_country_without_optional_holidays_has_none():
    london = BusinessCalendar.from_settings(
        Organisation(zone="Europe/London", country="GB", optional_holidays=True, subdivision="ENG")
    )
    assert london.closure(date(2026, 12, 28)) is not None  # Boxing Day, a Saturday, is made up for on Monday


def test_the_state_s_holidays_and_the_house_s_own_days_do_not_count():
    thursday = local(2026, 7, 8, 12)
    house = BusinessCalendar.from_settings(Organisation(subdivision="SP", closed=(date(2026, 7, 10),)))
    assert house.add(thursday, timedelta(hours=24)) == local(2026, 7, 13, 12)
    assert BRAZIL.add(thursday, timedelta(hours=24)) == local(2026, 7, 9, 12)


def test_the_house_s_hours_are_when_business_time_runs():
    hours = {"mon-thu": ["08:00-12:00", "13:00-18:00"], "fri": "08:00-12:00"}
    house = BusinessCalendar.from_settings(Organisation(hours=hours))
    assert house.add(local(2026, 11, 26, 17), timedelta(hours=6)) == local(2026, 11, 30, 9)


def test_laws_count_through_the_house_s_vacations_but_not_through_holidays():
    organisation = Organisation(vacations=[{"from": "12-21", "to": "01-01", "name": "Recesso"}])
    house = BusinessCalendar.from_settings(organisation)
    assert house.business_day_after(date(2026, 12, 18)) == date(2027, 1, 4)
    assert house.closure(date(2026, 12, 22)) == Closure(Closed.VACATION, "Recesso")
    assert house.closure(date(2026, 12, 25)) == Closure(Closed.HOLIDAY, "Natal")
    lawful = house.through_vacations
    assert lawful.business_day_after(date(2026, 12, 24)) == date(2026, 12, 28)
    assert lawful.through_vacations.closure(date(2026, 12, 25)) == Closure(Closed.HOLIDAY, "Natal")


def test_holidays_are_named_in_the_country_s_language_whatever_the_locale(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LANGUAGE", "en_US")
    calendar = BusinessCalendar.from_settings(Organisation())
    christmas = next(iter(calendar.days(local(2031, 12, 25), local(2031, 12, 25, 1))))
    assert christmas.holiday == "Natal"


@pytest.mark.parametrize("place", [{"country": "XX"}, {"subdivision": "Atlantis"}])
def test_a_place_whose_holidays_nobody_knows_is_a_wrong_setting(place: dict[str, str]):
    with pytest.raises(Misconfigured, match=r"organisation\.country: no holidays are known of"):
        BusinessCalendar.from_settings(Organisation(**place))


def test_a_house_that_never_works_is_a_wrong_setting():
    never = Organisation(vacations=[{"from": "01-01", "to": "12-31"}])
    with pytest.raises(Misconfigured, match="closed, vacations and hours leave no business day in a year"):
        BusinessCalendar.from_settings(never)


@pytest.mark.parametrize(
    "hours",
    [
        {},
        {7: WHOLE_DAY},
        {0: ()},
        {0: ((time(9), time(9)),)},
        {0: ((time(13), time(18)), (time(8), time(12)))},
        {0: ((time(8), time(0)), (time(13), time(18)))},
    ],
)
def test_hours_in_which_nothing_could_count_are_refused(hours: Hours):
    with pytest.raises(Misconfigured):
        BusinessCalendar(SAO_PAULO, hours=hours)


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        BRAZIL.add(datetime(2026, 1, 5), timedelta(hours=1))  # noqa: DTZ001 - that is the point
