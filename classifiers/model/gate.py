"""The gate: is a new model worse than the old one by more than noise? Pure: both models' verdicts in.

Both judged the same messages, so what is resampled is the message with both verdicts (a paired bootstrap): most of
what differs from sample to sample is then the same for both, and a fall of two points is seen where each figure alone
may be five points off. A figure falls where the whole interval of its change lies below nothing. What is critical and
called low is counted, not weighed: it never rises.

Where there is a slow lane, what decides is what the river says in the end, with it; the fast model's own figures stand
beside. Were each of them to decide too, twice as many good models were refused by chance.

Each figure has its own interval, and there are sixteen, so that of equally good models about one in ten is refused by
chance; the way on is more messages, or a promotion with a reason.

Source: Efron and Tibshirani 1993; Koehn 2004, paired bootstrap.
"""

from collections.abc import Iterator, Sequence
from typing import Final, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from classifiers.measurement import Row
from classifiers.report.intervals import resamples
from classifiers.report.tallies import figures_of, tally
from ouvidor.records import Verdict

__all__ = ["Change", "Comparison", "beside", "compare", "told"]

_SAMPLES: Final = 2000
_SEED: Final = 1
_LESS_IS_BETTER: Final = frozenset({"sent_without_need", "kind_calibration_error", "critical_called_low"})
_NEVER_RISES: Final = "critical_called_low"


class Change(BaseModel):
    """How a figure changes from the old model to the new, and where the change lies."""

    model_config = ConfigDict(frozen=True)

    figure: str
    old: float
    new: float
    low: float
    high: float
    falls: bool


class Comparison(BaseModel):
    """Two models on the same messages."""

    model_config = ConfigDict(frozen=True)

    messages: int
    confidence: float
    changes: tuple[Change, ...]
    lane: Literal["fast", "both"] = "fast"
    """Whose verdicts `changes` are of."""
    fast: tuple[Change, ...] = ()
    """Where they are both lanes': the fast one's alone."""

    @property
    def refused(self) -> tuple[str, ...]:
        """The figures for which the new model is refused."""
        return tuple(change.figure for change in self.changes if change.falls)


def compare(rows: Sequence[Row], old: Sequence[Verdict], new: Sequence[Verdict], confidence: float) -> Comparison:
    """Compare verdicts of two models on the same messages."""
    before, after = tally(rows, old), tally(rows, new)
    drawn = resamples(len(rows), _SAMPLES, _SEED)
    sampled_before, sampled_after = figures_of(drawn @ before), figures_of(drawn @ after)
    was, now = figures_of(before.sum(axis=0)), figures_of(after.sum(axis=0))
    edge = (1 - confidence) / 2
    changes = []
    for name, value in was.items():
        low, high = np.quantile(sampled_after[name] - sampled_before[name], (edge, 1 - edge)).tolist()
        worse = now[name] > value if name in _LESS_IS_BETTER else now[name] < value
        beyond = low > 0 if name in _LESS_IS_BETTER else high < 0
        changes.append(
            Change(
                figure=name,
                old=float(value),
                new=float(now[name]),
                low=low,
                high=high,
                falls=bool(worse and (beyond or name == _NEVER_RISES)),
            )
        )
    return Comparison(messages=len(rows), confidence=confidence, changes=tuple(changes))


def beside(both: Comparison, fast: Comparison) -> Comparison:
    """Give the comparison of both lanes, with the fast one's figures beside."""
    return both.model_copy(update={"lane": "both", "fast": fast.changes})


def told(comparison: Comparison) -> Iterator[str]:
    """Give a comparison as lines to read."""
    if comparison.fast:
        yield f"{'':<26}{'fast lane alone':>18}   {'both lanes':>18}"
    before = [f"{one.old:>9.3f}{one.new:>9.3f}   " for one in comparison.fast] or [""] * len(comparison.changes)
    heading = f"{'old':>9}{'new':>9}   " if comparison.fast else ""
    yield f"{'':<26}{heading}{'old':>9}{'new':>9}{'change':>9}   the change lies, at {comparison.confidence:.0%}"
    for one, quick in zip(comparison.changes, before, strict=True):
        mark = "  falls" if one.falls else ""
        yield (
            f"{one.figure:<26}{quick}{one.old:>9.3f}{one.new:>9.3f}{one.new - one.old:>+9.3f}"
            f"   from {one.low:+.3f} to {one.high:+.3f}{mark}"
        )
    refused = comparison.refused
    if alone := [one.figure for one in comparison.fast if one.falls and one.figure not in refused]:
        yield f"\nof the fast lane alone {', '.join(alone)} {_worse(alone)}; the slow one makes up for it"
    yield f"\non {comparison.messages} messages: " + (
        f"refused, for {', '.join(refused)} {_worse(refused)}" if refused else "nothing is worse by more than noise"
    )


def _worse(figures: Sequence[str]) -> str:
    return f"{'are' if len(figures) > 1 else 'is'} worse by more than noise"
