"""What a house's corrections add to the slow model: for each head a shift, and a direction in the encoder's space.

Nothing is tuned: upon both models' outputs, which for a correction are those of models that never saw it, a residual is
fitted with a ridge. How strong the ridge is, and whether there is a residual at all, the corrections decide among
themselves, five folds of them: where they teach nothing, the model stays what it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifiers.model.descent import Question, least
from classifiers.model.fitting import question
from classifiers.model.heads import Head, places
from classifiers.model.together import together
from classifiers.slow.base import Floats
from classifiers.slow.residual import Residual
from classifiers.slow.stacking import Doubles

__all__ = ["adapt"]

_RIDGES: Final = (3000.0, 1000.0, 300.0, 100.0, 30.0)
_SHIFT: Final = 4.0
"""How much a label's shift costs, in corrections: so many of one label only begin to move it."""
_LEAST: Final = 20
_FLAT: Final = 0.003
_NOISE: Final = 0.5
"""Of the gain's standard error: what gains less may be chance."""


def adapt(
    asked: Sequence[Head],
    heard: Floats,
    outputs: Doubles,
    answers: Mapping[str, NDArray[np.int64]],
    folds: NDArray[np.int64],
) -> tuple[Residual, Doubles]:
    """Fit on corrections; give also what is added to each by a residual that had not seen it."""
    middle, spread = heard.mean(axis=0), np.maximum(heard.std(axis=0), 1e-6)
    features = (heard - middle) / spread
    products, where = features @ features.T, places(tuple(asked))
    told = {head: mine for head in asked if (mine := answers[head.name] >= 0).sum() >= _LEAST}

    def fitted(ridge: float, kept: NDArray[np.bool_], heads: Sequence[Head]) -> list[Floats]:
        asking = [
            _question(head, answers[head.name][kept], outputs[kept][:, where[head.name]].astype(np.float32))
            for head in heads
        ]
        return [parts for parts, _ in least(_near(products[np.ix_(kept, kept)], ridge), asking, _FLAT)]

    def left_out(ridge: float) -> Doubles:
        found = np.zeros(outputs.shape)
        for fold in np.unique(folds):
            out = folds == fold
            near = _near(products[np.ix_(out, ~out)], ridge)
            for head, parts in zip(told, fitted(ridge, ~out, [*told]), strict=True):
                found[out, where[head.name]] = near @ parts
        return found

    added, best, chosen = np.zeros(outputs.shape), dict.fromkeys(told, 0.0), dict[Head, float]()
    for ridge, tried in zip(_RIDGES, together([partial(left_out, ridge) for ridge in _RIDGES]), strict=True):
        for head, mine in told.items():
            at, true = where[head.name], answers[head.name][mine]
            given, more = outputs[mine, at], tried[mine, at]
            gains = _losses(given, true) - _losses(given + more, true)
            sure = gains.mean() - _NOISE * gains.std() / np.sqrt(len(gains))
            if sure > best[head]:
                best[head], chosen[head], added[mine, at] = sure, ridge, more
    rows, bias = np.zeros((heard.shape[1], outputs.shape[1]), np.float32), np.zeros(outputs.shape[1], np.float32)
    for head, ridge in chosen.items():
        (parts,) = fitted(ridge, np.ones(len(heard), bool), [head])
        rows[:, where[head.name]], bias[where[head.name]] = features.T @ parts / ridge, parts.sum(axis=0) / _SHIFT
    return Residual(middle, spread, rows, bias), added


def _near(products: Floats, ridge: float) -> Floats:
    """Give products of rows whose length costs as much as any. A shift is what a feature weighs that all have."""
    return products / np.float32(ridge) + np.float32(1 / _SHIFT)


def _question(head: Head, answers: NDArray[np.int64], given: Floats) -> Question:
    """Put a head's question: what is to be added. A label that no correction has may stand in the outputs."""
    asked = question(head, answers, np.ones(len(answers)))
    return replace(asked, given=given, biased=False, never=np.zeros_like(asked.never))


def _shares(outputs: Doubles) -> Doubles:
    if outputs.shape[1] == 1:
        alone: Doubles = 1 / (1 + np.exp(-np.clip(outputs, -30, 30)))
        return alone
    raised = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    shares: Doubles = raised / raised.sum(axis=1, keepdims=True)
    return shares


def _losses(outputs: Doubles, answers: NDArray[np.int64]) -> Doubles:
    shares = np.clip(_shares(outputs), 1e-9, 1 - 1e-9)
    if outputs.shape[1] == 1:
        alone: Doubles = -np.log(np.where(answers == 1, shares[:, 0], 1 - shares[:, 0]))
        return alone
    losses: Doubles = -np.log(shares[np.arange(len(answers)), answers])
    return losses
