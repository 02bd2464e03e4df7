"""When a delivery is tried again: ten tries over 76 hours, so that a destination may be away for three days.

Pauses only ever grow by chance, never shrink: what failed together does not come back together, and the last try is
never before the 76th hour. A receiver may ask for more time, not for less, and for a day at most.

Source: Standard Webhooks 1.0, "Deliverability and reliability".
"""

from datetime import datetime, timedelta
from typing import Final

__all__ = ["LONGEST_ASKED", "TRIES", "next_try"]

_PAUSES: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24, minutes=25),
)
TRIES: Final = len(_PAUSES) + 1
LONGEST_ASKED: Final = timedelta(days=1)
_JITTER: Final = 0.1


def next_try(tries: int, now: datetime, *, chance: float, asked: timedelta | None = None) -> datetime | None:
    """Give the moment of the next try after so many; None after the last. `chance` is from 0 to 1."""
    if tries >= TRIES:
        return None
    pause = _PAUSES[max(tries, 1) - 1] * (1 + _JITTER * chance)
    if asked is not None:
        pause = max(pause, min(asked, LONGEST_ASKED))
    return now + pause
