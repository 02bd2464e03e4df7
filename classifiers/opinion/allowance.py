"""How much may be asked, and when not at all: requests a minute, requests and tokens a day, and pauses that grow.

Pure: the time comes in, in seconds of any clock that only goes forward. Each process counts for itself; two processes
may spend twice. What is not asked costs nothing but the opinion.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

__all__ = ["Allowance", "Pause"]

_MINUTE: Final = 60.0
_DAY: Final = 86_400.0
_PAUSES: Final = (5.0, 15.0, 60.0, 300.0, 900.0)
_BROKEN_IN_A_ROW: Final = 5
_LONGEST: Final = 3600.0


@dataclass(slots=True)
class _Window:
    """A stretch of time, and how much of something was used in it."""

    seconds: float
    most: int
    began: float | None = None
    used: int = 0

    def has_room(self, now: float) -> bool:
        if self.began is None or now - self.began >= self.seconds:
            self.began, self.used = now, 0
        return self.used < self.most


@dataclass(slots=True)
class Allowance:
    """What may still be asked."""

    minute: _Window
    day: _Window
    tokens: _Window

    @classmethod
    def of(cls, most_per_minute: int, most_per_day: int, most_tokens_per_day: int) -> "Allowance":
        """Make one of limits."""
        return cls(_Window(_MINUTE, most_per_minute), _Window(_DAY, most_per_day), _Window(_DAY, most_tokens_per_day))

    def take(self, now: float) -> bool:
        """Take leave for one request, where there is room for it."""
        if not all([self.minute.has_room(now), self.day.has_room(now), self.tokens.has_room(now)]):
            return False
        self.minute.used += 1
        self.day.used += 1
        return True

    def spent(self, tokens: int) -> None:
        """Take note of what an answer cost."""
        self.tokens.used += tokens


@dataclass(slots=True)
class Pause:
    """Whether the server is left alone, and until when.

    One that is away is left alone at once, longer each time; one that answers nonsense after five answers of it.
    """

    failures: int = 0
    broken: int = 0
    until: float = field(default=float("-inf"))

    def is_over(self, now: float) -> bool:
        """Tell whether it may be asked."""
        return now >= self.until

    def away(self, now: float, retry_after: timedelta | None = None) -> float:
        """Take note that it is away, and give the pause in seconds."""
        pause = _PAUSES[min(self.failures, len(_PAUSES) - 1)]
        if retry_after is not None:
            pause = min(max(pause, retry_after.total_seconds()), _LONGEST)
        if self.is_over(now):  # what was asked at the same time fails for the same reason: it counts once
            self.failures += 1
        self.until = max(self.until, now + pause)
        return self.until - now

    def answered_nonsense(self, now: float) -> float:
        """Take note of an answer that is none; give the pause in seconds, if there is one."""
        self.broken += 1
        if self.broken < _BROKEN_IN_A_ROW:
            return 0.0
        return self.away(now)

    def answered(self) -> None:
        """Take note of an answer that holds an opinion."""
        self.failures = self.broken = 0
