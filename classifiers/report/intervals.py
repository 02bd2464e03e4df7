"""How far a figure may be off: intervals at 95 %, so that nobody reads noise.

Shares get Wilson's interval, and their differences Newcombe's, made of two of them: both hold for a handful of
messages, where "plus or minus two standard errors" does not. What is no share (macro-F1, kappa) gets a bootstrap
over messages.

Source: Wilson 1927; Newcombe 1998, method 10; Efron and Tibshirani 1993, the percentile interval.
"""

from math import sqrt
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Interval", "differ", "resamples", "wilson"]

_Z: Final = 1.959964
Doubles = NDArray[np.float64]


class Interval(NamedTuple):
    """Where a figure lies, at 95 %."""

    low: float
    high: float


def wilson(hits: float, count: float) -> Interval:
    """Give the interval of a share; all of it where nothing was counted."""
    if count <= 0:
        return Interval(0.0, 1.0)
    share, square = hits / count, _Z * _Z
    middle = (share + square / (2 * count)) / (1 + square / count)
    reach = _Z / (1 + square / count) * sqrt(share * (1 - share) / count + square / (4 * count * count))
    return Interval(max(0.0, middle - reach), min(1.0, middle + reach))


def differ(hits: float, count: float, other_hits: float, other_count: float) -> bool:
    """Tell whether two shares, of different messages, differ by more than their noise."""
    if count <= 0 or other_count <= 0:
        return False
    share, other = hits / count, other_hits / other_count
    mine, theirs = wilson(hits, count), wilson(other_hits, other_count)
    difference = share - other
    low = difference - sqrt((share - mine.low) ** 2 + (theirs.high - other) ** 2)
    high = difference + sqrt((mine.high - share) ** 2 + (other - theirs.low) ** 2)
    return low > 0 or high < 0


def resamples(messages: int, times: int, seed: int) -> Doubles:
    """Give how often each message comes in each of so many samples drawn with replacement: samples by messages."""
    chance = np.random.default_rng(seed)
    drawn: Doubles = chance.multinomial(messages, np.full(messages, 1 / messages), size=times).astype(np.float64)
    return drawn
