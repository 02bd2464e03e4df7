"""Fitting: logistic regression for each head, on features as `material.py` makes them.

There are fifty thousand features and a few thousand messages, so the messages' products with each other say all
(`descent.py`), and whoever leaves messages out needs their products only once.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifiers.examples import Correction
from classifiers.model.descent import Question, least
from classifiers.model.heads import NO_AREA, SEEN, Head
from classifiers.seen import sees_ombudsman
from ouvidor.records import Flag

__all__ = ["answers_of", "fit", "fit_rows", "question"]

_STRENGTH: Final = {"kind": 6.0, "severity": 10.0, "difficulty": 4.0, "area": 30.0}
_STRENGTH_ALONE: Final = 10.0
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
    strengths = {head.name: _STRENGTH.get(head.name, _STRENGTH_ALONE) for head in asked}
    return _fitted(asked, products, answers, weights, strengths)


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
    adds, bias = _fitted(asked, features @ features.T, answers, weights, strengths)
    return features.T @ adds, bias


def _fitted(
    asked: Sequence[Head],
    products: Floats,
    answers: Mapping[str, NDArray[np.int64]],
    weights: Doubles,
    strengths: Mapping[str, float],
) -> tuple[Floats, Floats]:
    questions = [question(head, answers[head.name], weights * strengths.get(head.name, 1.0)) for head in asked]
    found = least(products, questions)
    for one, (adds, bias) in zip(questions, found, strict=True):
        adds[:, one.never], bias[one.never] = 0, _NEVER
    return np.hstack([adds for adds, _ in found]), np.hstack([bias for _, bias in found])


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
