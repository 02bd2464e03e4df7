"""Whose a message is, who is told, until when."""

from datetime import UTC, datetime, timedelta

import pytest

from ouvidor.business_time import BusinessCalendar
from ouvidor.records import Flag, Kind, Severity
from routers.reading import Table
from routers.route import copies, route
from tests.routers.conftest import PLAIN, Tables
from tests.routers.samples import bounce, message, verdict

RULES = """rules:
  - {name: serious, when: "verdict.severity == 'critical'", then: {informed: [roads], ombudsman: true}}
  - {name: lamp-by-word, when: "message.text.contains('poste')", then: {owner: lamps, informed: [counter, lamps]}}
  - {name: late, when: "verdict.kind == 'complaint'", then: {owner: roads, informed: [counter, board]}}
"""


def test_the_first_rule_that_holds_and_names_an_owner_decides(table_of: Tables, calendar: BusinessCalendar):
    found = route(message(), verdict(kind=Kind.COMPLAINT, area="vias"), table_of(RULES), calendar)
    assert found.owner == "lamps"
    assert found.rule == f"lamp-by-word@{table_of(RULES).hash}"


def test_every_rule_that_holds_adds_who_is_informed_once_and_never_the_owner(
    table_of: Tables, calendar: BusinessCalendar
):
    judged = verdict(kind=Kind.COMPLAINT, severity=Severity.CRITICAL)
    assert route(message(), judged, table_of(RULES), calendar).informed == ("roads", "counter", "board")


def test_where_no_rule_speaks_the_area_decides(table_of: Tables, calendar: BusinessCalendar):
    table = table_of(RULES)
    found = route(message(text="buraco"), verdict(area="vias"), table, calendar)
    assert (found.owner, found.informed, found.rule) == ("roads", (), f"area:vias@{table.hash}")


@pytest.mark.parametrize("area", [None, "nobody-s"])
def test_nothing_is_unroutable(table_of: Tables, calendar: BusinessCalendar, area: str | None):
    table = table_of(RULES)
    found = route(message(text=""), verdict(area=area), table, calendar)
    assert (found.owner, found.rule) == ("counter", f"default@{table.hash}")


def test_what_a_machine_wrote_goes_to_the_default_department_whatever_the_verdict(
    table_of: Tables, calendar: BusinessCalendar
):
    table = table_of(RULES)
    found = route(bounce(), verdict(kind=Kind.COMPLAINT, area="vias", sure=False), table, calendar)
    assert (found.owner, found.informed, found.ombudsman) == ("counter", (), False)
    assert found.rule == f"automatic@{table.hash}"


def test_a_rule_may_add_the_ombudsman_and_is_named(table_of: Tables, calendar: BusinessCalendar):
    table = table_of("rules: [{name: lamp, when: \"message.text.contains('poste')\", then: {ombudsman: true}}]")
    found = route(message(), verdict(), table, calendar)
    assert (found.ombudsman, found.why) == (True, ("rule:lamp",))


def test_a_condition_that_fails_counts_as_not_matched_and_is_told(table_of: Tables, calendar: BusinessCalendar):
    fragile = "message.attachments.size() == 0 || message.attachments[0].size / (message.attachments[0].size - 7) > 0"
    table = table_of(f"rules: [{{name: fragile, when: {fragile!r}, then: {{owner: lamps, ombudsman: true}}}}]")
    (attachment,) = message().attachments
    whole = message(attachments=(attachment.model_copy(update={"size": 7}),))
    found = route(whole, verdict(area="vias"), table, calendar)
    assert (found.owner, found.ombudsman, found.why) == ("roads", False, ("condition_failed:fragile",))


@pytest.mark.parametrize(
    ("severity", "end"),
    [
        (Severity.CRITICAL, datetime(2026, 11, 24, 12, tzinfo=UTC)),
        (Severity.HIGH, datetime(2026, 11, 24, 12, tzinfo=UTC)),
        (Severity.MEDIUM, datetime(2026, 11, 25, 12, tzinfo=UTC)),
        (Severity.LOW, datetime(2026, 11, 26, 12, tzinfo=UTC)),
    ],
)
def test_the_deadline_follows_the_severity(
    table_of: Tables, calendar: BusinessCalendar, severity: Severity, end: datetime
):
    assert route(message(), verdict(severity=severity), table_of(), calendar).deadline == end


def test_the_deadline_counts_business_time_from_receipt(table_of: Tables, calendar: BusinessCalendar):
    friday = datetime(2026, 11, 27, 21, tzinfo=UTC)  # 18:00 in São Paulo
    found = route(message(received_at=friday), verdict(severity=Severity.HIGH), table_of(), calendar)
    assert found.deadline == friday + timedelta(days=3)


def test_a_promise_in_calendar_time_leaves_nothing_out(table_of: Tables, calendar: BusinessCalendar):
    table = table_of(instead=PLAIN.replace("high: 24 h", "high: {within: 90 min, time: calendar}"))
    saturday = datetime(2026, 11, 28, 21, tzinfo=UTC)
    found = route(message(received_at=saturday), verdict(severity=Severity.HIGH), table, calendar)
    assert found.deadline == saturday + timedelta(minutes=90)


def test_a_rule_may_name_another_profile(table_of: Tables, calendar: BusinessCalendar):
    more = """  sac: {critical: 1 h, high: 2 h, medium: 3 h, low: 4 h}
rules: [{name: lamp, when: "message.text.contains('poste')", then: {profile: sac}}]
"""
    found = route(message(), verdict(severity=Severity.LOW), table_of(more), calendar)
    assert (found.profile, found.deadline) == ("sac", message().received_at + timedelta(hours=4))


def addressed(table: Table, calendar: BusinessCalendar, *flags: Flag) -> dict[str, tuple[bool, str | None]]:
    judged = verdict(*flags)
    found = route(message(), judged, table, calendar)
    return {
        name: (copy.dispatch.extract, copy.message.author.name)
        for name, copy in copies(message(), judged, found, table)
    }


INFORMING = "rules: [{name: lamp, when: 'true', then: {owner: lamps, informed: [board]}}]"


def test_each_department_gets_its_own_copy_and_the_author_is_withheld_where_its_identity_is_extract(
    table_of: Tables, calendar: BusinessCalendar
):
    assert addressed(table_of(INFORMING), calendar) == {"lamps": (False, "Maria"), "board": (True, None)}


@pytest.mark.parametrize("flag", [Flag.MISCONDUCT, Flag.PRIVACY])
def test_the_author_of_a_denunciation_is_withheld_from_everybody(
    table_of: Tables, calendar: BusinessCalendar, flag: Flag
):
    assert addressed(table_of(INFORMING), calendar, flag) == {"lamps": (True, None), "board": (True, None)}


def test_what_others_wrote_when_they_handed_it_back_is_masked_for_whom_the_author_is_withheld_from(
    table_of: Tables, calendar: BusinessCalendar
):
    table = table_of(INFORMING)
    first = route(message(), verdict(), table, calendar)
    found = first.model_copy(update={"handed_back": ("devolvido por roads: a Maria mora em outra cidade",)})
    told = {name: copy.dispatch.handed_back for name, copy in copies(message(), verdict(), found, table)}
    assert told["lamps"] == found.handed_back
    assert told["board"] == ("devolvido por roads: a [NOME 1] mora em outra cidade",)
