"""From a model's outputs to labels: what is most likely, what is expected, and what may stand unread. Pure arithmetic.

Severity is the *expected* one, cut where it was counted to agree best: a model that wavers between low and high should
say medium. `self_harm` is critical whatever is expected, as it is by the rules. Sure is what is very likely of its kind
and very likely not the ombudsman's, or the ombudsman's anyway. Messages are decided together, a row of outputs each,
because a step of numpy's takes hardly longer for many; each row is decided as if it were alone.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import compress
from math import log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifiers.model.heads import ALONE, NO_AREA, SEEN
from classifiers.model.weights import Floats, Thresholds
from classifiers.seen import sees_ombudsman
from classifiers.severities import ORDER
from ouvidor.records import ClassifierVersion, Confidence, Difficulty, Evidence, Flag, Kind, Severity, Verdict

__all__ = ["Decided", "decide", "softmax"]

_KINDS = tuple(Kind)
_DIFFICULTIES = tuple(Difficulty)
_FLAGS = tuple(Flag)
_RANKS = np.arange(len(ORDER))
Doubles = NDArray[np.float64]


class Decided(NamedTuple):
    """What the outputs say."""

    kind: Kind
    severity: Severity
    difficulty: Difficulty
    flags: tuple[Flag, ...]
    area: str | None
    confidence: Confidence
    sure: bool

    def verdict(self, evidence: tuple[Evidence, ...], by: ClassifierVersion, *, grounded: bool) -> Verdict:
        """Give the verdict that says so. `grounded`: is there ground for a sure one?"""
        return Verdict.made(
            kind=self.kind,
            severity=self.severity,
            difficulty=self.difficulty,
            flags=self.flags,
            area=self.area,
            confidence=self.confidence,
            sure=self.sure and grounded,
            evidence=evidence,
            classifier=by,
        )


def softmax(values: Doubles, temperature: float) -> Doubles:
    """Give each row's probabilities."""
    raised = np.exp((values - values.max(axis=1, keepdims=True)) / temperature)
    found: Doubles = raised / raised.sum(axis=1, keepdims=True)
    return found


def _likeliest(values: Doubles, temperature: float) -> tuple[list[int], list[float]]:
    """Give the place of each row's most likely, and its probability."""
    raised = np.exp((values - values.max(axis=1, keepdims=True)) / temperature)
    return values.argmax(axis=1).tolist(), (1 / raised.sum(axis=1)).tolist()


def _logistic(values: Doubles) -> list[float]:
    found: list[float] = (1 / (1 + np.exp(np.minimum(-values, 30.0)))).tolist()
    return found


@lru_cache
def _least(share: float) -> float:
    """Give the output that stands for a probability."""
    return log(share / (1 - share))


def decide(
    outputs: Floats | Doubles,
    where: Mapping[str, slice],
    areas: Sequence[str],
    by: Thresholds,
    about: Sequence[tuple[str | None, float]] | None = None,
) -> list[Decided]:
    """Decide of each row. `areas` are the labels of the area's outputs; `about`: areas that were chosen elsewhere."""
    said = outputs.astype(np.float64)
    warmth = by.temperatures
    kinds, kinds_likely = _likeliest(said[:, where["kind"]] + by.shifts, warmth["kind"])
    severities = softmax(said[:, where["severity"]], warmth["severity"])
    expected = (severities * _RANKS).sum(axis=1)
    ranks = (expected[:, None] >= by.severity_cuts).sum(axis=1)
    severities_likely = severities[np.arange(len(said)), ranks].tolist()
    difficulties, difficulties_likely = _likeliest(said[:, where["difficulty"]], warmth["difficulty"])
    first, bounds = where[ALONE[0]].start, [_least(by.flags[head]) for head in ALONE]
    flagged = said[:, first : first + len(ALONE)] / warmth["flags"]
    raised = (flagged >= bounds).tolist()
    flags_likely = _logistic(np.abs(flagged).min(axis=1))
    seen = _logistic(said[:, where[SEEN].start] / warmth[SEEN])
    if about is None:
        likeliest, likely = _likeliest(said[:, where["area"]], warmth["area"])
        about = [
            (None if areas[at] == NO_AREA else areas[at], sure) for at, sure in zip(likeliest, likely, strict=True)
        ]
    found: list[Decided] = []
    for place, rank in enumerate(ranks.tolist()):
        kind, kind_likely = _KINDS[kinds[place]], kinds_likely[place]
        flags = tuple(compress(_FLAGS, raised[place]))
        severity = Severity.CRITICAL if Flag.SELF_HARM in flags else ORDER[rank]
        area, area_likely = about[place]
        confidence = Confidence.made(
            kind=kind_likely,
            severity=severities_likely[place],
            difficulty=difficulties_likely[place],
            flags=flags_likely[place],
            area=area_likely,
        )
        sure = kind_likely >= by.sure_kind and (seen[place] <= by.sure_seen or sees_ombudsman(kind, severity, flags))
        found.append(Decided(kind, severity, _DIFFICULTIES[difficulties[place]], flags, area, confidence, sure))
    return found
