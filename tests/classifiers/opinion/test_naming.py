"""What becomes of a department that another model names: it decides where nothing was decided, and a person looks."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.judge import Judged
from classifiers.opinion.answer import Opinion
from classifiers.opinion.asking import Asking
from classifiers.opinion.choices import NOBODY, Choices, choices_of
from classifiers.opinion.heeding import SOURCE, heed
from classifiers.severities import ORDER
from ouvidor.records import ClassifierVersion, Flag, Kind, Severity, Verdict
from ouvidor.settings import Opinion as Settings
from routers.compiled import Table
from routers.decision import decide
from routers.reading import read_table
from tests.classifiers.opinion.house import CITY, CLINIC, HOUSE, LAMPS, verdict
from tests.routers.samples import message

_VERSION = ClassifierVersion(name="opinion", version="1@m", hash="0" * 64)
_TEXT = "Fui ao posto de saúde hoje cedo e a moça não quis me dar a senha, disse que tinha acabado"
_CHOICES = Choices((LAMPS, CITY, CLINIC))
_TABLE = """
default: balcao
departments:
  - {name: balcao, title: Balcão}
  - {name: luz, title: Luz, areas: [iluminacao-publica]}
  - {name: cidade, title: Cidade, areas: [vias, meio-ambiente]}
  - {name: saude, title: Saúde, areas: [saude]}
