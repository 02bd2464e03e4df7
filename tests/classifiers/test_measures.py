"""The measures, against values worked out by hand."""

import pytest

from classifiers.evaluate import Labelled, held_out, report
from classifiers.judge import Judged, judge
from classifiers.measures import accuracy, macro_f1, recall_and_precision, weighted_kappa
from classifiers.rulebook import RuleBook


def test_accuracy_and_macro_f1():
    pairs = [("a", "a"), ("a", "b"), ("b", "b"), ("b", "b")]
    assert accuracy(pairs) == 0.75
    assert macro_f1(pairs, ("a", "b")) == pytest.approx((2 / 3 + 4 / 5) / 2)


def test_weighted_kappa_is_one_for_all_right_and_nought_for_chance():
    assert weighted_kappa([(0, 0), (3, 3), (1, 1)], 4) == 1
    assert weighted_kappa([(0, 0), (0, 3), (3, 0), (3, 3)], 4) == 0


def test_recall_and_precision_count_members():
    found = recall_and_precision([(frozenset("ab"), frozenset("bc")), (frozenset(), frozenset())])
    assert found == {"recall": 0.5, "precision": 0.5, "count": 2}


def test_a_report_tells_what_the_ombudsman_would_have_missed(book: RuleBook):
    row = {"text": "Vou ao Procon", "kind": "complaint", "severity": "high", "difficulty": "moderate"}
    rows = [Labelled.of({**row, "flags": ["regulator"]})]
    told = report(rows, lambda text: judge(Judged(text), book))
    assert told["ombudsman_recall"] == 1
    assert told["flags"]["recall"] == 1


def test_the_parts_are_told_by_the_text_alone():
    assert held_out("a") == held_out("a")
    assert {held_out(str(number)) for number in range(20)} == {True, False}
