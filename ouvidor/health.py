"""Is it alive, is it ready: judged by progress, not by an event loop that still turns.

Each service has a `Heart`. It is alive while it makes progress, or has nothing to do; it is ready after its first
success (group joined, mailbox open, port listening).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic

__all__ = ["Heart", "Pulse"]


@dataclass(slots=True)
class Heart:
    """One service's sign of life."""

    name: str
    clock: Callable[[], float] = monotonic
    patience: timedelta = timedelta(seconds=90)
    """How long it may have work waiting without progress."""
    ready: bool = False
    _progress: float = field(init=False)
    _waiting_since: float | None = field(init=False, default=None)
    trouble: str | None = None

    def __post_init__(self) -> None:
        """Start with patience."""
        self._progress = self.clock()

    def beat(self) -> None:
        """Tell of progress: a batch committed, a mailbox searched, a look at an empty topic."""
        self._progress = self.clock()
        self._waiting_since = None
        self.trouble = None
        self.ready = True

    def wait(self, trouble: str | None = None) -> None:
        """Tell of work that waits; `trouble` says for what, without personal data."""
        if self._waiting_since is None:
            self._waiting_since = self.clock()
        if trouble is not None:
            self.trouble = trouble

    @property
    def alive(self) -> bool:
        """False when it has had work for longer than its patience, and no progress."""
        if self._waiting_since is None:
            return True
        return self.clock() - max(self._waiting_since, self._progress) < self.patience.total_seconds()


@dataclass(slots=True)
class Pulse:
    """All hearts of a process."""

    hearts: list[Heart] = field(default_factory=list)

    def heart(self, name: str) -> Heart:
        """Give a new service its heart."""
        heart = Heart(name)
        self.hearts.append(heart)
        return heart

    @property
    def alive(self) -> bool:
        """Is every service alive?"""
        return all(heart.alive for heart in self.hearts)

    @property
    def ready(self) -> bool:
        """Is every service ready? Not before there is one."""
        return bool(self.hearts) and all(heart.ready for heart in self.hearts)
