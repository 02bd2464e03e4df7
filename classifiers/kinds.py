"""The kind: the rubric's order over what the rules heard.

Each rule that spoke adds its weight to its kind. A complaint needs to be said (2), or leant to (1) with nothing else heard; a
plain request outweighs a mere defect, since asking for an ordinary service is a request even where it names what is
broken. Then request, suggestion, compliment, other, in this order, unless a later one is said much more plainly.
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
    if other >= _PLAIN and other > complaint + suggestion:
        return Kind.OTHER, other - complaint - suggestion - request / 2
    if suggestion >= _PROPOSES and complaint < suggestion + _SAID and request <= suggestion + 1:
        return Kind.SUGGESTION, suggestion - complaint / 2 - request / 2
    if compliment >= _PRAISES and compliment > complaint and request < _PLAIN:
        return Kind.COMPLIMENT, compliment - complaint - suggestion
    rivals = request + suggestion
    if complaint >= max(_PLAIN, rivals / 2) or (complaint >= _SAID and complaint >= rivals - 1):
        if compliment >= _PLAIN and complaint <= _SAID:
            return Kind.COMPLIMENT, compliment - complaint
        return Kind.COMPLAINT, complaint - max(rivals, compliment) / 2
    if suggestion >= _SAID and suggestion >= request:
        return Kind.SUGGESTION, suggestion - max(request, complaint)
    if compliment >= _SAID and compliment > request + complaint:
        return Kind.COMPLIMENT, compliment - max(complaint, request, suggestion)
    heard = {Kind.COMPLAINT: complaint, Kind.REQUEST: request, Kind.SUGGESTION: suggestion, Kind.COMPLIMENT: compliment}
    kind = max(heard, key=lambda one: (heard[one], one is Kind.REQUEST))
    if not heard[kind]:
        return Kind.OTHER, other
    return kind, heard[kind] - max(score for one, score in heard.items() if one is not kind)
