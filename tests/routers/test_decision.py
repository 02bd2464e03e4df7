"""Who sorts what nobody's line of the table knows, and who works together on what is complex."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouvidor.business_time import BusinessCalendar
from ouvidor.records import (
    OPINION,
    Channel,
    Confidence,
    Difficulty,
    Evidence,
    Flag,
    Kind,
    Message,
    Severity,
    Team,
    Verdict,
)
from ouvidor.settings import Organisation
from routers.condition import Condition
from routers.decision import decide
from routers.ombudsman import clauses
from routers.reading import Table, read_table
from routers.route import copies, route
from routers.table import Rule
from routers.telling import told
from tests.routers.conftest import PLAIN, Tables
from tests.routers.samples import bounce, message, verdict

CALENDAR = BusinessCalendar.from_settings(Organisation())
TABLE = read_table()


def certain(area: float) -> Confidence:
    return Confidence(kind=1, severity=1, difficulty=1, flags=1, area=area)


@pytest.mark.parametrize(
    ("judged", "triage", "words"),
    [
        (verdict(area="vias", confidence=certain(0.49)), "area_unsure", "o assunto “vias” não é certo"),
        (verdict(area="xyz"), "area_unowned", "nenhum setor tem o assunto “xyz”"),
        (verdict(area=None), "area_unknown", "o assunto não foi reconhecido"),
    ],
)
def test_what_no_line_knows_goes_to_the_default_department_to_be_sorted_by_hand(
    table_of: Tables, calendar: BusinessCalendar, judged: Verdict, triage: str, words: str
):
    table = table_of()
    found = route(message(), judged, table, calendar)
    assert (found.owner, found.triage) == ("counter", triage)
    sentences = "\n".join(told(message(), judged, table, calendar))
    assert "Triagem:" in sentences
    assert words in sentences


def opinion_on(area: str) -> Evidence:
    return Evidence(start=0, end=0, label=f"area:{area}", source=f"{OPINION} another model reads it so")


def test_what_another_model_named_goes_there_at_once_and_the_default_department_looks(
    table_of: Tables, calendar: BusinessCalendar
):
    table = table_of()
    judged = verdict(area="vias", confidence=certain(0.49), evidence=(opinion_on("vias"),))
    found = route(message(), judged, table, calendar)
    assert (found.owner, found.triage, found.informed) == ("roads", "area_by_opinion", ("counter",))
    assert found.rule == f"opinion:vias@{table.hash}"
    assert [name for name, _ in copies(message(), judged, found, table)] == ["roads", "counter"]
    sentences = "\n".join(told(message(), judged, table, calendar))
    assert "outro modelo, que foi consultado, leu “vias”, que é deste setor" in sentences
    assert "Triagem: o assunto não é certo e o setor foi indicado por outro modelo" in sentences
    assert "Balcão (counter), porque faz a triagem" in sentences


@pytest.mark.parametrize(
    ("judged", "owner", "triage"),
    [
        (verdict(area="vias", confidence=certain(0.5), evidence=(opinion_on("vias"),)), "roads", None),
        (verdict(area="vias", confidence=certain(0.4), evidence=(opinion_on("saude"),)), "counter", "area_unsure"),
        (verdict(area="xyz", confidence=certain(0.4), evidence=(opinion_on("xyz"),)), "counter", "area_unowned"),
    ],
    ids=["certain", "of another area", "nobody's"],
)
def test_another_models_word_counts_only_for_an_area_that_is_uncertain_and_somebodys(
    table_of: Tables, calendar: BusinessCalendar, judged: Verdict, owner: str, triage: str | None
):
    found = route(message(), judged, table_of(), calendar)
    assert (found.owner, found.triage, found.informed) == (owner, triage, ())


def test_who_stands_in_for_the_named_department_has_it_and_both_are_told(table_of: Tables, calendar: BusinessCalendar):
    away = PLAIN.replace("title: Vias,", "title: Vias, absent_until: 2099-01-01, deputy: lamps,")
    judged = verdict(area="vias", confidence=certain(0.4), evidence=(opinion_on("vias"),))
    found = route(message(), judged, table_of(instead=away), calendar)
    assert (found.owner, found.deputy_for, found.informed) == ("lamps", "roads", ("roads", "counter"))


def test_how_certain_a_subject_must_be_is_the_table_s_to_say(table_of: Tables, calendar: BusinessCalendar):
    judged = verdict(area="vias", confidence=certain(0.7))
    assert route(message(), judged, table_of("area_confidence: 0.8\n"), calendar).triage == "area_unsure"
    assert route(message(), judged, table_of("area_confidence: 0.7\n"), calendar).triage is None


def test_a_rule_that_names_an_owner_and_a_machine_s_mail_need_no_sorting(table_of: Tables, calendar: BusinessCalendar):
    table = table_of("rules: [{name: all, when: 'true', then: {owner: lamps}}]")
    assert route(message(), verdict(area=None), table, calendar).triage is None
    assert route(bounce(), verdict(area=None), table, calendar).triage is None


TEAM = PLAIN.replace("title: Luz", "title: Luz, team: {lead: roads, members: [board, lamps]}")


@pytest.mark.parametrize("difficulty", Difficulty)
def test_a_department_s_team_works_on_what_is_complex_and_each_of_it_is_told(
    table_of: Tables, calendar: BusinessCalendar, difficulty: Difficulty
):
    judged = verdict(area="iluminacao-publica", difficulty=difficulty)
    found = route(message(), judged, table_of(instead=TEAM), calendar)
    if difficulty is Difficulty.COMPLEX:
        assert found.team == Team(lead="roads", members=("board", "lamps"))
        assert (found.owner, found.informed) == ("lamps", ("roads", "board"))
    else:
        assert (found.team, found.informed) == (None, ())


def test_a_rule_s_team_goes_before_the_department_s_whatever_the_difficulty(
    table_of: Tables, calendar: BusinessCalendar
):
    rules = "rules: [{name: all, when: 'true', then: {team: {lead: counter}}}]"
    judged = verdict(area="iluminacao-publica", difficulty=Difficulty.SIMPLE)
    table = table_of(instead=TEAM + rules)
    assert route(message(), judged, table, calendar).team == Team(lead="counter")
    assert "  Equipe: coordena Balcão (counter)." in told(message(), judged, table, calendar)


VERDICTS = st.builds(
    lambda flags, confidence, **labels: verdict(*flags, confidence=certain(confidence), **labels),
    flags=st.lists(st.sampled_from(Flag), unique=True),
    confidence=st.sampled_from([0.0, 0.5, 1.0]),
    kind=st.sampled_from(Kind),
    severity=st.sampled_from(Severity),
    difficulty=st.sampled_from(Difficulty),
    sure=st.booleans(),
    area=st.sampled_from([None, "unheard-of", *TABLE.owners]),
)
MESSAGES = st.builds(
    lambda channel, make: make(channel=channel), st.sampled_from(Channel), st.sampled_from([message, bounce])
)


def without_ombudsman(rules: list[tuple[Rule, Condition]]) -> Table:
    """The table that ships, with its rules in another order, and none of them asking for the ombudsman."""
    silent = [
        (rule.model_copy(update={"then": rule.then.model_copy(update={"ombudsman": False})}), condition)
        for rule, condition in rules
    ]
    return replace(TABLE, rules=tuple(silent))


TABLES = st.permutations(TABLE.rules).map(without_ombudsman)


@given(said=MESSAGES, judged=VERDICTS)
def test_every_message_has_exactly_one_owner_who_gets_one_copy(said: Message, judged: Verdict):
    found = route(said, judged, TABLE, CALENDAR)
    addressed = [name for name, _ in copies(said, judged, found, TABLE)]
    assert found.owner in TABLE.departments
    assert addressed[0] == found.owner
    assert len(addressed) == len(set(addressed))


@given(said=MESSAGES, judged=VERDICTS, table=TABLES)
def test_no_table_can_hide_from_the_ombudsman_what_the_labels_show(said: Message, judged: Verdict, table: Table):
    found = route(said, judged, table, CALENDAR)
    must = tuple(clauses(said, judged))
    assert found.why[: len(must)] == must
    assert found.ombudsman is bool(found.why)


@given(said=MESSAGES, judged=VERDICTS, table=TABLES)
def test_the_first_rule_that_holds_and_names_an_owner_decides_whatever_stands_below(
    said: Message, judged: Verdict, table: Table
):
    decision = decide(said, judged, table, None)
    order = [rule.name for rule, _ in table.rules]
    assert [order.index(rule.name) for rule in decision.held] == sorted(
        order.index(rule.name) for rule in decision.held
    )
    naming = [rule for rule in decision.held if rule.then.owner is not None]
    if naming:
        assert (decision.owner, decision.by) == (naming[0].then.owner, naming[0].name)
    else:
        assert decision.by in {"automatic", "default", f"area:{judged.area}"}
