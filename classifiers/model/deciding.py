"""From a model's outputs to labels: what is most likely, what is expected, and what may stand unread. Pure arithmetic.

Severity is the *expected* one, cut where it was counted to agree best: a model that wavers between low and high should
say medium. `self_harm` is critical whatever is expected, as it is by the rules. Sure is what is very likely of its kind
and very likely not the ombudsman's, or the ombudsman's anyway.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import exp, log
from typing import NamedTuple

from classifiers.model.heads import ALONE, NO_AREA, SEEN
from classifiers.model.weights import Floats, Thresholds
from classifiers.seen import sees_ombudsman
from classifiers.severities import ORDER
from ouvidor.records import Confidence, Difficulty, Flag, Kind, Severity

__all__ = ["Decided", "decide", "severity_at", "softmax"]

_KINDS = tuple(Kind)
_DIFFICULTIES = tuple(Difficulty)
_FLAGS = tuple(zip(ALONE, Flag, strict=True))


class Decided(NamedTuple):
    """What the outputs say."""

    kind: Kind
    severity: Severity
    difficulty: Difficulty
    flags: tuple[Flag, ...]
    area: str | None
    confidence: Confidence
    sure: bool


def softmax(values: Sequence[float], temperature: float) -> list[float]:
    """Give probabilities."""
    top = max(values)
    raised = [exp((value - top) / temperature) for value in values]
    total = sum(raised)
    return [one / total for one in raised]


def _likeliest(values: Sequence[float], temperature: float) -> tuple[int, float]:
    """Give the place of the most likely, and its probability."""
    top = max(values)
    return values.index(top), 1 / sum([exp((value - top) / temperature) for value in values])


def _logistic(value: float) -> float:
    return 1 / (1 + exp(-max(-30.0, min(30.0, value))))


@lru_cache
def least(share: float) -> float:
    """Give the output that stands for a probability."""
    return log(share / (1 - share))


def severity_at(expected: float, cuts: Sequence[float]) -> int:
    """Give the rank of an expected severity."""
    return sum(expected >= cut for cut in cuts)


def decide(
    outputs: Floats,
    where: Mapping[str, slice],
    areas: Sequence[str],
    by: Thresholds,
    about: tuple[str | None, float] | None = None,
) -> Decided:
    """Decide. `areas` are the labels of the area's outputs; `about`: the area and its confidence, chosen elsewhere."""
    said: list[float] = outputs.tolist()
    warmth = by.temperatures
    shifted = [one + shift for one, shift in zip(said[where["kind"]], by.shifts, strict=True)]
    best, kind_likely = _likeliest(shifted, warmth["kind"])
    kind = _KINDS[best]
    ranks = softmax(said[where["severity"]], warmth["severity"])
    rank = severity_at(sum(place * share for place, share in enumerate(ranks)), by.severity_cuts)
    hardest, difficulty_likely = _likeliest(said[where["difficulty"]], warmth["difficulty"])
    first = where[ALONE[0]].start
    flag_warmth, bounds = warmth["flags"], by.flags
    raised = [one / flag_warmth for one in said[first : first + len(ALONE)]]
    flags = tuple([flag for one, (head, flag) in zip(raised, _FLAGS, strict=True) if one >= least(bounds[head])])
    if about is None:
        place, likely = _likeliest(said[where["area"]], warmth["area"])
        area = None if areas[place] == NO_AREA else areas[place]
    else:
        area, likely = about
    severity = Severity.CRITICAL if Flag.SELF_HARM in flags else ORDER[rank]
    seen = _logistic(said[where[SEEN].start] / warmth[SEEN])
    return Decided(
        kind=kind,
        severity=severity,
        difficulty=_DIFFICULTIES[hardest],
        flags=flags,
        area=area,
        confidence=Confidence.made(
            kind=kind_likely,
            severity=ranks[rank],
            difficulty=difficulty_likely,
            flags=_logistic(min(map(abs, raised))),
            area=likely,
        ),
        sure=kind_likely >= by.sure_kind and (seen <= by.sure_seen or sees_ombudsman(kind, severity, flags)),
    )
