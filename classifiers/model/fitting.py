"""Fitting: logistic regression for each head, on features as `material.py` makes them.

There are fifty thousand features and a few thousand messages, so the messages' products with each other say all
(`descent.py`), and whoever leaves messages out needs their products only once.

Areas are fitted by ridge regression instead, in closed form: of the next house, which has other shares of them, they
are right in 0.592 where logistic regression is in 0.550 (2,411 messages, three groups of hands left out). A flag's
answers are smoothed, a tenth of the way to its share of all messages, since readers differ: 0.740 instead of 0.724 at a
precision of 0.60.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve

from classifiers.examples import Correction
from classifiers.model.descent import Question, least
from classifiers.model.heads import NO_AREA, SEEN, Head
from classifiers.seen import sees_ombudsman
from ouvidor.records import Flag

__all__ = ["answers_of", "fit", "fit_rows", "question"]

_STRENGTH: Final = {"kind": 6.0, "severity": 2.0, "difficulty": 0.8, "flags": 3.0, SEEN: 1.0}
_SMOOTHED: Final = {"flags": 0.1}
_BY_RIDGE: Final = "area"
_RIDGE: Final = 0.3
_CERTAIN: Final = 8.0
"""How far an area's output lies above the others' where it is the right one: some such as logistic regression's are."""
_NEVER: Final = -8.0
Doubles = NDArray[np.float64]
Floats = NDArray[np.float32]


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
    products: Floats,
    answers: Mapping[str, NDArray[np.int64]],
    weights: Doubles,
) -> tuple[Floats, Floats]:
    """Fit heads on messages' products: what each message adds to each label, in the heads' order, and a bias for each.

    Another message's outputs are its products with these, times what they add.
    """
    found = {head: _ridge(head, products, answers[head.name], weights) for head in asked if head.name == _BY_RIDGE}
    others = [head for head in asked if head not in found]
    questions = [
        _smooth(question(head, answers[head.name], weights * _STRENGTH[_field(head)]), _SMOOTHED.get(_field(head), 0.0))
        for head in others
    ]
    found |= dict(zip(others, _logistic(products, questions), strict=True))
    return _side_by_side([found[head] for head in asked])


def fit_rows(
    asked: Sequence[Head],
    features: Floats,
    answers: Mapping[str, NDArray[np.int64]],
    weights: Doubles,
    strengths: Mapping[str, float],
) -> tuple[Floats, Floats]:
    """Fit heads on features that are fewer than the messages: a row of each label's for each, and biases.

    `strengths`: what a message weighs for a head, where it is not one.
    """
    questions = [question(head, answers[head.name], weights * strengths.get(head.name, 1.0)) for head in asked]
    adds, bias = _side_by_side(_logistic(features @ features.T, questions))
    return features.T @ adds, bias


def _field(head: Head) -> str:
    return head.name.partition(":")[0]


def _side_by_side(parts: Sequence[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    return np.hstack([adds for adds, _ in parts]), np.hstack([bias for _, bias in parts])


def _logistic(products: Floats, questions: Sequence[Question]) -> list[tuple[Floats, Floats]]:
    found = least(products, questions)
    for one, (adds, bias) in zip(questions, found, strict=True):
        adds[:, one.never], bias[one.never] = 0, _NEVER
    return found


def _ridge(head: Head, products: Floats, answers: NDArray[np.int64], weights: Doubles) -> tuple[Floats, Floats]:
    """Find the least squared error with a ridge, in closed form. The bias is a feature that all have."""
    told = answers >= 0
    truth = np.eye(len(head.labels), dtype=np.float32)[answers[told]]
    among = products[np.ix_(told, told)] + np.float32(1)
    among[np.diag_indices_from(among)] += (_RIDGE / weights[told]).astype(np.float32)
    adds = np.zeros((len(answers), len(head.labels)), np.float32)
    adds[told] = _CERTAIN * solve(among, truth, assume_a="pos", overwrite_a=True, overwrite_b=True, check_finite=False)
    bias: Floats = adds.sum(axis=0)
    bias[~truth.any(axis=0)] = _NEVER
    return adds, bias


def question(head: Head, answers: NDArray[np.int64], weights: Doubles) -> Question:
    """Put a head's question, with what is known of each message."""
    alone = len(head.labels) == 1
    told = answers >= 0
    truth = np.zeros((len(answers), len(head.labels)), np.float32)
    if alone:
        truth[:, 0] = answers == 1
    else:
        truth[told, answers[told]] = 1
    never: NDArray[np.bool_] = np.logical_not(truth.any(axis=0))
    return Question(alone, (weights * told).astype(np.float32)[:, None], truth, never)


def _smooth(asked: Question, share: float) -> Question:
    """Move the answers of a question of yes or no by a share of the way to their mean."""
    return replace(asked, truth=(1 - share) * asked.truth + np.float32(share) * asked.truth.mean()) if share else asked
