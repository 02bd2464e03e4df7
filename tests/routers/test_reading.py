"""A broken table is refused whole, with file, line, key and mend for each fault."""

from hashlib import sha256
from pathlib import Path

import pytest

from ouvidor.errors import Misconfigured
from routers.reading import read_table
from tests.routers.conftest import PLAIN, Tables


def refusal(tables: Tables, more: str = "", instead: str | None = None) -> list[str]:
    with pytest.raises(Misconfigured) as refused:
        tables(more, instead=instead)
    return [line.rpartition("/")[2] for line in str(refused.value).splitlines()]


def test_an_unknown_key_names_file_line_path_and_the_nearest_known_one(table_of: Tables):
    text = PLAIN.replace("title: Luz,", "title: Luz, adress: luz@exemplo.test,")
    assert refusal(table_of, instead=text) == [
        "table.yaml:5: departments[1].adress: unknown key; did you mean address?"
    ]


def test_all_faults_are_told_at_once(table_of: Tables):
    rules = """rules:
  - name: a
    when: verdict.sevrity == 'high' || verdict.area == 'viass'
    then: {owner: lamp, informed: [counter, road], profile: sed}
  - name: a
    when: verdict.sure &&
    then: {}
"""
    text = (
        (PLAIN + rules).replace("default: counter", "default: conter").replace("[vias]", "[vias, iluminacao-publica]")
    )
    assert refusal(table_of, instead=text) == [
        "table.yaml:6: departments[2].areas[1]: iluminacao-publica belongs to lamps already",
        "table.yaml:2: default: no such department; did you mean counter?",
        "table.yaml:14: rules[0].then.owner: no such department; did you mean lamps?",
        "table.yaml:14: rules[0].then.informed[1]: no such department; did you mean roads?",
        "table.yaml:14: rules[0].then.profile: no such profile; did you mean seed?",
        "table.yaml:15: rules[1].name: there is a rule a already",
        "table.yaml:17: rules[1].then: nothing is brought about: name owner, informed, ombudsman, profile or team",
        "table.yaml:13: rules[0].when: verdict.sevrity: no such field; did you mean severity?",
        "table.yaml:13: rules[0].when: verdict.area is never 'viass'; did you mean vias?",
        "table.yaml:16: rules[1].when: no CEL: at 1:16: Syntax error: mismatched input '<EOF>'",
    ]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("default: counter\n", "", "table.yaml:2: default: missing: it has no default"),
        (
            "high: 24 h",
            "high: a day",
            "profiles.seed.high.within: a length is expected, such as 24 h, 10 business days",
        ),
        ("high: 24 h, ", "", "table.yaml:10: profiles.seed.high: missing: it has no default"),
        ("profile: seed", "profile: banco", "table.yaml:8: profile: no such profile; did you mean bacen?"),
        ("name: lamps", "name: Lâmpadas", "table.yaml:5: departments[1].name: a short name is expected: lower-case"),
        ("name: lamps", "name: ombudsman", "ombudsman is the ombudsman's own queue"),
        ("name: roads", "name: lamps", "table.yaml:6: departments[2].name: there is a department lamps already"),
        (
            "title: Luz",
            "title: Luz, hours: [8-12]",
            "departments[1].hours[0]: an interval is expected, such as 08:00-12:00",
        ),
        (
            "title: Luz",
            "title: Luz, hours: [13:00-17:00, 08:00-12:00]",
            "departments[1].hours[1]: it begins before the one above it ends",
        ),
        ("title: Luz", "title: Luz, hours: [12:00-08:00]", "departments[1].hours[0]: it ends before it begins"),
        ("title: Luz", "title: Luz, address: luz", "departments[1].address[0].mail: String should match pattern"),
        ("title: Luz", "title: Luz, deputy: road", "table.yaml:5: departments[1].deputy: no such department; did you"),
        ("title: Luz", "title: Luz, deputy: lamps", "departments[1].deputy: nobody stands in for themselves"),
        ("title: Luz", "title: Luz, absent_until: 2026-12-01", "departments[1].absent_until: nobody would answer"),
        (
            "title: Luz",
            "title: Luz, closed: [{first: 2026-12-24, last: 2026-12-20}]",
            "departments[1].closed[0]: its last day is before its first",
        ),
        ("title: Luz", "title: Luz, closed: [2026-13-01]", "this has the form of a date and is none"),
        (
            "title: Luz",
            "title: Luz, team: {lead: roads, members: [bord]}",
            "departments[1].team.members[0]: no such department; did you mean board?",
        ),
        ("title: Luz", "title: Luz, identity: secret", "departments[1].identity: Input should be 'full' or 'extract'"),
        ("title: Luz", "title: Luz, title: Lux", "table.yaml: line 5, column 31: the key title is given twice"),
    ],
)
def test_each_fault_has_its_line(table_of: Tables, old: str, new: str, words: str):
    assert old in PLAIN
    lines = refusal(table_of, instead=PLAIN.replace(old, new))
    assert len(lines) == 1
    assert words in lines[0]


def test_a_department_may_have_several_addresses_and_intervals(table_of: Tables):
    more = "title: Luz, address: [luz@exemplo.test, {mail: poste@exemplo.test}], hours: [08:00-12:00, 13:00-00:00]"
    lamps = table_of(instead=PLAIN.replace("title: Luz", more)).departments["lamps"]
    assert [each.mail for each in lamps.address] == ["luz@exemplo.test", "poste@exemplo.test"]
    assert len(lamps.hours) == 2
    one = table_of(instead=PLAIN.replace("title: Luz", "title: Luz, address: luz@exemplo.test")).departments["lamps"]
    assert [each.mail for each in one.address] == ["luz@exemplo.test"]


@pytest.mark.parametrize("text", ["", "- a\n", "a\n"])
def test_a_file_that_is_no_table_says_so(table_of: Tables, text: str):
    assert refusal(table_of, instead=text) == [
        "table.yaml: a mapping is expected: default, departments, rules, profile, profiles"
    ]


def test_what_is_no_yaml_names_the_line(table_of: Tables):
    assert "table.yaml: line 2, column 1: " in refusal(table_of, instead="default: [\n")[0]


def test_a_table_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(Misconfigured, match=r"none\.yaml: no such file"):
        read_table(tmp_path / "none.yaml")


def test_the_hash_is_what_sha256sum_tells(table_of: Tables):
    assert table_of().hash == sha256(PLAIN.encode()).hexdigest()[:8]
    assert table_of("# another line\n").hash != sha256(PLAIN.encode()).hexdigest()[:8]
