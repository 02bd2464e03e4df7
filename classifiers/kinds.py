"""The kind: the rubric's order over what the rules heard.

Each rule that spoke adds its weight to its kind. A complaint needs to be said (2), or leant to (1) with nothing else
heard; a plain request outweighs a mere defect, since asking for an ordinary service is a request even where it names
what is broken. Then request, suggestion, compliment, other, in this order, unless a later one is much plainer.
"""

from collections.abc import Mapping
from typing import Final

from ouvidor.records import Kind

__all__ = ["decide_kind"]

_SAID: Final = 2.0
_PLAIN: Final = 3.0
_PROPOSES: Final = 3.5
_PRAISES: Final = 5.0


def decide_kind(scores: Mapping[Kind, float]) -> tuple[Kind | None, float]:
    """Give the kind, and how plainly it was said against the next; None where nothing was heard."""
    complaint, request, suggestion, compliment, other = (scores.get(kind, 0.0) for kind in Kind)
    if not any((complaint, request, suggestion, compliment, other)):
        return None, 0.0
    rivals = max(request, suggestion)
    complains = complaint >= max(_PLAIN, rivals / 2) or (complaint >= _SAID and complaint >= rivals - 1)
    ladder = (
        # who offers goods to us asks and praises too
        (other >= _PLAIN and other > complaint + suggestion, Kind.OTHER, other - complaint - suggestion - request / 2),
        # who says "I propose" names what is bad only to mend it
        (
            suggestion >= _PROPOSES and complaint <= suggestion + 1 and request <= suggestion + 1,
            Kind.SUGGESTION,
            suggestion - complaint / 2 - request / 2,
        ),
        # praise with a bare reservation
        (
            compliment >= _PRAISES and compliment > complaint and request < _PLAIN,
            Kind.COMPLIMENT,
            compliment - complaint - suggestion,
        ),
        (complains and compliment >= _PLAIN and complaint <= _SAID, Kind.COMPLIMENT, compliment - complaint),
        (complains, Kind.COMPLAINT, complaint - max(rivals, compliment) / 2),
        (suggestion >= _SAID and suggestion >= request, Kind.SUGGESTION, suggestion - max(request, complaint)),
        (
            compliment >= _SAID and compliment > request + complaint,
            Kind.COMPLIMENT,
            compliment - max(complaint, request, suggestion),
        ),
    )
    for holds, kind, margin in ladder:
        if holds:
            return kind, margin
    return _loudest({one: score for one, score in scores.items() if one is not Kind.OTHER}) or (Kind.OTHER, other)


def _loudest(scores: Mapping[Kind, float]) -> tuple[Kind, float] | None:
    """Give what was said most, though nothing plainly; of equals, a request: most messages without blame are."""
    if not any(scores.values()):
        return None
    kind = max(scores, key=lambda one: (scores[one], one is Kind.REQUEST))
    return kind, scores[kind] - max((score for one, score in scores.items() if one is not kind), default=0.0)
