"""Business time against an implementation that is slow and obvious: it steps through the clock, quarter by quarter."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouvidor.business_time import BusinessCalendar, Interval
from ouvidor.errors import Misconfigured
from ouvidor.settings import Organisation

STEP = timedelta(minutes=15)
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
ZONES = [
    "America/Sao_Paulo",  # leaps at midnight, until 2019
    "America/Havana",  # shows midnight twice
    "Europe/Lisbon",
    "Australia/Lord_Howe",  # leaps half an hour
    "Pacific/Apia",  # 30 December 2011 never was
    "UTC",
]
HOURS: list[tuple[Interval, ...]] = [
    ((time(0), time(0)),),
    ((time(8), time(12)), (time(13, 30), time(18))),
    ((time(9), time(17)),),
    ((time(6), time(0)),),
]


def slow_add(calendar: BusinessCalendar, start: datetime, within: timedelta) -> datetime:
    moment, left = start, within
    while left:
        local = moment.astimezone(calendar.zone)
        wall = local.time()
        open_now = any(
            opening <= wall and (wall < closing or closing == time(0)) for opening, closing in calendar.intervals
        )
        holiday = local.date() in calendar.holidays_of(local.year)
        if local.weekday() in calendar.weekdays and not holiday and open_now:
            left -= STEP
        moment += STEP
    return moment


quarters = st.integers(min_value=0, max_value=4 * 24 * 366).map(lambda count: count * STEP)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    hours=st.sampled_from(HOURS),
    start=st.builds(
        lambda year, since: datetime(year, 1, 1, tzinfo=UTC) + since, st.sampled_from([2011, 2018, 2026]), quarters
    ),
    within=st.integers(min_value=0, max_value=4 * 90).map(lambda count: count * STEP),
    closed=st.sets(st.integers(min_value=0, max_value=20), max_size=6),
)
def test_it_is_what_stepping_through_the_clock_gives(
    zone: str, hours: tuple[Interval, ...], start: datetime, within: timedelta, closed: set[int]
):
    holidays = {start.date() + timedelta(days=ahead): "" for ahead in closed}
    calendar = BusinessCalendar(ZoneInfo(zone), lambda _: holidays, hours)
    assert calendar.add(start, within) == slow_add(calendar, start, within)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    start=st.builds(lambda since: datetime(2018, 1, 1, tzinfo=UTC) + since, quarters),
    within=st.integers(min_value=1, max_value=100).map(lambda hours: timedelta(hours=hours)),
)
def test_the_days_of_a_promise_add_up_to_it(zone: str, start: datetime, within: timedelta):
    calendar = BusinessCalendar(ZoneInfo(zone))
    days = list(calendar.days(start, calendar.add(start, within)))
    assert sum((day.counted for day in days), timedelta(0)) == within
    assert all(not day.counted for day in days if not day.business)


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
    every_day = BusinessCalendar(SAO_PAULO, weekdays=frozenset(range(7)))
    assert every_day.add(saturday, timedelta(hours=24)) == saturday.astimezone(UTC) + timedelta(hours=24)
    assert every_day.add(saturday, timedelta(hours=24)).astimezone(SAO_PAULO).hour == 13


def test_an_opening_that_the_clocks_leap_over_is_the_moment_of_the_leap():
    lisbon = ZoneInfo("Europe/Lisbon")
    every_day = BusinessCalendar(lisbon, intervals=((time(1, 30), time(4)),), weekdays=frozenset(range(7)))
    assert every_day.add(datetime(2026, 3, 29, 0, tzinfo=lisbon), timedelta(hours=1)) == datetime(
        2026, 3, 29, 2, tzinfo=UTC
    )


def test_carnaval_counts_unless_the_organisation_closes():
    friday = local(2026, 2, 13, 12)
    closing = BusinessCalendar.from_settings(Organisation(optional_holidays=True))
    assert BRAZIL.add(friday, timedelta(hours=24)) == local(2026, 2, 16, 12)
    assert closing.add(friday, timedelta(hours=24)) == local(2026, 2, 19, 12)  # Thursday after Ash Wednesday


def test_the_state_s_holidays_and_the_house_s_own_days_do_not_count():
    thursday = local(2026, 7, 8, 12)
    house = BusinessCalendar.from_settings(Organisation(subdivision="SP", closed=(date(2026, 7, 10),)))
    assert house.add(thursday, timedelta(hours=24)) == local(2026, 7, 13, 12)
    assert BRAZIL.add(thursday, timedelta(hours=24)) == local(2026, 7, 9, 12)


def test_holidays_are_named_in_the_country_s_language_whatever_the_locale(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LANGUAGE", "en_US")
    calendar = BusinessCalendar.from_settings(Organisation())
    christmas = next(iter(calendar.days(local(2031, 12, 25), local(2031, 12, 25, 1))))
    assert christmas.holiday == "Natal"


@pytest.mark.parametrize("place", [{"country": "XX"}, {"subdivision": "Atlantis"}])
def test_a_place_whose_holidays_nobody_knows_is_a_wrong_setting(place: dict[str, str]):
    with pytest.raises(Misconfigured, match=r"organisation\.country: no holidays are known of"):
        BusinessCalendar.from_settings(Organisation(**place))


@pytest.mark.parametrize(
    "wrong",
    [
        {"intervals": ()},
        {"intervals": ((time(9), time(9)),)},
        {"intervals": ((time(13), time(18)), (time(8), time(12)))},
        {"intervals": ((time(8), time(0)), (time(13), time(18)))},
        {"weekdays": frozenset()},
        {"weekdays": frozenset({7})},
    ],
)
def test_hours_in_which_nothing_could_count_are_refused(wrong: dict[str, Any]):
    with pytest.raises(Misconfigured):
        BusinessCalendar(SAO_PAULO, **wrong)


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        BRAZIL.add(datetime(2026, 1, 5), timedelta(hours=1))  # noqa: DTZ001 - that is the point
