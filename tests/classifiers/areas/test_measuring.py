"""Areas measured by departments."""

from classifiers.areas.measuring import by_table, lines
from classifiers.measurement import Row
from ouvidor.departments import DepartmentWords
from ouvidor.records import ClassifierVersion, Confidence, Difficulty, Kind, Severity, Verdict

_DEPARTMENTS = [DepartmentWords("cidade", "Cidade", "", (), ("vias", "transito"))]


def _row(area: str | None) -> Row:
    return Row("…", Kind.REQUEST, Severity.LOW, Difficulty.SIMPLE, frozenset(), area, "")


def _said(area: str | None, likely: float) -> Verdict:
    return Verdict(
        kind=Kind.REQUEST,
        severity=Severity.LOW,
        difficulty=Difficulty.SIMPLE,
        flags=(),
        area=area,
        confidence=Confidence(kind=1, severity=1, difficulty=1, flags=1, area=likely),
        sure=True,
        evidence=(),
        classifier=ClassifierVersion(name="x", version="1", hash="0" * 64),
    )


def test_another_area_of_the_same_department_comes_to_the_right_one():
    figures = by_table([_row("vias"), _row("banco")], [_said("transito", 0.8), _said(None, 0.2)], _DEPARTMENTS)
    assert figures["area_accuracy"] == 0
    assert figures["department_accuracy"] == 1
    assert figures["departments_decided"] == 0.5
    assert figures["confidence_0.7_to_0.9_messages"] == 1
    assert "  department_accuracy                  1.000" in lines(figures)


def test_messages_whose_area_nobody_labelled_are_left_out():
    assert by_table([_row(None)], [_said("vias", 0.9)], _DEPARTMENTS) == {}
