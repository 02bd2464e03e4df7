"""What is judged: the heads of the model, their labels and their places in its output."""

from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from classifiers.severities import ORDER
from ouvidor.records import Difficulty, Flag, Kind

__all__ = ["ALONE", "NO_AREA", "SEEN", "Head", "heads", "places"]

ALONE: Final = tuple(f"flags:{flag}" for flag in Flag)
"""Heads of one output each, yes or no."""
SEEN: Final = "seen"
"""Yes or no: the ombudsman's, by the labels. It decides what is sure, and nothing else."""
NO_AREA: Final = ""


@dataclass(frozen=True, slots=True)
class Head:
    """A question to the model. One with a single label answers yes or no."""

    name: str
    labels: tuple[str, ...]


def heads(areas: tuple[str, ...]) -> tuple[Head, ...]:
    """Give all heads; the areas are the rule book's."""
    return (
        Head("kind", tuple(Kind)),
        Head("severity", tuple(ORDER)),
        Head("difficulty", tuple(Difficulty)),
        *(Head(name, (name,)) for name in ALONE),
        Head(SEEN, (SEEN,)),
        Head("area", (NO_AREA, *areas)),
    )


def places(asked: tuple[Head, ...]) -> dict[str, slice]:
    """Tell where each head's outputs stand."""
    ends = list(accumulate(len(head.labels) for head in asked))
    return {head.name: slice(end - len(head.labels), end) for head, end in zip(asked, ends, strict=True)}
