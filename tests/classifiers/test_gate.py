"""The gate: chance differences pass, falls are refused, and a critical message called low is never traded away."""

from collections.abc import Sequence
from random import Random

import pytest

from classifiers.cascade import Rules
from classifiers.examples import own_examples
from classifiers.judge import Judged
from classifiers.measurement import Row, complete
from classifiers.model.gate import Comparison, beside, compare, told
from classifiers.rulebook import RuleBook
from ouvidor.records import Kind, Severity, Verdict


@pytest.fixture(scope="module")
def rows(book: RuleBook) -> Sequence[Row]:
    return complete(own_examples("apart"), book)


@pytest.fixture(scope="module")
def verdicts(rows: Sequence[Row], book: RuleBook) -> Sequence[Verdict]:
    rules = Rules(book)
    return [rules.judge(Judged(row.text)) for row in rows]


def _wrong(verdict: Verdict, row: Row) -> Verdict:
    return verdict.model_copy(update={"kind": next(kind for kind in Kind if kind not in {row.kind, verdict.kind})})


def _spoilt(rows: Sequence[Row], verdicts: Sequence[Verdict], share: float) -> list[Verdict]:
    chance = Random(5)
    return [_wrong(one, row) if chance.random() < share else one for row, one in zip(rows, verdicts, strict=True)]


def _change(found: Comparison, name: str):  # noqa: ANN202 - a change
    return next(change for change in found.changes if change.figure == name)


def test_the_same_verdicts_change_nothing(rows: Sequence[Row], verdicts: Sequence[Verdict]):
    found = compare(rows, verdicts, verdicts, 0.95)
    assert found.refused == ()
    assert all(change.low == change.high == 0 for change in found.changes)


def test_a_fall_beyond_noise_is_refused_and_a_gain_is_not(rows: Sequence[Row], verdicts: Sequence[Verdict]):
    worse = _spoilt(rows, verdicts, 0.1)
    fallen = compare(rows, verdicts, worse, 0.95)
    assert "kind_accuracy" in fallen.refused
    assert _change(fallen, "kind_accuracy").high < 0
    assert "severity_accuracy" not in fallen.refused
    assert compare(rows, worse, verdicts, 0.95).refused == ()


def test_one_message_more_or_less_is_noise(rows: Sequence[Row], verdicts: Sequence[Verdict]):
    place = next(at for at, (row, one) in enumerate(zip(rows, verdicts, strict=True)) if row.kind == one.kind)
    almost = [*verdicts]
    almost[place] = _wrong(verdicts[place], rows[place])
    found = compare(rows, verdicts, almost, 0.95)
    assert _change(found, "kind_accuracy").new < _change(found, "kind_accuracy").old
    assert found.refused == ()


def test_one_critical_message_more_called_low_is_refused(rows: Sequence[Row], verdicts: Sequence[Verdict]):
    place = next(
        at
        for at, (row, one) in enumerate(zip(rows, verdicts, strict=True))
        if row.severity is Severity.CRITICAL and one.severity is Severity.MEDIUM
    )
    lower = [*verdicts]
    lower[place] = verdicts[place].model_copy(update={"severity": Severity.LOW})
    assert compare(rows, verdicts, lower, 0.95).refused == ("critical_called_low",)
    assert compare(rows, lower, verdicts, 0.95).refused == ()


def test_more_sent_to_the_ombudsman_without_need_is_a_fall(rows: Sequence[Row], verdicts: Sequence[Verdict]):
    doubting = [one.model_copy(update={"sure": False}) for one in verdicts]
    assert {"sent_without_need", "sure_share"} <= set(compare(rows, verdicts, doubting, 0.95).refused)


def test_who_asks_for_more_certainty_refuses_less(rows: Sequence[Row], verdicts: Sequence[Verdict]):
    worse = _spoilt(rows, verdicts, 0.02)
    strict, lenient = (set(compare(rows, verdicts, worse, level).refused) for level in (0.5, 0.999))
    assert lenient < strict


def test_the_lines_name_what_falls_and_how_certainly(rows: Sequence[Row], verdicts: Sequence[Verdict]):
    lines = list(told(compare(rows, verdicts, _spoilt(rows, verdicts, 0.1), 0.95)))
    assert "at 95%" in lines[0]
    assert next(line for line in lines if line.startswith("kind_accuracy")).endswith("falls")
    assert "refused, for kind_accuracy" in lines[-1]


def test_what_both_lanes_say_decides_and_the_fast_one_stands_beside(rows: Sequence[Row], verdicts: Sequence[Verdict]):
    worse = _spoilt(rows, verdicts, 0.1)
    fine, fallen = compare(rows, verdicts, verdicts, 0.95), compare(rows, verdicts, worse, 0.95)
    made_up, spoilt = beside(fine, fallen), beside(fallen, fine)
    assert (made_up.lane, made_up.refused) == ("both", ())
    assert spoilt.refused == fallen.refused != ()
    assert Comparison.model_validate_json(made_up.model_dump_json()) == made_up
    lines = list(told(made_up))
    was, now = (
        f"{value:.3f}" for value in (_change(fallen, "kind_accuracy").old, _change(fallen, "kind_accuracy").new)
    )
    assert next(line for line in lines if line.startswith("kind_accuracy")).split()[1:5] == [was, now, was, was]
    assert "fast lane alone kind_accuracy" in lines[-2]
    assert "nothing is worse" in lines[-1]
    assert "makes up" not in "".join(told(spoilt))
