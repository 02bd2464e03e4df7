"""`ouvidor route diff`: what a new table would have done with the messages that came."""

import json
import re
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from ouvidor.business_time import BusinessCalendar
from ouvidor.errors import Misconfigured, Rejected
from ouvidor.records import Classified, Flag, Severity
from routers.commands import app
from routers.comparison import Comparison, compare
from routers.recorded import read_span
from tests.routers.conftest import PLAIN, Tables
from tests.routers.samples import message, verdict

NEW = (
    PLAIN.replace("areas: [vias]", "areas: []").replace(
        "areas: [iluminacao-publica]", "areas: [iluminacao-publica, vias]"
    )
    + """rules:
  - {name: press, when: "'press' in verdict.flags", then: {informed: [board], ombudsman: true, profile: fast}}
""".replace("rules:", "  fast: {critical: 1 h, high: 1 h, medium: 1 h, low: 1 h}\nrules:")
)


@pytest.fixture
def recorded(tmp_path: Path, nowhere: None) -> Path:
    """Two of roads, one of lamps that speaks of the press, one that nobody knows; and both tables."""
    (tmp_path / "old.yaml").write_text(PLAIN)
    (tmp_path / "new.yaml").write_text(NEW)
    judged = [
        verdict(area="vias"),
        verdict(area="vias", severity=Severity.LOW),
        verdict(Flag.PRESS, area="iluminacao-publica"),
        verdict(area=None),
    ]
    lines = [Classified(message=message(protocol=f"P-{at}"), verdict=each) for at, each in enumerate(judged)]
    (tmp_path / "recorded.ndjson").write_text("".join(f"{line.model_dump_json()}\n" for line in lines))
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["diff", *arguments], catch_exceptions=False)


def test_it_counts_what_changes_and_gives_examples_of_each_kind(recorded: Path):
    result = run("old.yaml", "new.yaml", "--from", "recorded.ndjson", "--json")
    assert result.exit_code == 1
    row = json.loads(result.output)
    assert (row["messages"], row["changed"]) == (4, 3)
    assert row["fields"] == {"owner": 2, "informed": 1, "ombudsman": 1, "extract": 0, "deadline": 1, "triage": 0}
    assert row["ombudsman"] == {"shown": 1, "hidden": 0}
    assert row["owners"] == [{"old": "roads", "new": "lamps", "messages": 2}]
    assert [each["protocol"] for each in row["examples"]] == ["P-0", "P-2", "P-1"]
    assert row["examples"][0]["changes"] == {"owner": ["roads", "lamps"]}
    assert row["examples"][1]["changes"]["deadline"] == ["2026-11-25T12:00:00+00:00", "2026-11-23T13:00:00+00:00"]


def test_for_people_it_is_a_table(recorded: Path):
    result = run("old.yaml", "new.yaml", "--from", "recorded.ndjson", "--examples", "1")
    assert "4 messages, 3 change (75.0%)" in result.output
    assert re.search(r"  roads → lamps +2\n", result.output)
    assert "P-0  2026-11-23 09:00  vias" in result.output
    assert "  owner: roads → lamps" in result.output
    assert "P-2" not in result.output


def test_who_learns_who_wrote_is_a_change(recorded: Path):
    (recorded / "new.yaml").write_text(PLAIN.replace("title: Vias,", "title: Vias, identity: extract,"))
    result = run("old.yaml", "new.yaml", "--from", "recorded.ndjson", "--json")
    row = json.loads(result.output)
    assert (row["changed"], row["fields"]["extract"]) == (2, 2)
    assert row["examples"][0]["changes"] == {"extract": [False, True]}


def test_where_nothing_changes_it_leaves_with_0(recorded: Path):
    (recorded / "renamed.yaml").write_text(f"# the same, with other words\n{PLAIN}")
    result = run("old.yaml", "renamed.yaml", "--from", "recorded.ndjson")
    assert (result.exit_code, result.output.count("\n")) == (0, 1)
    assert "4 messages, 0 change" in result.output


def test_no_customer_s_words_are_shown(recorded: Path):
    for options in ([], ["--json"]):
        output = run("old.yaml", "new.yaml", "--from", "recorded.ndjson", *options).output
        assert "poste" not in output.lower()
        assert "maria" not in output.lower()


def test_what_is_wrong_is_named(recorded: Path):
    with pytest.raises(Misconfigured, match=r"none\.yaml: no such file"):
        run("old.yaml", "none.yaml", "--from", "recorded.ndjson")
    (recorded / "bad.ndjson").write_text("{}\n")
    with pytest.raises(Rejected, match=r"bad\.ndjson:1: "):
        run("old.yaml", "new.yaml", "--from", "bad.ndjson")
    with pytest.raises(Rejected, match="--since 7 weeks: a span is expected"):
        read_span("7 weeks")


def test_of_many_alike_a_few_are_kept_and_every_kind_has_its_turn(table_of: Tables, calendar: BusinessCalendar):
    old = table_of()
    new = table_of(instead=NEW)
    found = Comparison(most=3)
    for number in range(50):
        found.add(compare(message(protocol=f"A-{number}"), verdict(area="vias"), old, new, calendar))
    found.add(compare(message(protocol="B"), verdict(Flag.PRESS, area="vias"), old, new, calendar))
    assert [change.protocol for change in found.examples()] == ["A-0", "B", "A-1"]
    assert (found.changed, found.owners["roads", "lamps"]) == (51, 51)


def test_the_order_of_the_informed_is_no_change(table_of: Tables, calendar: BusinessCalendar):
    rules = "rules: [{{name: a, when: 'true', then: {{informed: [{}]}}}}]"
    old, new = table_of(rules.format("lamps, board")), table_of(rules.format("board, lamps"))
    assert compare(message(), verdict(), old, new, calendar) is None
