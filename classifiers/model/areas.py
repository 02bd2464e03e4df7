"""What training learns of areas beside their words: which a house taught, and how often each was met.

A house's own area, one that only its routing table names, is learnt once enough corrections name it; before that the
department's own words and examples speak for it (`classifiers/areas`), which do better than a handful of corrections.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifiers.examples import Correction, Example

__all__ = ["ENOUGH", "area_shares", "areas_corrected", "taught"]

ENOUGH: Final = 8


def areas_corrected(labels: Sequence[Correction], book: Mapping[str, str]) -> dict[str, int]:
    """Count the corrections that name each area, by its identifier. `book`: the rule book's areas with their names."""
    names = {name: known for known, name in book.items()}
    counts = Counter(
        names.get(one.area, one.area) for one in labels if not isinstance(one, Example) and one.area is not None
    )
    return dict(sorted(counts.items()))


def taught(labels: Sequence[Correction], book: Mapping[str, str]) -> tuple[str, ...]:
    """Give the areas that the rule book has not and enough corrections name."""
    counts = areas_corrected(labels, book)
    return tuple(area for area, count in counts.items() if area and area not in book and count >= ENOUGH)


def area_shares(areas: Sequence[str], answers: NDArray[np.int64], weights: NDArray[np.float64]) -> dict[str, float]:
    """Give each area's share of the messages that training met, by their weights."""
    told = answers >= 0
    sums = np.bincount(answers[told], weights[told], len(areas))
    return {area: round(float(share), 5) for area, share in zip(areas, sums / sums.sum(), strict=True)}
