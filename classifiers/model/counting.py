"""Thresholds, counted on messages of hands that were left out of training.

Where a verdict may stand unread is chosen by a promise, as learn-then-test does (Angelopoulos et al. 2021): from the
most certain downwards, the last threshold at which the error's upper bound (Clopper and Pearson, one in ten wrong)
keeps what was promised. It holds for messages like the counted ones; a house's corrections are counted too. Since the
next house is none of these, the promise must be kept on each hand by itself as well (`training.py`).
"""

from collections.abc import Sequence
from itertools import product
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar
from scipy.stats import beta, binom

__all__ = ["cuts_of", "promised", "shifts_of", "temperature_of", "threshold_of_flags", "within_noise"]

_RISK: Final = 0.1
_LEAST: Final = 30
Doubles = NDArray[np.float64]


def _loss(outputs: Doubles, answers: NDArray[np.int64]) -> float:
    top = outputs.max(axis=1, keepdims=True)
    logs = top[:, 0] + np.log(np.exp(outputs - top).sum(axis=1))
    return float((logs - outputs[np.arange(len(answers)), answers]).mean())


def temperature_of(outputs: Doubles, answers: NDArray[np.int64]) -> float:
    """Give what outputs are to be divided by (one column: yes or no)."""
    told = answers >= 0
    values = outputs[told] if outputs.shape[1] > 1 else np.hstack([np.zeros((told.sum(), 1)), outputs[told]])
    found: Any = minimize_scalar(lambda warm: _loss(values / warm, answers[told]), bounds=(0.2, 5), method="bounded")
    return round(float(found.x), 4)


def shifts_of(outputs: Doubles, answers: NDArray[np.int64]) -> tuple[float, ...]:
    """Give what is to be added to outputs before they are divided, so that they come in life's shares."""
    told = answers >= 0

    def loss(given: Doubles) -> float:
        return _loss((outputs[told] + given[1:]) / np.exp(given[0]), answers[told]) + 0.002 * float((given**2).sum())

    found: Any = minimize(loss, np.zeros(outputs.shape[1] + 1), method="L-BFGS-B")
    return tuple(round(float(one), 4) for one in found.x[1:])


def cuts_of(expected: Doubles, floors: NDArray[np.int64], answers: NDArray[np.int64]) -> tuple[float, float, float]:
    """Give the cuts of the expected severity that agree best (quadratic weights), with the rules' word kept."""
    best, chosen = -1.0, (0.5, 1.5, 2.5)
    spread = np.var(answers)
    for low, middle, top in product(np.arange(0.3, 0.91, 0.1), np.arange(1.2, 1.71, 0.1), np.arange(1.9, 2.61, 0.1)):
        ranks = np.maximum(np.digitize(expected, (low, middle, top)), floors)
        wrong = float(((ranks - answers) ** 2).mean())
        chance = spread + np.var(ranks) + (answers.mean() - ranks.mean()) ** 2
        kappa = 1 - wrong / chance
        if kappa > best + 1e-4:
            best, chosen = kappa, (round(float(low), 2), round(float(middle), 2), round(float(top), 2))
    return chosen


def threshold_of_flags(shares: Doubles, answers: NDArray[np.int64], said: NDArray[np.bool_], precision: float) -> float:
    """Give from which probability on flags may be raised so that of all, rules' too, enough are right."""
    for least in (thousandths / 1000 for thousandths in range(50, 900)):
        raised = (shares >= least) | said
        if (answers[raised] == 1).mean() >= precision:
            return least
    return 0.9


def within_noise(share: float, count: int) -> float:
    """Give the share that is met once in ten times by chance, of so many of which as many are expected as `share` says.

    A hand has some hundred messages of a kind: two or three of them are no sign that it is worse than the others.
    """
    return float(binom.ppf(1 - _RISK, count, share)) / max(count, 1)


def promised(scores: Sequence[float] | Doubles, right: NDArray[np.bool_], error: float, risk: float = _RISK) -> float:
    """Give the score from which on errors stay under a promise; above all scores where none does.

    `risk`: how likely the promise may be broken for messages like these; at a half the counted share is taken as true.
    """
    order = np.argsort(-np.asarray(scores))
    wrong = np.cumsum(~right[order])
    counts = np.arange(1, len(order) + 1)
    bounds = beta.ppf(1 - risk, wrong + 1, counts - wrong)
    kept = np.flatnonzero((np.nan_to_num(bounds, nan=1.0) <= error) & (counts >= _LEAST))
    return round(float(np.asarray(scores)[order[kept[-1]]]), 4) if len(kept) else 1.01
