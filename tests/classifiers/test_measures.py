"""The measures, against values worked out by hand."""

import pytest

from classifiers.examples import Correction, held_out
from classifiers.judge import Judged, judge
from classifiers.measurement import complete, measure, table
from classifiers.measures import accuracy, macro_f1, recall_and_precision, weighted_kappa
from classifiers.rulebook import RuleBook
from ouvidor.errors import Rejected
from ouvidor.records import Kind


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


def _row(text: str, flags: list[str], **more: str) -> Correction:
    labels = {"kind": "complaint", "severity": "high", "difficulty": "moderate", **more}
    return Correction.model_validate({"text": text, "flags": flags, **labels})


def test_a_report_tells_what_the_ombudsman_would_have_missed(book: RuleBook):
    told = measure(complete([_row("Vou ao Procon", ["regulator"])], book), lambda text: judge(Judged(text), book))
    assert told["ombudsman_recall"] == 1
    assert told["flags_recall"] == 1
    assert told["sent_without_need"] == 0
    assert "ombudsman_recall" in table(told)


def test_a_message_without_all_labels_is_not_measured_and_none_at_all_is_told(book: RuleBook):
    whole, half = _row("Oi", [], kind="other"), Correction(text="Oi", kind=Kind.OTHER)
    assert len(complete([whole, half], book)) == 1
    with pytest.raises(Rejected, match="nothing to measure by"):
        complete([half], book)


def test_the_parts_are_told_by_the_text_alone():
    assert held_out("a") == held_out("a")
    assert {held_out(str(number)) for number in range(20)} == {True, False}
