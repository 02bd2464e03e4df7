"""The least loss of each head, found on messages' products with each other: L-BFGS in the space of their features.

What a head weighs is a sum of the messages' features, so what is looked for is how much of each message is in it. A
vector is kept as these parts, and as the outputs that it gives: inner products need no more, and a step's outputs are
known before it is taken. The slope behind a step costs the one product of matrices, which all heads share; they share
nothing else, so that each goes steps of its own length by what it remembers itself, and leaves when it has arrived.

Source: Nocedal and Wright 2006, algorithm 7.4.
"""

from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

__all__ = ["Question", "least"]

_MEMORY: Final = 10
_ROUNDS: Final = 300
_FLAT: Final = 0.5
"""Of some thousand messages: an output is then within 0.03 of where it would come to rest."""
_TRIES: Final = 8
_FALLEN: Final = 0.4
"""A step ends where the slope along it is at most this share of what it began with, up or down."""
_FURTHER: Final = 4.0
"""How many times longer the next try may be where a step is too short."""
_INSIDE: Final = 0.1
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Question:
    """A head: of each message how much its answer weighs, and what it is (a row of zeros and ones)."""

    alone: bool
    """One output, yes or no."""
    weights: Floats
    truth: Floats
    never: NDArray[np.bool_]
    """Labels that nobody ever gave: never said."""
    given: Floats | float = 0.0
    """What is added to the outputs."""
    biased: bool = True

    def wrong(self, outputs: Floats) -> Floats:
        """Give the loss's slope by each output."""
        outputs = outputs + self.given
        if self.alone:
            shares = expit(outputs)
        else:
            outputs = np.where(self.never, np.float32(-np.inf), outputs)
            raised = np.exp(outputs - outputs.max(axis=1, keepdims=True))
            shares = raised / raised.sum(axis=1, keepdims=True)
        slopes: Floats = self.weights * (shares - self.truth)
        return slopes


@dataclass(frozen=True, slots=True)
class _Vector:
    parts: Floats
    outputs: Floats
    bias: Floats

    def plus(self, other: "_Vector", times: float = 1.0) -> "_Vector":
        by = np.float32(times)
        return _Vector(self.parts + by * other.parts, self.outputs + by * other.outputs, self.bias + by * other.bias)

    def times(self, by: float) -> "_Vector":
        return _Vector(*(np.float32(by) * each for each in (self.parts, self.outputs, self.bias)))

    def by(self, other: "_Vector") -> float:
        return float(np.vdot(self.parts, other.outputs) + np.vdot(self.bias, other.bias))


_Search = Generator[Floats, Floats, tuple[Floats, Floats]]


def least(products: Floats, questions: Sequence[Question], flat: float = _FLAT) -> list[tuple[Floats, Floats]]:
    """Give for each question how much of each message is in its weights, and its biases, which cost nothing.

    `flat`: how long the slope may be where a search ends; the loss is then half of its square from the least at most.
    """
    searches = [_search(question, flat) for question in questions]
    asking = {place: next(search) for place, search in enumerate(searches)}
    found: dict[int, tuple[Floats, Floats]] = {}
    while asking:
        ends = np.cumsum([wrong.shape[1] for wrong in asking.values()])[:-1]
        answers = np.split(products @ np.hstack([*asking.values()]), ends, axis=1)
        for place, answer in zip([*asking], answers, strict=True):
            try:
                asking[place] = searches[place].send(np.ascontiguousarray(answer))
            except StopIteration as ended:
                found[place] = ended.value
                del asking[place]
    return [found[place] for place in range(len(questions))]


def _search(question: Question, flat: float) -> _Search:
    """Search; yields columns, and wants their products with all messages."""
    nothing = np.zeros_like(question.truth)
    at, wrong = _Vector(nothing, nothing, nothing[0]), question.wrong(nothing)
    slope = _slope(question, at, wrong, (yield wrong))
    memory: deque[tuple[_Vector, _Vector, float]] = deque(maxlen=_MEMORY)
    for _ in range(_ROUNDS):
        if slope.by(slope) <= flat**2:
            break
        step = _direction(slope, memory)
        length, wrong = _along(question, at, step, slope.by(step))
        step = step.times(length)
        at = at.plus(step)
        fresh = _slope(question, at, wrong, (yield wrong))
        change = fresh.plus(slope, -1.0)
        if (bend := step.by(change)) > 0:
            memory.append((step, change, 1 / bend))
        slope = fresh
    return at.parts, at.bias


def _slope(question: Question, at: _Vector, wrong: Floats, products: Floats) -> _Vector:
    """Give the loss's slope. Lengths are held down, biases are not."""
    return _Vector(at.parts + wrong, at.outputs + products, wrong.sum(axis=0) * np.float32(question.biased))


def _direction(slope: _Vector, memory: deque[tuple[_Vector, _Vector, float]]) -> _Vector:
    """Give the way down, by what earlier steps changed."""
    if not memory:
        return slope.times(-1 / slope.by(slope) ** 0.5)
    way, weighed = slope.times(-1.0), list[float]()
    for step, change, worth in reversed(memory):
        weighed.append(worth * way.by(step))
        way = way.plus(change, -weighed[-1])
    _, change, worth = memory[-1]
    way = way.times(1 / (worth * change.by(change)))
    for (step, change, worth), weight in zip(memory, reversed(weighed), strict=True):
        way = way.plus(step, weight - worth * way.by(change))
    return way


def _along(question: Question, at: _Vector, step: _Vector, begin: float) -> tuple[float, Floats]:
    """Find where the slope along a step has all but vanished: how far that is, and the outputs' slopes there."""
    pull, stretch = (float(np.vdot(one.parts, step.outputs)) for one in (at, step))
    now, more = at.outputs + at.bias, step.outputs + step.bias
    low, high, length = (0.0, begin), None, 1.0
    for _ in range(_TRIES):
        tried, wrong = length, question.wrong(now + np.float32(length) * more)
        slope = pull + tried * stretch + float(np.vdot(wrong, more))
        if abs(slope) <= -_FALLEN * begin:
            break
        if slope > 0:
            high = (tried, slope)
        elif high is None:
            rise = (slope - low[1]) / (tried - low[0])
            length = min(tried - slope / rise, _FURTHER * tried) if rise > 0 else _FURTHER * tried
            low = (tried, slope)
            continue
        else:
            low = (tried, slope)
        share = low[1] / (low[1] - high[1])
        length = low[0] + (high[0] - low[0]) * min(max(share, _INSIDE), 1 - _INSIDE)
    return tried, wrong
