"""The page of the clocks says what the clocks say."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from ouvidor.business_time import BusinessCalendar
from ouvidor.records import Severity
from ouvidor.settings import Organisation
from routers.clocks.builtin import NAMES, builtin
from routers.clocks.simulation import Simulation, as_text
from routers.clocks.terms import term
from routers.portuguese import until
from routers.reading import read_table

PAGE = (Path(__file__).parents[2] / "docs" / "clocks.md").read_text(encoding="utf-8")
ROWS = {
    line.split("|")[1].strip().strip("`"): [cell.strip() for cell in line.split("|")[5:8]]
    for line in PAGE.splitlines()
    if line.startswith(("| `", "| its "))
}
_NONE = "\N{EN DASH}"
BLOCKS = [block.partition("\n")[2] for block in PAGE.split("```yaml")[1:]]


@pytest.mark.parametrize("name", [*NAMES, "its `department"])
def test_the_table_has_the_dates_of_each_profile(name: str):
    british = name.startswith("fca")
    organisation = Organisation(zone="Europe/London", country="GB", subdivision="ENG") if british else Organisation()
    calendar = BusinessCalendar.from_settings(organisation)
    profile = builtin("ouvidoria-publica" if name.startswith("its") else name)
    step = "department" if name.startswith("its") else profile.answer
    received = datetime(2026, 12, 23, 17, 40, tzinfo=ZoneInfo(organisation.zone))
    found = term(step, profile.steps[step], Severity.LOW, received, calendar)
    dates = [
        until(at, calendar.zone)[:10] if at else _NONE for at in (found.warn_at, found.until, found.extended_until)
    ]
    told = ["29/12/2026" if "before" in cell else cell[:10] for cell in ROWS[name]]
    assert told == dates


def test_the_count_over_christmas_is_what_the_command_prints():
    received = datetime(2026, 12, 23, 17, 40, tzinfo=ZoneInfo("America/Sao_Paulo"))
    simulation = Simulation("bacen", builtin("bacen"), "answer", Severity.MEDIUM, received, extended=False)
    lines = list(as_text(simulation, BusinessCalendar.from_settings(Organisation())))
    ends = next(at for at, line in enumerate(lines) if line.startswith("Fonte"))
    assert "\n".join(lines[:ends]) in PAGE


def test_its_examples_are_read(tmp_path: Path):
    own, organisation = (block.partition("```")[0] for block in BLOCKS)
    (tmp_path / "table.yaml").write_text(f"default: a\ndepartments: [{{name: a, title: A}}]\n{own}", encoding="utf-8")
    assert list(read_table(tmp_path / "table.yaml").file.profiles) == ["urgente", "nosso"]
    calendar = BusinessCalendar.from_settings(Organisation(**yaml.safe_load(organisation)["organisation"]))
    closures = [calendar.closure(date(2027, *day)) for day in ((1, 3), (1, 25), (7, 9), (12, 24), (12, 27))]
    assert [closure and closure.name for closure in closures] == [
        "Recesso",
        "Aniversário da cidade",
        "Revolução Constitucionalista",
        "",
        "Recesso",
    ]
    assert calendar.closing(date(2027, 7, 16)).astimezone(calendar.zone).hour == 12
