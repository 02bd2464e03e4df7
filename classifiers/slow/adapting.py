"""What a house's corrections add to the slow model: for each head a shift, and a direction in the encoder's space.

Nothing is tuned: upon both models' outputs, which for a correction are those of models that never saw it, a residual is
fitted with a ridge. How strong the ridge is, and whether there is a residual at all, the corrections decide among
themselves, five folds of them: where they teach nothing, the model stays what it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from classifiers.model.heads import Head, places
from classifiers.slow.base import Floats
from classifiers.slow.stacking import Doubles

__all__ = ["Residual", "adapt"]

_RIDGES: Final = (3000.0, 1000.0, 300.0, 100.0, 30.0)
_SHIFT: Final = 4.0
"""How much a label's shift costs, in corrections: so many of one label only begin to move it."""
_LEAST: Final = 20
_NOISE: Final = 0.5
"""Of the gain's standard error: what gains less may be chance."""


@dataclass(frozen=True, slots=True)
class Residual:
    """What is added to the outputs: (row - middle) / spread, times rows, and a bias."""

    middle: Floats
    spread: Floats
    rows: Floats
    bias: Floats

    def __call__(self, heard: Floats) -> Doubles:
        """Give what is added for rows of the encoder's."""
        return ((heard - self.middle) / self.spread @ self.rows + self.bias).astype(np.float64)


def adapt(
    asked: Sequence[Head],
    heard: Floats,
    outputs: Doubles,
    answers: Mapping[str, NDArray[np.int64]],
    folds: NDArray[np.int64],
) -> tuple[Residual, Doubles]:
    """Fit on corrections; give also what is added to each by a residual that had not seen it."""
    middle, spread = heard.mean(axis=0), np.maximum(heard.std(axis=0), 1e-6)
    features = ((heard - middle) / spread).astype(np.float64)
    where = places(tuple(asked))
    rows, bias = np.zeros((heard.shape[1], outputs.shape[1])), np.zeros(outputs.shape[1])
    added = np.zeros(outputs.shape)
    for head in asked:
        at, true = where[head.name], answers[head.name]
        told = true >= 0
        if told.sum() < _LEAST:
            continue
        given, kept, chosen = outputs[told][:, at], folds[told], None
        before, best = _losses(given, true[told]), 0.0
        for ridge in _RIDGES:
            tried = np.zeros(given.shape)
            for fold in set(kept.tolist()):
                out = kept == fold
                weights, shift = _fit(features[told][~out], given[~out], true[told][~out], ridge)
                tried[out] = features[told][out] @ weights + shift
            gains = before - _losses(given + tried, true[told])
            sure = gains.mean() - _NOISE * gains.std() / np.sqrt(len(gains))
            if sure > best:
                best, chosen = sure, ridge
                added[np.ix_(told, np.arange(at.start, at.stop))] = tried
        if chosen is not None:
            rows[:, at], bias[at] = _fit(features[told], given, true[told], chosen)
    return Residual(middle, spread, rows.astype(np.float32), bias.astype(np.float32)), added


def _truth(columns: int, answers: NDArray[np.int64]) -> Doubles:
    return answers[:, None].astype(float) if columns == 1 else np.eye(columns)[answers]


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


def _fit(features: Doubles, given: Doubles, answers: NDArray[np.int64], ridge: float) -> tuple[Doubles, Doubles]:
    from scipy.optimize import minimize  # noqa: PLC0415 - training only

    true, columns = _truth(given.shape[1], answers), given.shape[1]

    def lost(now: Doubles) -> tuple[float, Doubles]:
        weights, shift = now[columns:].reshape(-1, columns), now[:columns]
        outputs = given + features @ weights + shift
        loss = _losses(outputs, answers).sum() + ridge * (weights**2).sum() / 2 + _SHIFT * (shift**2).sum() / 2
        wrong = _shares(outputs) - true
        slope = np.concatenate([wrong.sum(axis=0) + _SHIFT * shift, (features.T @ wrong + ridge * weights).ravel()])
        return float(loss), slope

    found: Any = minimize(
        lost, np.zeros(columns * (1 + features.shape[1])), jac=True, method="L-BFGS-B", options={"maxiter": 60}
    )
    return found.x[columns:].reshape(-1, columns), found.x[:columns]
