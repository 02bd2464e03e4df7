"""Closed days and vacations, as settings have them."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from ouvidor.closures import ClosedDay, Vacation, days_of
from ouvidor.opening_hours import WHOLE_DAY
from ouvidor.settings import Organisation


def closed(*days: object) -> list[str]:
    return [str(day) for each in Organisation(closed=days).closed for day in days_of(each, 2027)]


def test_a_day_is_closed_once_and_an_anniversary_every_year():
    assert closed(date(2026, 1, 25), "2027-01-26", "12-24") == ["2027-01-26", "2027-12-24"]
    assert closed({"day": "01-25", "name": "Aniversário da cidade"}) == ["2027-01-25"]


def test_the_29th_of_february_is_closed_in_leap_years_alone():
    leap = ClosedDay(day="02-29")  # type: ignore[arg-type]  # as YAML has it
    assert (list(days_of(leap, 2027)), list(days_of(leap, 2028))) == ([], [date(2028, 2, 29)])


def vacation(first: str, last: str, year: int) -> tuple[str, str, int]:
    days = list(days_of(Vacation.model_validate({"from": first, "to": last}), year))
    return str(days[0]), str(days[-1]), len(days)


def test_a_vacation_may_go_over_the_year_s_end():
    assert vacation("2026-12-21", "2027-01-03", 2026) == ("2026-12-21", "2026-12-31", 11)
    assert vacation("2026-12-21", "2027-01-03", 2027) == ("2027-01-01", "2027-01-03", 3)
    assert vacation("12-21", "01-03", 2031) == ("2031-01-01", "2031-12-31", 3 + 11)
    assert vacation("07-01", "07-15", 2031) == ("2031-07-01", "2031-07-15", 15)
    assert vacation("02-27", "02-29", 2027) == ("2027-02-27", "2027-02-28", 2)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"closed": ["31-12"]}, "a day is expected, such as 2026-12-31, or 12-31 for that of every year"),
        ({"closed": ["2026-02-30"]}, "a day is expected"),
        ({"vacations": [{"from": "2026-12-21", "to": "01-03"}]}, "both days of one year, such as 2026-12-21, or both"),
        ({"vacations": [{"from": "2026-12-21", "to": "2026-12-20"}]}, "to is before from"),
        ({"hours": {"mon-fry": "08:00-12:00"}}, "such as sat or mon-fri, not mon-fry"),
        ({"hours": {"fri-mon": "08:00-12:00"}}, "fri-mon ends before it begins"),
        ({"hours": {"mon": "8-12"}}, "an interval is expected, such as 08:00-12:00"),
        ({"hours": {"mon": "12:00-08:00"}}, "mon: business hours are intervals in order"),
        ({"hours": {"mon-fri": "08:00-12:00", "wed": "08:00-10:00"}}, "wed: wed has its hours already"),
        ({"hours": ["08:00-12:00"]}, "days and their hours are expected"),
    ],
)
def test_what_is_written_wrong_is_told(given: dict[str, Any], words: str):
    with pytest.raises(ValidationError, match=words):
        Organisation(**given)


def test_a_closing_of_24_is_the_end_of_the_day():
    assert Organisation(hours={"sat": "00:00-24:00"}).hours == {5: WHOLE_DAY}
