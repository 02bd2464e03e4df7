"""The subject area: a word list in the departments' vocabulary (`rules/areas.yaml`), counted.

What a word says of the area it says once a place: a phrase that holds a shorter one of the same area is not two signs.
"""

from collections.abc import Iterable
from typing import Final

from classifiers.reading import AreaSign

__all__ = ["decide_area"]

_LEAST: Final = 2.0


def decide_area(signs: Iterable[AreaSign]) -> tuple[str | None, float]:
    """Give the area for which most different places speak, and its lead over the next; a lone hint is not enough."""
    best: dict[tuple[str, int], float] = {}
    for sign in signs:
        best[sign.area, sign.start] = max(sign.weight, best.get((sign.area, sign.start), 0.0))
    scores: dict[str, float] = {}
    for (area, _), weight in best.items():
        scores[area] = scores.get(area, 0.0) + weight
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
    if not ranked or ranked[0][1] < _LEAST:
        return None, 0.0
    return ranked[0][0], ranked[0][1] - (ranked[1][1] if len(ranked) > 1 else 0.0)
