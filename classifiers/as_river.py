"""What the river says of messages in the end: the fast verdict, or the slow lane's where a message waits for it.

Unlike `Lanes.judge`, which asks the slow lane about all that is not settled: on the river who tells of danger does not
wait (`waiting.py`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from classifiers.judge import Judged
from classifiers.lanes import Lanes
from classifiers.waiting import is_pressing
from ouvidor.records import Verdict

__all__ = ["Told", "as_river"]

_AT_ONCE: Final = 64


@dataclass(frozen=True, slots=True)
class Told:
    """Verdicts on the same messages."""

    fast: Sequence[Verdict]
    last: Sequence[Verdict]
    """With the slow lane behind it."""


def as_river(lanes: Lanes, said: Sequence[Judged], tell: Callable[[int, int], None] = lambda *_: None) -> Told:
    """Judge messages as the river does. `tell`: how many the slow lane has judged, and how many there are for it."""
    fast = lanes.cascade.judge_all(said)
    last = [*fast]
    if lanes.slow is not None:
        waiting = [at for at, verdict in enumerate(fast) if not lanes.settles(verdict) and not is_pressing(verdict)]
        for begin in range(0, len(waiting), _AT_ONCE):
            tell(begin, len(waiting))
            some = waiting[begin : begin + _AT_ONCE]
            for at, verdict in zip(some, lanes.slow.judge([said[at] for at in some], lanes.version), strict=True):
                last[at] = verdict
        tell(len(waiting), len(waiting))
    return Told(fast, last)
