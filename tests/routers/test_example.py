"""Examples stand in the table and are run whenever it is read: one that fails is a fault, with its line and why."""

import pytest

from ouvidor.errors import Misconfigured
from routers.reading import read_table
from tests.routers.conftest import PLAIN, Tables

RULES = """rules:
  - {name: press, when: "'press' in verdict.flags", then: {informed: [board], ombudsman: true}}
  - {name: lamp, when: "message.channel == 'phone' && message.text.contains('poste')", then: {owner: lamps}}
examples:
"""


@pytest.mark.parametrize(
    ("example", "fault"),
    [
        (
            "{text: o poste, message: {channel: phone}, verdict: {area: vias}, expect: {owner: roads}}",
            "table.yaml:15: examples[0].expect.owner: roads is expected, but the table gives lamps (by lamp; rules",
        ),
        (
            "{verdict: {flags: [press]}, expect: {informed: [], ombudsman: false}}",
            "examples[0].expect.informed: nobody is expected, but the table gives board",
        ),
        (
            "{verdict: {flags: [press]}, expect: {ombudsman: false}}",
            "examples[0].expect.ombudsman: false is expected, but the table gives true (by default; rules",
        ),
        ("{verdict: {area: vias}, expect: {rule: lamp}}", "lamp is expected, but the table gives area:vias"),
        (
            "{verdict: {area: vias}, expect: {triage: true}}",
            "expect.triage: true is expected, but the table gives false",
        ),
        ("{expect: {profile: sac}}", "expect.profile: sac is expected, but the table gives seed"),
        ("{expect: {owner: road}}", "examples[0].expect: road: no such department; did you mean roads?"),
        ("{expect: {}}", "table.yaml:15: examples[0].expect: nothing is expected: name owner"),
        (
            "{verdict: {knd: request}, expect: {owner: counter}}",
            "examples[0].verdict.knd: unknown key; did you mean kind?",
        ),
        (
            "{verdict: {kind: complain}, expect: {owner: counter}}",
            "table.yaml:15: examples[0].verdict.kind: Input should be",
        ),
        (
            "{message: {chanel: phone}, expect: {owner: counter}}",
            "examples[0].message.chanel: unknown key; did you mean channel?",
        ),
        ("{expects: {owner: counter}}", "examples[0].expects: unknown key; did you mean expect?"),
    ],
)
def test_an_example_that_does_not_hold_names_its_line_and_what_the_table_gives(
    table_of: Tables, example: str, fault: str
):
    with pytest.raises(Misconfigured) as refused:
        table_of(f"{RULES}  - {example}\n")
    assert fault in str(refused.value)


@pytest.mark.parametrize(
    "example",
    [
        "{text: o poste, message: {channel: phone}, expect: {owner: lamps, rule: lamp}}",
        "{text: o poste, verdict: {area: vias}, expect: {owner: roads, informed: [], ombudsman: false, triage: false}}",
        "{verdict: {flags: [press]}, expect: {informed: [board], ombudsman: true}}",
        "{verdict: {area: vias, confidence: {area: 0.2}}, expect: {owner: counter, triage: true}}",
        "{verdict: {sure: false}, expect: {ombudsman: true}}",
        "{message: {automatic: {kind: bounce}}, verdict: {area: vias}, expect: {owner: counter, rule: automatic}}",
    ],
)
def test_one_that_holds_is_silent(table_of: Tables, example: str):
    assert len(table_of(f"{RULES}  - {example}\n").file.examples) == 1


def test_who_is_away_today_breaks_no_table(table_of: Tables):
    away = PLAIN.replace("title: Vias", "title: Vias, absent_until: 2099-12-31, deputy: lamps")
    assert table_of(instead=away + "examples: [{verdict: {area: vias}, expect: {owner: roads}}]")


def test_the_table_that_ships_has_examples_for_each_of_its_owners_by_rule():
    table = read_table()
    by_rule = {rule.then.owner for rule, _ in table.rules if rule.then.owner is not None}
    assert by_rule <= {example.expect.owner for example in table.file.examples}
