"""The measures of a classifier: accuracy, macro-F1, weighted kappa, recall and precision of sets. Pure arithmetic."""

from collections.abc import Hashable, Sequence
from typing import TypeVar

__all__ = ["accuracy", "macro_f1", "recall_and_precision", "weighted_kappa"]

L = TypeVar("L", bound=Hashable)


def accuracy(pairs: Sequence[tuple[L, L]]) -> float:
    """Give the share of (true, said) that agree; 1 where there is nothing to say."""
    return sum(true == said for true, said in pairs) / len(pairs) if pairs else 1.0


def macro_f1(pairs: Sequence[tuple[L, L]], labels: Sequence[L]) -> float:
    """Give the mean of F1 over labels."""
    scores = []
    for label in labels:
        hit = sum(true == label == said for true, said in pairs)
        either = sum(true == label for true, _ in pairs) + sum(said == label for _, said in pairs)
        scores.append(2 * hit / either if either else 1.0)
    return sum(scores) / len(scores)


def weighted_kappa(pairs: Sequence[tuple[int, int]], ranks: int) -> float:
    """Give Cohen's kappa with quadratic weights over ranks 0 … `ranks` - 1."""
    total = len(pairs)
    true = [sum(one == rank for one, _ in pairs) for rank in range(ranks)]
    said = [sum(one == rank for _, one in pairs) for rank in range(ranks)]
    observed = sum((one - other) ** 2 for one, other in pairs)
    expected = (
        sum(true[one] * said[other] * (one - other) ** 2 for one in range(ranks) for other in range(ranks)) / total
    )
    return 1 - observed / expected if expected else 1.0


def recall_and_precision(pairs: Sequence[tuple[frozenset[L], frozenset[L]]]) -> dict[str, float]:
    """Give recall and precision over all members of (true, said) sets, and how many there truly are."""
    hit = sum(len(true & said) for true, said in pairs)
    true_count = sum(len(true) for true, _ in pairs)
    said_count = sum(len(said) for _, said in pairs)
    return {
        "recall": hit / true_count if true_count else 1.0,
        "precision": hit / said_count if said_count else 1.0,
        "count": true_count,
    }