profile: seed
"""


Tables = Callable[[str], Table]


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    """`tables("default: …")` reads a table of these words."""

    def read(words: str) -> Table:
        path = tmp_path / "table.yaml"
        path.write_text(words, encoding="utf-8")
        return read_table(path)

    return read


def _says(department: str | None, **fields: object) -> Opinion:
    return Opinion.model_validate({"kind": "complaint", "severity": "medium", "department": department, **fields})


def _heard(  # what a test changes
    before: Verdict, department: str | None, *, settles: bool = False, text: str = _TEXT, **fields: object
) -> Verdict:
    return heed(Judged(text), before, _says(department, **fields), _VERSION, _CHOICES, settles=settles)


def _goes(verdict: Verdict, table: Table) -> tuple[str, str | None]:
    found = decide(message(), verdict, table, None)
    return found.owner, found.triage


def test_where_ours_is_undecided_the_message_reaches_who_was_named_and_a_person_looks(tables: Tables):
    table = tables(_TABLE)
    assert _goes(verdict(), table) == ("balcao", "area_unsure")
    found = _heard(verdict(), "d1")
    assert found.area == "iluminacao-publica"
    assert _goes(found, table) == ("luz", "area_by_opinion")
    assert "balcao" in decide(message(), found, table, None).informed


def test_evidence_says_who_said_so_and_where():
    because = [{"label": "department", "quote": "posto de saúde"}]
    found = _heard(verdict(area=None), "d3", because=because)
    (shown,) = [one for one in found.evidence if one.label.startswith("area:")]
    assert (shown.label, shown.source, _TEXT[shown.start : shown.end]) == ("area:saude", SOURCE, "posto de saúde")


def test_a_department_of_which_ours_is_certain_stands(tables: Tables):
    before = verdict(certain=0.5)
    found = _heard(before, "d1", settles=True)
    assert (found.area, found.confidence.area) == (before.area, before.confidence.area)
    assert not found.area_by_opinion
    assert _goes(found, tables(_TABLE)) == ("saude", None)


@pytest.mark.parametrize("department", ["none", None])
def test_nobodys_and_nothing_said_leave_it_to_the_default_department(department: str | None, tables: Tables):
    found = _heard(verdict(), department)
    assert (found.area, found.confidence.area) == ("saude", 0.4)
    assert _goes(found, tables(_TABLE)) == ("balcao", "area_unsure")


def test_who_says_the_same_as_our_guess_sends_it_there(tables: Tables):
    found = _heard(verdict(), "d3")
    assert (found.area, found.confidence.area) == ("saude", 0.4)
    assert _goes(found, tables(_TABLE)) == ("saude", "area_by_opinion")


def test_of_a_departments_areas_our_guess_stays_where_it_is_one_else_the_likeliest_is_taken():
    assert _heard(verdict(area="meio-ambiente"), "d2").area == "meio-ambiente"
    asked: list[Sequence[str]] = []

    def last(_: Judged, areas: Sequence[str]) -> str:
        asked.append(areas)
        return areas[-1]

    found = heed(Judged(_TEXT), verdict(), _says("d2"), _VERSION, _CHOICES, last, settles=False)
    assert (found.area, asked) == ("meio-ambiente", [CITY.areas])
    assert _heard(verdict(), "d2").area == "vias"


def test_a_house_that_counted_may_have_it_stand_alone(tables: Tables):
    found = _heard(verdict(), "d1", settles=True)
    assert found.confidence.area == 0.5
    assert _goes(found, tables(_TABLE)) == ("luz", None)


@pytest.mark.parametrize(
    "text", ["muito ruim isso", "I went to the health post and they did not want to see me", _TEXT * 400],
    ids=["few", "english", "long"],
)  # fmt: skip
def test_even_there_a_person_looks_at_what_our_models_have_no_ground_for(text: str, tables: Tables):
    found = _heard(verdict(), "d1", settles=True, text=text)
    assert _goes(found, tables(_TABLE)) == ("luz", "area_by_opinion")


def test_a_table_that_renamed_the_department_meanwhile_sends_it_to_whose_the_area_is(tables: Tables):
    found = _heard(verdict(), "d1")
    renamed = tables(_TABLE.replace("name: luz", "name: energia"))
    assert _goes(found, renamed) == ("energia", "area_by_opinion")
    gone = tables(_TABLE.replace("areas: [iluminacao-publica]", "areas: [energia]"))
    assert _goes(found, gone) == ("balcao", "area_unowned")


def test_a_rule_that_names_an_owner_goes_before_it(tables: Tables):
    table = tables(_TABLE + "rules: [{name: all, when: 'true', then: {owner: saude}}]")
    assert _goes(_heard(verdict(), "d1"), table) == ("saude", None)


@settings(derandomize=True, max_examples=200)
@given(
    area=st.sampled_from([None, "saude", "vias", "iluminacao-publica", "unheard-of"]),
    certain=st.floats(0, 1),
    asked=st.floats(0, 1),
    department=st.sampled_from([None, "none", "d1", "d2", "d3"]),
    labels=st.tuples(st.sampled_from(Kind), st.sampled_from(Severity), st.sets(st.sampled_from(Flag))),
    said=st.tuples(st.sampled_from(Kind), st.sampled_from(Severity), st.sets(st.sampled_from(Flag))),
    sure=st.booleans(),
    settles=st.booleans(),
)
def test_whatever_it_names_nothing_is_lowered_and_no_guess_passes_for_certain(  # noqa: PLR0917 - given by name
    area: str | None,
    certain: float,
    asked: float,
    department: str | None,
    labels: tuple[Kind, Severity, set[Flag]],
    said: tuple[Kind, Severity, set[Flag]],
    sure: bool,
    settles: bool,
):
    choices = Choices(tuple(replace(one, certain_from=asked) for one in HOUSE if one.areas))
    before = verdict(area, certain, kind=labels[0], severity=labels[1], flags=tuple(labels[2]), sure=sure)
    opinion = _says(department, kind=said[0], severity=said[1], flags=tuple(said[2]))
    found = heed(Judged(_TEXT), before, opinion, _VERSION, choices, settles=settles)
    assert ORDER.index(found.severity) == max(ORDER.index(labels[1]), ORDER.index(said[1]))
    assert set(found.flags) == labels[2] | said[2]
    assert not sure or (found.sure and found.kind is before.kind and found.confidence.kind == before.confidence.kind)
    if not choices.undecided(before):
        assert (found.area, found.confidence.area) == (before.area, before.confidence.area)
    elif found.area_by_opinion and not settles and asked > 0:
        assert found.confidence.area < asked
    assert Verdict.model_validate(found.model_dump()) == found


def _settings(department: str) -> Settings:
    return Settings.model_validate({"url": "http://127.0.0.1:9/v1", "model": "small", "department": department})


def test_which_messages_it_is_asked_for_is_a_setting():
    sure, chatter = verdict(sure=True), verdict(sure=True, kind=Kind.OTHER)
    assert choices_of(None, HOUSE) == choices_of(_settings("never"), HOUSE) == NOBODY
    along, also = choices_of(_settings("unsure"), HOUSE), choices_of(_settings("undecided"), HOUSE)
    assert Settings(url="http://127.0.0.1:9/v1", model="small").department == "unsure"
    assert [also.asks(one) for one in (sure, chatter, verdict(), verdict(certain=0.9, sure=True))] == [
        True, False, False, False,
    ]  # fmt: skip
    assert not along.asks(sure)
    assert along.undecided(sure)
    assert not NOBODY.undecided(sure)


def test_a_department_that_rules_alone_reach_has_no_id():
    assert {id_: one.name for id_, one in choices_of(_settings("unsure"), HOUSE).by_id.items()} == {
        "d1": "luz", "d2": "cidade", "d3": "saude",
    }  # fmt: skip


def test_more_departments_than_a_question_holds_are_not_asked_about():
    many = [replace(CLINIC, name=f"s{number}", areas=(f"a{number}",)) for number in range(101)]
    assert choices_of(_settings("unsure"), many) == NOBODY
    with structlog.testing.capture_logs() as lines:
        Asking(_settings("unsure"), many)
        Asking(_settings("never"), many)
    assert [line["event"] for line in lines] == [
        "opinions name no department: the table has more than a question holds"
    ]
    assert len(choices_of(_settings("unsure"), many[:100]).by_id) == 100
