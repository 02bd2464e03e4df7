"""The ombudsman's rule, clause by clause, as `docs/labels.md` has it; and nothing else."""

import pytest

from ouvidor.records import Flag, Kind, Severity, Verdict
from routers.ombudsman import ALWAYS, clauses
from tests.routers.samples import bounce, message, verdict


@pytest.mark.parametrize(
    ("judged", "expected"),
    [
        (verdict(severity=Severity.CRITICAL), ["critical"]),
        (verdict(severity=Severity.HIGH), []),
        (verdict(Flag.PRESS, severity=Severity.HIGH), ["high_with_flag"]),
        (verdict(Flag.PRESS, Flag.HEALTH, severity=Severity.HIGH), ["high_with_flag"]),
        (verdict(Flag.PRESS, Flag.SAFETY, Flag.LEGAL_ACTION, severity=Severity.MEDIUM), []),
        (verdict(Flag.REPEAT_CONTACT, kind=Kind.COMPLAINT), ["repeat_contact"]),
        (verdict(Flag.REPEAT_CONTACT, kind=Kind.REQUEST), []),
        (verdict(sure=False), ["not_sure"]),
        (
            verdict(Flag.PRIVACY, severity=Severity.CRITICAL, sure=False),
            ["critical", "privacy", "not_sure"],
        ),
    ],
)
def test_each_clause_speaks_by_its_name(judged: Verdict, expected: list[str]):
    assert list(clauses(message(), judged)) == expected


@pytest.mark.parametrize("flag", list(Flag))
def test_six_flags_suffice_by_themselves(flag: Flag):
    six = {"self_harm", "misconduct", "discrimination", "privacy", "regulator", "asks_for_ombudsman"}
    assert {str(each) for each in ALWAYS} == six
    expected = [flag.value] if flag in six else []
    assert list(clauses(message(), verdict(flag, severity=Severity.LOW))) == expected


def test_what_a_machine_wrote_is_not_shown_for_want_of_certainty():
    assert list(clauses(bounce(), verdict(sure=False))) == []


def test_what_looks_like_a_machine_s_and_cries_for_help_is_shown():
    judged = verdict(Flag.SELF_HARM, severity=Severity.CRITICAL, sure=False)
    assert list(clauses(bounce(), judged)) == ["critical", "self_harm"]
