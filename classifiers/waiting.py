"""Who may wait: which verdicts the slow lane is asked about before anybody sees them.

Whatever is not sure reaches the ombudsman anyway; what the slow lane could bring is that it need not. A message that
tells of danger reaches them whatever the slow lane says, so for it there is nothing to gain and time to lose. `safety`
with `high` counts as danger: it is the next thing to a `critical` that the fast model did not dare.

Flags are asked about of what is sure, too: the fast model hears fewer of them (of hands left out 0.72 at a precision of
0.60, both models 0.86), and where one of them hangs in the balance a verdict is sure of its kind alone.

A message whose department would be sorted by hand is asked about, too: the slow lane hears what the table's words mean.

Source: docs/labels.md, "Who sees it".
"""

from collections.abc import Callable, Sequence
from typing import Final

from ouvidor.departments import DepartmentWords
from ouvidor.records import Confidence, Flag, Severity, Verdict

__all__ = ["certain_from", "flags_in_doubt", "is_pressing", "is_settled", "may_wait"]

_CERTAIN: Final = 0.85
"""Of flags. Of hands left out a fourth is settled by the fast model then (of those that are merely sure: 0.43), flags'
recall is 0.86 (0.83), and both together are sure of 0.74 (0.69)."""


def flags_in_doubt(confidence: Confidence) -> bool:
    """Tell whether a flag may or may not be there."""
    return confidence.flags < _CERTAIN


def certain_from(departments: Sequence[DepartmentWords]) -> float:
    """Give from which `confidence.area` on a table decides without a person's look; 0: it has no areas."""
    return max((one.certain_from for one in departments if one.areas), default=0.0)


def is_settled(verdict: Verdict, decides_from: float = 0.0) -> bool:
    """Tell whether the slow lane need not be asked: the verdict is sure, of its flags and its department too."""
    said = verdict.confidence
    return verdict.sure and not flags_in_doubt(said) and said.area >= decides_from


def may_wait(verdict: Verdict, asks: Callable[[Verdict], bool] | None = None) -> bool:
    """Tell whether somebody is to be asked first: about what is not sure, and about what `asks` tells of."""
    return (not verdict.sure or (asks is not None and asks(verdict))) and not is_pressing(verdict)


def is_pressing(verdict: Verdict) -> bool:
    """Tell whether a person must see it at once."""
    return (
        verdict.severity is Severity.CRITICAL
        or Flag.SELF_HARM in verdict.flags
        or (verdict.severity is Severity.HIGH and Flag.SAFETY in verdict.flags)
    )
