"""`ouvidor route lint`: what is odd in a table that is good."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ouvidor.errors import Misconfigured
from routers.commands import app
from routers.lint import findings
from routers.reading import read_table
from tests.routers.conftest import PLAIN, Tables

BOARD = "  - {name: to-board, when: \"'misconduct' in verdict.flags\", then: {owner: board}}\n"


def warnings(tables: Tables, rules: str = "", instead: str | None = None) -> list[str]:
    table = tables(instead=(instead or PLAIN) + f"rules:\n{BOARD}{rules}")
    return [each.words for each in findings(table) if each.level == "warning"]


def rule(name: str, when: str, then: str = "{owner: lamps}") -> str:
    return f'  - {{name: {name}, when: "{when}", then: {then}}}\n'


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (
            rule("never", "verdict.kind == 'other' && verdict.kind in ['request', 'complaint']"),
            "never can never hold: what it asks for excludes itself",
        ),
        (rule("machine", "message.automatic != null"), "machine can never hold: what it asks for excludes itself"),
        (rule("all", "verdict.sure || !verdict.sure", "{informed: [lamps]}"), "all holds for every message"),
        (
            rule("wide", "verdict.severity in ['critical', 'high']")
            + rule("narrow", "verdict.severity == 'high' && 'press' in verdict.flags", "{owner: roads}"),
            "narrow never names the owner: wide above it takes all that it holds for",
        ),
        (
            rule("sure", "verdict.sure") + rule("unsure", "!verdict.sure") + rule("rest", "verdict.kind == 'other'"),
            "rest never names the owner: the rules above it take all that it holds for",
        ),
        (
            rule("roads-to-lamps", "verdict.area == 'vias' || verdict.area == ''"),
            "rules always give vias to board, lamps, not to roads",
        ),
    ],
)
def test_a_rule_that_never_speaks_is_found(table_of: Tables, rules: str, words: str):
    assert words in warnings(table_of, rules)


@pytest.mark.parametrize(
    "rules",
    [
        rule("low", "verdict.severity == 'low'") + rule("other", "verdict.kind == 'other'", "{owner: roads}"),
        rule("word", "message.text.contains('poste')") + rule("more", "message.text.contains('poste apagado')"),
        # What is shadowed as an owner, and only informs, speaks all the same.
        rule("wide", "verdict.sure") + rule("told", "verdict.sure && verdict.kind == 'other'", "{informed: [roads]}"),
        rule("roads-sometimes", "verdict.area == 'vias' && 'press' in verdict.flags"),
    ],
)
def test_one_that_may_speak_is_let_alone(table_of: Tables, rules: str):
    assert warnings(table_of, rules) == []


def test_a_department_that_nothing_reaches_is_found(table_of: Tables):
    lonely = PLAIN.replace("areas: [vias]", "closed: [{first: 2026-12-07, last: 2026-12-18}]")
    assert warnings(table_of, instead=lonely) == [
        "roads has no area and no rule: nothing reaches it",
        "nobody answers for roads while it is away: name a deputy",
    ]
    told = rule("told", "verdict.sure", "{informed: [roads]}")
    assert "roads answers for nothing of its own: it is only told" in [
        each.words for each in findings(table_of(instead=lonely + f"rules:\n{told}"))
    ]


def test_what_a_department_does_not_say_of_itself_is_named(table_of: Tables):
    given = PLAIN.replace("areas: [vias]", "areas: [vias], handles: Ruas.")
    assert "roads has no examples: its own words are what new areas are known by" in [
        each.words for each in findings(table_of(instead=given))
    ]


def test_rules_that_can_both_hold_are_told_with_a_case(table_of: Tables):
    rules = rule("press", "'press' in verdict.flags") + rule("high", "verdict.severity == 'high'", "{owner: roads}")
    found = [each for each in findings(table_of(f"rules:\n{rules}")) if "both" in each.words]
    assert [each.words for each in found] == [
        "high and press can both hold (severity high, flags press): press is above, lamps answers"
    ]
    assert found[0].level == "note"


def test_there_is_nothing_to_warn_of_in_the_table_that_ships():
    assert [each for each in findings(read_table()) if each.level == "warning"] == []


@pytest.mark.usefixtures("nowhere")
def test_the_command_names_the_line_and_leaves_with_1_where_it_warns(table_of: Tables, tmp_path: Path):
    bad = rule("never", "verdict.sure && !verdict.sure")
    table_of(f"rules:\n{BOARD}{bad}")
    run = CliRunner().invoke(app, ["lint", "table.yaml"], catch_exceptions=False)
    assert run.exit_code == 1
    assert "table.yaml:13: warning: rules[1].when: never can never hold" in run.output
    rows = json.loads(CliRunner().invoke(app, ["lint", "table.yaml", "--json"]).stdout)
    assert {"level": "warning", "line": 13, "key": "rules[1].when"}.items() <= rows["findings"][-1].items()
    table_of(f"rules:\n{BOARD}")
    assert CliRunner().invoke(app, ["lint", "table.yaml"]).exit_code == 0
    (tmp_path / "table.yaml").write_text(f"{PLAIN}rules:\n{BOARD.replace('misconduct', 'misconduc')}")
    with pytest.raises(Misconfigured, match="is never 'misconduc'"):
        CliRunner().invoke(app, ["lint", "table.yaml"], catch_exceptions=False)
