"""Whom a model was trained for, as the model's card holds it, and how far others are from them.

What is compared is what judging sees: which kinds it says, how certain it is, whether it is sure, and how many of a
message's words training never met. The card counts messages in life's shares by hands that were left out, judged by
models that had not seen them: so a new message is compared with what was new to the model then, too.

Source: population stability index (Siddiqi 2006): under 0.1 nothing changed, over 0.25 much did. Counts get a half more
each, so that an empty bin is not infinitely far.
"""

from bisect import bisect_right
from collections.abc import Sequence
from math import log
from typing import Final

from pydantic import BaseModel, ConfigDict

from ouvidor.records import Kind

__all__ = ["ASPECTS", "UNKNOWN_EDGES", "Population", "confidence_bin", "drift", "unknown_bin"]

UNKNOWN_EDGES: Final = (0.001, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3)
_TENTHS: Final = 10
ASPECTS: Final = {"kind": len(Kind), "confidence": _TENTHS, "unknown_words": len(UNKNOWN_EDGES) + 1, "sure": 2}
"""What is compared, and into how many bins it falls."""


class Population(BaseModel):
    """How many messages fell into each bin."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: tuple[int, ...]
    confidence: tuple[int, ...]
    unknown_words: tuple[int, ...]
    sure: tuple[int, int]
    """Not sure, and sure."""


def confidence_bin(share: float) -> int:
    """Give the bin of the kind's confidence."""
    return min(int(share * _TENTHS), _TENTHS - 1)


def unknown_bin(share: float) -> int:
    """Give the bin of the share of words that training never met."""
    return bisect_right(UNKNOWN_EDGES, share)


def drift(now: Sequence[int], then: Sequence[int]) -> float:
    """Give the population stability index of two counts of the same bins."""
    bins = len(now)
    here, there = sum(now) + bins / 2, sum(then) + bins / 2
    found = 0.0
    for one, other in zip(now, then, strict=True):
        share, was = (one + 0.5) / here, (other + 0.5) / there
        found += (share - was) * log(share / was)
    return found
