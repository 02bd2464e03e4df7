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
_KINDS: Final = tuple(Kind)


def decide_kind(scores: Mapping[Kind, float]) -> tuple[Kind | None, float]:
    """Give the kind, and how plainly it was said against the next; None where nothing was heard."""
    if not any(scores.values()):
        return None, 0.0
    complaint, request, suggestion, compliment, other = [scores.get(kind, 0.0) for kind in _KINDS]
    rivals = max(request, suggestion)
    complains = complaint >= max(_PLAIN, rivals / 2) or (complaint >= _SAID and complaint >= rivals - 1)
    if other >= _PLAIN and other > complaint + suggestion:  # who offers goods to us asks and praises too
        found = Kind.OTHER, other - complaint - suggestion - request / 2
    elif suggestion >= _PROPOSES and complaint <= suggestion + 1 and request <= suggestion + 1:
        found = Kind.SUGGESTION, suggestion - complaint / 2 - request / 2  # "I propose" names what is bad to mend it
    elif compliment >= _PRAISES and compliment > complaint and request < _PLAIN:
        found = Kind.COMPLIMENT, compliment - complaint - suggestion
    elif complains and compliment >= _PLAIN and complaint <= _SAID:  # praise with a bare reservation
        found = Kind.COMPLIMENT, compliment - complaint
    elif complains:
        found = Kind.COMPLAINT, complaint - max(rivals, compliment) / 2
    elif suggestion >= _SAID and suggestion >= request:
        found = Kind.SUGGESTION, suggestion - max(request, complaint)
    elif compliment >= _SAID and compliment > request + complaint:
        found = Kind.COMPLIMENT, compliment - max(complaint, request, suggestion)
    else:
        mere: dict[Kind, float] = {one: score for one, score in scores.items() if one is not Kind.OTHER}
        found = _loudest(mere) or (Kind.OTHER, other)
    return found


def _loudest(scores: Mapping[Kind, float]) -> tuple[Kind, float] | None:
    """Give what was said most, though nothing plainly; of equals, a request: most messages without blame are."""
    if not any(scores.values()):
        return None
    kind = max(scores, key=lambda one: (scores[one], one is Kind.REQUEST))
    return kind, scores[kind] - max((score for one, score in scores.items() if one is not kind), default=0.0)
