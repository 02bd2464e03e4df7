"""Putting the fast and the slow model's outputs together: for each head a weight for either, a shift for each label.

So few numbers, because they are fitted on some two thousand messages in life's shares, judged by models that saw none
of that hand: more numbers would learn those hands. Flags share their weights, and what the rules said counts too. The
areas' weights are given, not fitted: no other hand writes of the same areas, so left-out outputs say nothing of them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from classifiers.model.heads import ALONE, Head, places
from ouvidor.records import Flag, Verdict

__all__ = ["Doubles", "Stack", "fit_stack", "spoken_of", "stacked"]

_FLAGS: Final = "flags"
_RIDGE: Final = 1e-3
_AREA: Final = (1.0, 0.5)
Doubles = NDArray[np.float64]


class Stack(BaseModel):
    """What is made of two models' outputs. Flags stand under one name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fast: Mapping[str, float]
    slow: Mapping[str, float]
    shifts: Mapping[str, tuple[float, ...]]
    spoken: float
    """What a rule adds that raised the flag."""


def spoken_of(verdicts: Sequence[Verdict]) -> Doubles:
    """Tell which flags the rules raised: a row for each verdict."""
    return np.array([[float(flag in verdict.flags) for flag in Flag] for verdict in verdicts]).reshape(-1, len(Flag))


def stacked(stack: Stack, asked: Sequence[Head], fast: Doubles, slow: Doubles, spoken: Doubles) -> Doubles:
    """Give the outputs of both together, in the heads' places."""
    where, found = places(tuple(asked)), np.zeros(fast.shape)
    for head in asked:
        at, name = where[head.name], _FLAGS if head.name in ALONE else head.name
        found[:, at] = stack.fast[name] * fast[:, at] + stack.slow[name] * slow[:, at] + np.array(stack.shifts[name])
    found[:, where[ALONE[0]].start : where[ALONE[-1]].stop] += stack.spoken * spoken
    return found


def fit_stack(  # noqa: PLR0917 - two models' outputs and the truth
    asked: Sequence[Head],
    fast: Doubles,
    slow: Doubles,
    spoken: Doubles,
    answers: Mapping[str, NDArray[np.int64]],
    rows: NDArray[np.bool_],
) -> Stack:
    """Fit on some rows."""
    where = places(tuple(asked))
    given, other, shifts = dict[str, float](), dict[str, float](), dict[str, tuple[float, ...]]()
    for head in asked:
        if head.name == "area":
            (given[head.name], other[head.name]), shifts[head.name] = _AREA, (0.0,) * len(head.labels)
        elif head.name not in ALONE:
            told = rows & (answers[head.name] >= 0)
            at = where[head.name]
            found = _fit(fast[told][:, at], slow[told][:, at], np.zeros((told.sum(), 1)), answers[head.name][told])
            given[head.name], other[head.name], shifts[head.name] = found[0], found[1], tuple(found[3:])
    flags = slice(where[ALONE[0]].start, where[ALONE[-1]].stop)
    true = np.column_stack([answers[name] for name in ALONE])
    told = rows & (true[:, 0] >= 0)
    quick, deep, rules = (part[told].reshape(-1, 1) for part in (fast[:, flags], slow[:, flags], spoken))
    found = _fit(quick, deep, rules, true[told].ravel())
    given[_FLAGS], other[_FLAGS], shifts[_FLAGS] = found[0], found[1], tuple(found[3:])
    return Stack(fast=given, slow=other, shifts=shifts, spoken=found[2])


def _fit(fast: Doubles, slow: Doubles, spoken: Doubles, answers: NDArray[np.int64]) -> list[float]:
    """Give the two weights, the rules' and the shifts that make the answers likeliest. One column: yes or no."""
    from scipy.optimize import minimize  # noqa: PLC0415 - training only

    alone = fast.shape[1] == 1
    true = answers[:, None].astype(float) if alone else np.eye(fast.shape[1])[answers]

    def lost(now: Doubles) -> tuple[float, Doubles]:
        outputs = now[0] * fast + now[1] * slow + now[2] * spoken + now[3:]
        if alone:
            loss = np.logaddexp(0, outputs) - true * outputs
            wrong = 1 / (1 + np.exp(-outputs)) - true
        else:
            top = outputs.max(axis=1, keepdims=True)
            logs = outputs - top - np.log(np.exp(outputs - top).sum(axis=1, keepdims=True))
            loss, wrong = -(true * logs).sum(axis=1), np.exp(logs) - true
        slope = np.array([(wrong * fast).sum(), (wrong * slow).sum(), (wrong * spoken).sum(), *wrong.sum(axis=0)])
        pull = now - begin
        return float(loss.mean() + _RIDGE * (pull**2).sum()), slope / len(true) + 2 * _RIDGE * pull

    begin = np.zeros(3 + fast.shape[1])
    begin[:2] = 0.5
    found: Any = minimize(lost, begin, jac=True, method="L-BFGS-B")
    return [round(float(one), 4) for one in found.x]
