"""Fitting: logistic regression for each head, on features as `material.py` makes them.

There are fifty thousand features and a few thousand messages, so the messages' products with each other say all: each
head is fitted on the rows of their Cholesky factor, which have the same products and one column a message. With its
ridge the solution is the same, in a tenth of the time, and whoever leaves messages out needs their products only once.
"""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky, solve_triangular
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from classifiers.examples import Correction
from classifiers.model.heads import NO_AREA, SEEN, Head
from classifiers.seen import sees_ombudsman
from ouvidor.records import Flag

__all__ = ["answers_of", "fit"]

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


def fit(
    asked: Sequence[Head],
    products: Doubles,
    answers: Mapping[str, NDArray[np.int64]],
    weights: Doubles,
    seed: int,
) -> tuple[Doubles, Doubles]:
    """Fit heads on messages' products: what each message adds to each label, in the heads' order, and a bias for each.

    Another message's outputs are its products with these, times what they add.
    """
    factor = cholesky(products + _RIDGE * np.eye(len(products)), lower=True)
    found = [_fit_one(head, factor, answers[head.name], weights, seed) for head in asked]
    adds: Doubles = solve_triangular(factor, np.vstack([rows for rows, _ in found]).T, lower=True, trans="T")
    return adds, np.concatenate([bias for _, bias in found])


def _fit_one(
    head: Head, features: Doubles, answers: NDArray[np.int64], weights: Doubles, seed: int
) -> tuple[Doubles, Doubles]:
    """Fit a head. A label that is never given is never said."""
    told = answers >= 0
    present = sorted(set(answers[told].tolist()))
    rows = np.zeros((len(head.labels), features.shape[1]))
    bias = np.full(len(head.labels), _NEVER)
    if len(present) < 2:  # noqa: PLR2004 - with one answer only there is nothing to tell apart
        if present and len(head.labels) > 1:
            bias[present[0]] = 0.0
        return rows, bias
    model: Any = LogisticRegression(C=_STRENGTH.get(head.name, _STRENGTH_ALONE), max_iter=_ROUNDS, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the last hundredth of the optimum is not worth a minute
        model.fit(features[told], answers[told], sample_weight=weights[told])
    if len(head.labels) == 1:
        return model.coef_, model.intercept_
    if len(present) == 2:  # noqa: PLR2004 - scikit-learn gives one row for two classes
        rows[present], bias[present] = (
            np.vstack([-model.coef_, model.coef_]) / 2,
            np.array([-1, 1]) * model.intercept_ / 2,
        )
    else:
        rows[present], bias[present] = model.coef_, model.intercept_
    return rows, bias
