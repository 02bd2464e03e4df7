"""Who waits for the slow lane: whoever is not sure, and tells of no danger."""

import pytest

from classifiers.waiting import may_wait
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
