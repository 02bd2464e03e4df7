"""The rule book: what a broken one says, and that its hash is what was read."""

from pathlib import Path

import pytest

from classifiers.rulebook import load
from ouvidor.errors import Misconfigured

AREAS = "areas:\n  - {id: vias, name: Vias, words: [buraco*]}\n"
RULE = """
rules:
  - id: holes
    says: ["kind:complaint"]
    because: a hole is named
    any: ["buraco*"]
    examples: ["um buraco"]
"""


def _book(directory: Path, rules: str = RULE, areas: str = AREAS) -> Path:
    (directory / "areas.yaml").write_text(areas, encoding="utf-8")
    (directory / "rules.yaml").write_text(rules, encoding="utf-8")
    return directory


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (RULE.replace('"buraco*"', '"(buraco"'), r"rules\.yaml: rule holes: .*bracket is not closed"),
        (RULE.replace("because:", "becuase:"), r"rules\.yaml: rules\[0\]\.becuase: unknown key; did you mean because"),
        (RULE.replace("kind:complaint", "kind:angry"), r"rules\.yaml: rules\[0\]\.says: 'kind:angry' is no label"),
        (RULE + RULE.replace("\nrules:", ""), "another rule of this name"),
        ("rules: [", r"rules\.yaml: line \d+: not YAML"),
        (RULE.replace('    examples: ["um buraco"]\n', ""), r"rules\[0\]\.examples: missing"),
    ],
)
def test_a_broken_rule_stops_the_start_and_is_named(tmp_path: Path, rules: str, words: str):
    with pytest.raises(Misconfigured, match=words):
        load(_book(tmp_path, rules))


def test_without_areas_nothing_starts(tmp_path: Path):
    with pytest.raises(Misconfigured, match=r"areas\.yaml is missing"):
        load(tmp_path)


def test_the_hash_changes_when_a_rule_does_and_not_otherwise(tmp_path: Path):
    first = load(_book(tmp_path)).hash
    assert load(_book(tmp_path)).hash == first
    assert load(_book(tmp_path, RULE.replace("um buraco", "o buraco"))).hash != first
    assert len(first) == 64
