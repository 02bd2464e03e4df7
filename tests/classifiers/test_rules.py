"""Every rule finds its examples, and nothing in its counterexamples."""

import re
from importlib import resources

import pytest
import yaml

from classifiers.index import cut
from classifiers.normalise import fold
from classifiers.phrases import compile_phrase
from classifiers.reading import read
from classifiers.rulebook import AREAS_FILE, Rule, RuleBook, load

_BOOK = load()


def _speaks(book: RuleBook, rule: Rule, text: str) -> bool:
    return rule.spec.id in {statement.rule.spec.id for statement in read(book, cut(fold(text).text)).statements}


@pytest.mark.parametrize("rule", _BOOK.rules, ids=lambda rule: rule.spec.id)
def test_a_rule_finds_its_examples(book: RuleBook, rule: Rule):
    missed = [text for text in rule.spec.examples if not _speaks(book, rule, text)]
    assert missed == []


@pytest.mark.parametrize("rule", _BOOK.rules, ids=lambda rule: rule.spec.id)
def test_a_rule_is_silent_on_its_counterexamples(book: RuleBook, rule: Rule):
    found = [text for text in rule.spec.counterexamples if _speaks(book, rule, text)]
    assert found == []


def test_every_label_has_a_rule(book: RuleBook):
    said = {label for rule in book.rules for label in rule.spec.says}
    flags = {label for label in said if label.startswith("flags:")}
    kinds = {label for label in said if label.startswith("kind:")}
    assert len(flags) == 13
    assert len(kinds) == 5


def test_every_phrase_is_a_regular_expression(book: RuleBook):
    specs = [rule.spec for rule in book.rules]
    areas = yaml.safe_load((resources.files("classifiers") / "rules" / AREAS_FILE).read_bytes())["areas"]
    sources = [
        *(source for one in specs for source in (*one.any, *one.with_, *one.unless, *one.anywhere, *one.never)),
        *(source for area in areas for source in (*area["words"], *area.get("hints", ()))),
    ]
    patterns = [one.pattern for one in map(compile_phrase, sources) if one.pattern is not None]
    assert len([re.compile(pattern) for pattern in patterns]) > 1000


def test_every_area_is_known_by_a_name(book: RuleBook):
    assert {"iluminacao-publica", "saude", "cobranca", "privacidade"} <= set(book.areas)
    assert all(book.areas.values()), AREAS_FILE
