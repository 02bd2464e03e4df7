"""Who waits for the slow lane: whoever is not sure, of the flags too, and tells of no danger."""

import pytest

from classifiers.waiting import certain_from, flags_in_doubt, is_settled, may_wait
from ouvidor.departments import DepartmentWords
from ouvidor.records import Flag, Severity, Verdict
from routers.sample import FULL

UNSURE = {"sure": False, "severity": Severity.MEDIUM, "flags": ()}


def _verdict(**fields: object) -> Verdict:
    return FULL[1].model_copy(update={**UNSURE, **fields})


@pytest.mark.parametrize("severity", [Severity.LOW, Severity.MEDIUM, Severity.HIGH])
def test_the_unsure_wait(severity: Severity):
    assert may_wait(_verdict(severity=severity))
    assert may_wait(_verdict(severity=severity, flags=(Flag.MISCONDUCT, Flag.REGULATOR)))


@pytest.mark.parametrize(
    "fields",
    [
        {"sure": True},
        {"severity": Severity.CRITICAL},
        {"flags": (Flag.SELF_HARM,)},
        {"severity": Severity.LOW, "flags": (Flag.PRESS, Flag.SELF_HARM)},
        {"severity": Severity.HIGH, "flags": (Flag.SAFETY,)},
    ],
)
def test_the_sure_and_those_in_danger_do_not(fields: dict[str, object]):
    assert not may_wait(_verdict(**fields))


def _with_flags(certain: float, *, sure: bool = True) -> Verdict:
    return _verdict(sure=sure, confidence=FULL[1].confidence.model_copy(update={"flags": certain}))


def test_a_sure_one_whose_flags_hang_in_the_balance_is_not_settled():
    assert is_settled(_with_flags(0.95))
    assert not is_settled(_with_flags(0.6))
    assert not is_settled(_with_flags(0.95, sure=False))


def test_nor_is_one_whose_department_would_be_sorted_by_hand():
    decides_from = certain_from([_department("a"), _department("b", "vias")])
    assert decides_from == 0.5
    undecided = _with_flags(0.95).model_copy(
        update={"confidence": FULL[1].confidence.model_copy(update={"flags": 0.95, "area": 0.4})}
    )
    assert not is_settled(undecided, decides_from)
    assert is_settled(undecided, certain_from([_department("a")])), "no department of the table has areas"


def _department(name: str, *areas: str) -> DepartmentWords:
    return DepartmentWords(name, name.title(), "", (), areas)


def test_it_waits_where_somebody_hears_flags_better():
    def hears_better(one: Verdict) -> bool:
        return flags_in_doubt(one.confidence)

    assert not may_wait(_with_flags(0.6))
    assert may_wait(_with_flags(0.6), hears_better)
    assert not may_wait(_with_flags(0.95), hears_better)
    pressing = _with_flags(0.6).model_copy(update={"severity": Severity.CRITICAL})
    assert not may_wait(pressing, hears_better)
