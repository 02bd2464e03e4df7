"""The gate: is a new model worse than the old one by more than noise? Pure: both models' verdicts in.

Both judged the same messages, so what is resampled is the message with both verdicts (a paired bootstrap): most of
what differs from sample to sample is then the same for both, and a fall of two points is seen where each figure alone
may be five points off. A figure falls where the whole interval of its change lies below nothing. What is critical and
called low is counted, not weighed: it never rises.

Each figure has its own interval, and there are sixteen, so that of equally good models about one in ten is refused by
chance; the way on is more messages, or a promotion with a reason.

Source: Efron and Tibshirani 1993; Koehn 2004, paired bootstrap.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from pydantic import BaseModel, ConfigDict

from classifiers.measurement import Row
from classifiers.report.intervals import resamples
from classifiers.report.tallies import figures_of, tally
from ouvidor.records import Verdict

__all__ = ["Change", "Comparison", "compare", "told"]

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


def told(comparison: Comparison) -> Iterator[str]:
    """Give a comparison as lines to read."""
    yield f"{'':<26}{'old':>9}{'new':>9}{'change':>9}   the change lies, at {comparison.confidence:.0%}"
    for one in comparison.changes:
        mark = "  falls" if one.falls else ""
        yield (
            f"{one.figure:<26}{one.old:>9.3f}{one.new:>9.3f}{one.new - one.old:>+9.3f}"
            f"   from {one.low:+.3f} to {one.high:+.3f}{mark}"
        )
    refused = comparison.refused
    yield f"\non {comparison.messages} messages: " + (
        f"refused, for {', '.join(refused)} {'are' if len(refused) > 1 else 'is'} worse by more than noise"
        if refused
        else "nothing is worse by more than noise"
    )
