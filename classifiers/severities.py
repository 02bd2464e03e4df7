"""Severity and difficulty: the rubric's table over the kind, the flags, and what the rules say of harm.

Nothing here lowers: the worst of all that speaks is the severity. Tone is not read at all, and neither is the
difficulty for the severity: it chooses an owner, never a deadline.
"""

from collections.abc import Collection
from typing import Final

from ouvidor.records import Difficulty, Flag, Kind, Severity

__all__ = ["ORDER", "decide_difficulty", "decide_severity", "worst"]

ORDER: Final = (Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)
_RANK: Final = {severity: rank for rank, severity in enumerate(ORDER)}
_HIGH_OF_A_COMPLAINT: Final = frozenset(
    {
        *(Flag.REPEAT_CONTACT, Flag.DISCRIMINATION, Flag.MISCONDUCT, Flag.FRAUD, Flag.PRIVACY, Flag.LEGAL_ACTION),
        *(Flag.REGULATOR, Flag.SAFETY, Flag.HEALTH, Flag.VULNERABLE_PERSON),
    }
)
_COMPLEX: Final = frozenset({Flag.MISCONDUCT, Flag.FRAUD, Flag.LEGAL_ACTION, Flag.PRESS, Flag.SELF_HARM})
_HARM: Final = frozenset({Flag.SAFETY, Flag.HEALTH})


def worst(*severities: Severity) -> Severity:
    """Give the worst of severities."""
    return max(severities, key=_RANK.__getitem__)


def decide_severity(kind: Kind, flags: Collection[Flag], said: Collection[Severity], *, mere: bool) -> Severity:
    """Give the severity. `mere`: a dissatisfaction of which nobody has harm."""
    if Flag.SELF_HARM in flags:
        return Severity.CRITICAL
    found = Severity.LOW
    harmed = bool(_HARM.intersection(flags))
    if kind is Kind.COMPLAINT:
        found = Severity.LOW if mere else Severity.MEDIUM
        if _HIGH_OF_A_COMPLAINT.intersection(flags):
            found = Severity.HIGH
    elif kind is Kind.REQUEST and harmed:
        found = Severity.MEDIUM
        if Flag.SAFETY in flags:
            found = Severity.CRITICAL if Flag.VULNERABLE_PERSON in flags else Severity.HIGH
    elif kind is Kind.SUGGESTION and harmed and Flag.VULNERABLE_PERSON in flags:
        found = Severity.HIGH
    return worst(found, *said)


def decide_difficulty(
    kind: Kind, flags: Collection[Flag], severity: Severity, said: Collection[Difficulty]
) -> Difficulty:
    """Give the difficulty: what the rules say, else what such messages mostly are."""
    if _COMPLEX.intersection(flags) or Difficulty.COMPLEX in said:
        return Difficulty.COMPLEX
    if kind is Kind.COMPLAINT and severity in {Severity.HIGH, Severity.CRITICAL}:
        return Difficulty.MODERATE
    if Difficulty.SIMPLE in said:
        return Difficulty.SIMPLE
    if Difficulty.MODERATE in said or kind is Kind.SUGGESTION:
        return Difficulty.MODERATE
    return Difficulty.SIMPLE
