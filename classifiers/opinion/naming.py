"""Naming: which area a verdict has once another model has named a department, and how certain of it. Pure.

A department of which our models are certain stands, whatever the opinion says, and `none` changes nothing. How often
such an opinion is right nobody counted, so the confidence stays below what the table asks for: the message goes where
the opinion says, and a person looks at it all the same (`routers/decision.py`). A house that counted may say `settles:
true`: then it is just as certain as the table asks, on a text for which the caller found ground.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeAlias

from classifiers.judge import Judged
from classifiers.opinion.choices import Choices
from ouvidor.records import Verdict

__all__ = ["Likeliest", "Named", "first_of", "named"]

_LEFT: Final = 0.5
"""Of what the table asks for, at most: as with a kind, what the verdict before left to all others."""

Likeliest: TypeAlias = Callable[[Judged, Sequence[str]], str]
"""Which of a department's areas a message is most likely of."""


class Named(NamedTuple):
    """The area of a department that was named."""

    area: str
    confidence: float


def first_of(_said: Judged, areas: Sequence[str]) -> str:
    """Give a department's first area, where nobody knows more."""
    return areas[0]


def named(
    said: Judged, before: Verdict, department: str | None, choices: Choices, likeliest: Likeliest, *, settles: bool
) -> Named | None:
    """Give the area of the department (an id, or `none`) that an opinion names; None: the verdict's stands."""
    chosen = choices.by_id.get(department or "")
    if chosen is None or not choices.undecided(before):
        return None
    area, confidence = before.area, before.confidence.area
    if area is None or area not in chosen.areas:
        area = chosen.areas[0] if len(chosen.areas) == 1 else likeliest(said, chosen.areas)
        confidence = min(1 - confidence, chosen.certain_from * _LEFT)
    return Named(area, max(confidence, chosen.certain_from) if settles else confidence)
