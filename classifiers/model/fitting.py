"""Fitting: logistic regression for each head, on features as `material.py` makes them.

There are fifty thousand features and a few thousand messages, so the messages' products with each other say all: heads
are fitted on the rows of their Cholesky factor, which have the same products and one column a message. With its ridge
the solution is the same, and whoever leaves messages out needs their products only once. All heads are fitted at once:
each step then is one product of matrices instead of fifty of a matrix and a vector, in single precision, which took a
fifth of the time of scikit-learn's head by head.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular
from scipy.optimize import minimize
from scipy.special import expit

from classifiers.examples import Correction
from classifiers.model.heads import NO_AREA, SEEN, Head, places
from classifiers.seen import sees_ombudsman
from ouvidor.records import Flag

__all__ = ["answers_of", "fit", "fit_rows"]

_STRENGTH: Final = {"kind": 6.0, "severity": 10.0, "difficulty": 4.0, "area": 30.0}
_STRENGTH_ALONE: Final = 10.0
_ROUNDS: Final = 150
_NEVER: Final = -8.0
_RIDGE: Final = 1e-6
Doubles = NDArray[np.float64]


def answers_of(head: Head, labels: Sequence[Correction], names: dict[str, str]) -> NDArray[np.int64]:
    """Give each message's label of a head by its number, or -1 where nobody said. `names` are the areas'."""
    return np.array([_answer(head, one, names) for one in labels])


def _answer(head: Head, one: Correction, names: dict[str, str]) -> int:
    field, _, value = head.name.partition(":")
    match field:
        case "flags":
            return -1 if one.flags is None else int(Flag(value) in one.flags)
        case "area":
            area = None if one.area is None else names.get(one.area, one.area)
            return head.labels.index(area) if area in head.labels or area == NO_AREA else -1
        case _ if field == SEEN:
            if one.kind is None or one.severity is None or one.flags is None:
                return -1
            return int(sees_ombudsman(one.kind, one.severity, one.flags))
    said = getattr(one, field)
    return -1 if said is None else head.labels.index(said)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A head's columns, and of each message how much its answer weighs and what it is (a row of zeros and ones)."""

    columns: slice
    alone: bool
    weights: NDArray[np.float32]
    truth: NDArray[np.float32]
    never: NDArray[np.bool_]
    """Labels that nobody ever gave: never said."""


def fit(
    asked: Sequence[Head],
    products: Doubles,
    answers: Mapping[str, NDArray[np.int64]],
    weights: Doubles,
) -> tuple[Doubles, Doubles]:
    """Fit heads on messages' products: what each message adds to each label, in the heads' order, and a bias for each.

    Another message's outputs are its products with these, times what they add.
    """
    factor = cholesky(products + _RIDGE * np.eye(len(products)), lower=True)
    where = places(tuple(asked))
    strengths = {head.name: _STRENGTH.get(head.name, _STRENGTH_ALONE) for head in asked}
    questions = [_asked(head, where[head.name], answers[head.name], weights * strengths[head.name]) for head in asked]
    rows, bias = _minimise(factor.astype(np.float32), questions, sum(len(head.labels) for head in asked))
    adds: Doubles = solve_triangular(factor, rows, lower=True, trans="T")
    for one in questions:
        here = np.arange(one.columns.start, one.columns.stop)[one.never]
        adds[:, here] = 0
        bias[here] = _NEVER
    return adds, bias


def fit_rows(
    asked: Sequence[Head],
    features: NDArray[np.float32],
    answers: Mapping[str, NDArray[np.int64]],
    weights: Doubles,
    strengths: Mapping[str, float],
) -> tuple[Doubles, Doubles]:
    """Fit heads on features that are fewer than the messages: a row of each label's for each, and biases.

    `strengths`: what a message weighs for a head, where it is not one.
    """
    where = places(tuple(asked))
    questions = [
        _asked(head, where[head.name], answers[head.name], weights * strengths.get(head.name, 1.0)) for head in asked
    ]
    rows, bias = _minimise(features, questions, sum(len(head.labels) for head in asked))
    for one in questions:
        here = np.arange(one.columns.start, one.columns.stop)[one.never]
        rows[:, here] = 0
        bias[here] = _NEVER
    return rows, bias


def _asked(head: Head, columns: slice, answers: NDArray[np.int64], weights: Doubles) -> _Asked:
    alone = len(head.labels) == 1
    told = answers >= 0
    truth = np.zeros((len(answers), len(head.labels)), np.float32)
    if alone:
        truth[:, 0] = answers == 1
    else:
        truth[told, answers[told]] = 1
    never: NDArray[np.bool_] = np.logical_not(truth.any(axis=0))
    return _Asked(columns, alone, (weights * told).astype(np.float32)[:, None], truth, never)


def _minimise(features: NDArray[np.float32], questions: Sequence[_Asked], width: int) -> tuple[Doubles, Doubles]:
    """Find the rows and biases of least loss, all heads' summed. Lengths are held down, biases are not."""
    count = features.shape[1]

    def loss(flat: Doubles) -> tuple[float, Doubles]:
        given = flat.reshape(count + 1, width)
        outputs = features @ given[:-1].astype(np.float32) + given[-1].astype(np.float32)
        total = 0.5 * float((given[:-1] ** 2).sum())
        for one in questions:
            mine = outputs[:, one.columns]
            if one.alone:
                shares = expit(mine)
                lost = np.logaddexp(0, mine) - one.truth * mine
            else:
                mine = np.where(one.never, -np.inf, mine)
                top = mine.max(axis=1, keepdims=True)
                raised = np.exp(mine - top)
                summed = raised.sum(axis=1, keepdims=True)
                shares = raised / summed
                lost = top + np.log(summed) - np.where(one.truth > 0, mine, 0).sum(axis=1, keepdims=True)
            total += float((one.weights * lost).sum(dtype=np.float64))
            outputs[:, one.columns] = one.weights * (shares - one.truth)
        slope = np.empty_like(given)
        slope[:-1] = features.T @ outputs
        slope[:-1] += given[:-1]
        slope[-1] = outputs.sum(axis=0, dtype=np.float64)
        return total, slope.ravel()

    found: Any = minimize(
        loss, np.zeros((count + 1) * width), jac=True, method="L-BFGS-B", options={"maxiter": _ROUNDS, "ftol": 1e-7}
    )
    rows: Doubles = found.x.reshape(count + 1, width)
    return rows[:-1], rows[-1].copy()
