"""What is promised at the door is what the table's usual clock gives at its weakest, and follows the table."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ouvidor.business_time import BusinessCalendar
from ouvidor.errors import Misconfigured
from ouvidor.promise import promise_of
from ouvidor.records import Severity
from ouvidor.settings import Routing, Settings
from routers.promise import weakest
from routers.route import route
from tests.routers.conftest import PLAIN, Tables
from tests.routers.samples import message, verdict

RECEIVED = datetime(2026, 12, 23, 20, 40, tzinfo=UTC)
PROFILES = ("bacen", "consumidor-gov", "fca-disp", "fca-disp-payments", "lai", "ouvidoria-publica", "sac", "seed")


@pytest.mark.parametrize("profile", PROFILES)
def test_no_dispatch_by_the_usual_clock_is_later_than_what_was_promised(
    table_of: Tables, calendar: BusinessCalendar, profile: str
):
    table = table_of(instead=PLAIN.replace("profile: seed", f"profile: {profile}", 1))
    promised = weakest(table.file, RECEIVED, calendar).until
    deadlines = [
        route(message(received_at=RECEIVED), verdict(severity=each), table, calendar).deadline for each in Severity
    ]
    assert max(deadlines) == promised


@pytest.mark.parametrize(
    ("profile", "told"),
    [
        ("sac", ("7 dias corridos", None, "2026-12-31")),
        ("bacen", ("10 dias úteis", "10 dias úteis", "2027-01-09")),
        ("ouvidoria-publica", ("30 dias corridos", "30 dias corridos", "2027-01-23")),
        ("lai", ("20 dias corridos", "10 dias corridos", "2027-01-13")),
        ("fca-disp", ("8 semanas", None, "2027-02-18")),
    ],
)
def test_laws_are_told_in_their_own_days(
    table_of: Tables, calendar: BusinessCalendar, profile: str, told: tuple[str, str | None, str]
):
    table = table_of(instead=PLAIN.replace("profile: seed", f"profile: {profile}", 1))
    found = weakest(table.file, RECEIVED, calendar)
    local = found.until.astimezone(calendar.zone)
    assert (found.within, found.extendable_by, f"{local:%Y-%m-%d}") == told
    assert (local.hour, local.minute) == (0, 0)
    assert not found.by_severity
    assert not found.others


def test_a_house_s_own_promise_is_its_longest_and_rules_with_other_clocks_are_told_of(
    table_of: Tables, calendar: BusinessCalendar
):
    found = weakest(table_of("rules: [{name: a, when: 'true', then: {profile: seed}}]").file, RECEIVED, calendar)
    assert (found.within, found.by_severity, found.others) == ("72 h úteis", True, False)
    other = table_of("rules: [{name: a, when: 'true', then: {profile: lai}}]")
    assert weakest(other.file, RECEIVED, calendar).others


def written(path: Path, profile: str, *, age: float = 5) -> None:
    path.write_text(PLAIN.replace("profile: seed", f"profile: {profile}", 1), encoding="utf-8")
    moment = datetime.now(UTC).timestamp() - age
    os.utime(path, (moment, moment))


def test_a_changed_table_is_promised_by_and_a_broken_one_is_not(tmp_path: Path):
    path = tmp_path / "table.yaml"
    written(path, "sac", age=9)
    promised = promise_of(Settings(routing=Routing(table=path)))
    assert promised(RECEIVED).within == "7 dias corridos"
    written(path, "bacen", age=0)
    assert promised(RECEIVED).within == "7 dias corridos"  # it may not be whole yet
    written(path, "bacen")
    assert promised(RECEIVED).within == "10 dias úteis"
    written(path, "none-such", age=4)
    assert promised(RECEIVED).within == "10 dias úteis"
    path.unlink()
    assert promised(RECEIVED).until > RECEIVED + timedelta(days=10)


def test_a_table_that_is_broken_at_the_start_is_told(tmp_path: Path):
    path = tmp_path / "table.yaml"
    written(path, "none-such")
    with pytest.raises(Misconfigured, match="no such profile"):
        promise_of(Settings(routing=Routing(table=path)))
