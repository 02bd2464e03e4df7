"""The table that ships: every subject area has its department, and the rules do what their comments say."""

from pathlib import Path

import pytest
import yaml

from ouvidor.business_time import BusinessCalendar
from ouvidor.records import Flag, Kind, Severity
from ouvidor.settings import Settings
from routers.check import check
from routers.departments import departments
from routers.reading import read_table
from routers.route import route
from tests.routers.samples import message, verdict

TABLE = read_table()
AREAS = Path(__file__).parents[2] / "classifiers" / "rules" / "areas.yaml"


def test_every_area_that_the_classifier_knows_has_its_department():
    known = {area["id"] for area in yaml.safe_load(AREAS.read_text(encoding="utf-8"))["areas"]}
    assert set(TABLE.owners) == known


def test_every_department_tells_what_it_handles_with_examples():
    assert 6 <= len(TABLE.departments) <= 8
    for department in TABLE.departments.values():
        assert department.handles
        assert department.examples
        assert department.hours


@pytest.mark.parametrize(
    ("flags", "changes", "owner", "informed"),
    [
        ((), {"area": "iluminacao-publica"}, "servicos-urbanos", ()),
        ((), {"area": None}, "atendimento", ()),
        ((Flag.SELF_HARM,), {"area": "cobranca"}, "saude", ("educacao-e-social",)),
        ((Flag.MISCONDUCT,), {"area": "saude"}, "integridade", ()),
        ((Flag.DISCRIMINATION,), {"area": "saude"}, "integridade", ()),
        ((Flag.REGULATOR,), {"area": "telecom"}, "comercial", ("juridico",)),
        ((Flag.LEGAL_ACTION, Flag.PRIVACY), {"area": "banco"}, "financeiro", ("juridico",)),
        ((), {"area": "banco", "kind": Kind.OTHER}, "atendimento", ()),
        ((), {"area": "banco", "kind": Kind.OTHER, "sure": False}, "financeiro", ()),
    ],
)
def test_the_rules_do_what_they_say(
    calendar: BusinessCalendar,
    flags: tuple[Flag, ...],
    changes: dict[str, object],
    owner: str,
    informed: tuple[str, ...],
):
    found = route(message(), verdict(*flags, **changes), TABLE, calendar)
    assert (found.owner, found.informed) == (owner, informed)


def test_its_promises_are_24_48_and_72_hours():
    answer = TABLE.file.profile_of(TABLE.file.profile).steps["answer"]
    assert [str(answer.amount(severity).time) for severity in Severity] == [
        "1 day, 0:00:00",
        "1 day, 0:00:00",
        "2 days, 0:00:00",
        "3 days, 0:00:00",
    ]


def test_topics_are_made_from_it():
    assert departments(Settings()) == list(TABLE.departments)


def test_check_finds_nothing_wrong_with_it_and_names_what_is_wrong_with_another(tmp_path: Path):
    assert check(Settings(), connect=False) == []
    broken = Settings(routing={"table": tmp_path / "none.yaml"}, organisation={"country": "XX"})  # type: ignore[arg-type]
    faults = check(broken, connect=False)
    assert len(faults) == 2
    assert "none.yaml: no such file" in faults[0]
    assert "organisation.country: no holidays are known of XX" in faults[1]
