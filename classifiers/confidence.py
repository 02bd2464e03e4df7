"""Confidence: how often the rules were right when they spoke this plainly, counted, not felt.

The numbers are shares of right verdicts, (right + 1) / (all + 2), among the 171 pilot messages by which no rule was
tuned: small counts, of messages that were written, not received. On real ones expect less, until corrections of the
house are counted (`docs/judgement.md`). The area's are guesses by its lead: the pilot has no areas to count.
A verdict is sure where kind and severity both were right often enough for an ombudsman to trust them unread.
"""

from bisect import bisect_right
from collections.abc import Collection
from typing import Final

from ouvidor.records import Confidence, Difficulty, Flag, Kind, Severity

__all__ = ["confidence_of", "is_sure"]

_BY_MARGIN: Final[dict[Kind, tuple[tuple[float, ...], tuple[float, ...]]]] = {
    Kind.COMPLAINT: ((1, 3, 5), (0.5, 0.78, 0.83, 0.92)),
    Kind.REQUEST: ((2, 4, 6), (0.35, 0.83, 0.88, 0.92)),
    Kind.SUGGESTION: ((2, 4), (0.6, 0.88, 0.82)),
    Kind.COMPLIMENT: ((3,), (0.45, 0.86)),
    Kind.OTHER: ((4,), (0.5, 0.86)),
}
_UNHEARD: Final = 0.3
_SEVERITY_SAID: Final = {Severity.CRITICAL: 0.75, Severity.HIGH: 0.8, Severity.MEDIUM: 0.6, Severity.LOW: 0.85}
_SEVERITY_FOLLOWED: Final = {Severity.CRITICAL: 0.75, Severity.HIGH: 0.62, Severity.MEDIUM: 0.45, Severity.LOW: 0.89}
_NO_FLAGS: Final = {Kind.COMPLAINT: 0.83}
_NO_FLAGS_ELSE: Final = 0.95
_SOME_FLAGS: Final = 0.4
_DIFFICULTY: Final = {
    (Kind.COMPLAINT, Difficulty.COMPLEX): 0.8,
    (Kind.COMPLAINT, Difficulty.MODERATE): 0.6,
    (Kind.COMPLAINT, Difficulty.SIMPLE): 0.72,
    (Kind.REQUEST, Difficulty.SIMPLE): 0.65,
    (Kind.COMPLIMENT, Difficulty.SIMPLE): 0.85,
    (Kind.OTHER, Difficulty.SIMPLE): 0.85,
}
_DIFFICULTY_ELSE: Final = 0.45
_AREA_BY_LEAD: Final = ((1, 2, 4), (0.3, 0.5, 0.65, 0.8))
_STRANGE: Final = 0.3
_DOUBTED: Final = 0.5
_SURE_KIND: Final = 0.85
_SURE_SEVERITY: Final = 0.75


def confidence_of(
    heard: Kind | None,
    margin: float,
    severity: Severity,
    flags: Collection[Flag],
    difficulty: Difficulty,
    *,
    severity_said: bool,
    lead: float,
    known: bool,
    doubts: int,
) -> Confidence:
    """Give the confidence of each field.

    `margin` tells how plainly the kind was said, `severity_said` whether a rule said the severity itself, `lead` by how
    much the area leads, `known` is false for another language or a text that was not read whole.
    """
    if heard is None:
        kind = _UNHEARD
    else:
        bounds, shares = _BY_MARGIN[heard]
        kind = shares[bisect_right(bounds, margin)]
    most = _STRANGE if not known else _DOUBTED if doubts else 1.0
    bounds, shares = _AREA_BY_LEAD
    said = _SEVERITY_SAID if severity_said else _SEVERITY_FOLLOWED
    return Confidence.made(
        kind=min(kind, most),
        severity=min(said[severity], most, 1.0 if heard or severity_said else _UNHEARD),
        difficulty=min(_DIFFICULTY.get((heard or Kind.COMPLAINT, difficulty), _DIFFICULTY_ELSE), most),
        flags=min(_SOME_FLAGS if flags else _NO_FLAGS.get(heard or Kind.COMPLAINT, _NO_FLAGS_ELSE), most),
        area=min(shares[bisect_right(bounds, lead)], most),
    )


def is_sure(confidence: Confidence) -> bool:
    """Tell whether kind and severity may stand unread."""
    return confidence.kind >= _SURE_KIND and confidence.severity >= _SURE_SEVERITY
