"""What a partition has been through since it last made progress: how long it rests, and which record is to blame.

Some failures are one record's own, and name no offset: the broker refuses what it gives, or what is done outside Kafka
for its batch fails for good. The batch is halved until the record is alone; then it is condemned, and dead-lettered.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from aiokafka.errors import InvalidTopicError, MessageSizeTooLargeError, RecordListTooLargeError

from ouvidor.batch import Condemned
from ouvidor.errors import Rejected, Unavailable
from ouvidor.events import Incoming

__all__ = ["NEVER", "Trouble"]

# What will not go, however often it is tried: the record that brings it is found and condemned.
NEVER = (MessageSizeTooLargeError, RecordListTooLargeError, InvalidTopicError, Rejected)
_PAUSES = (0.1, 0.2, 0.5, 1, 2, 5)
# Halving a thousand records takes ten tries, one after the other. A search that takes more has gone wrong: slowly then.
_SEARCH = 24


@dataclass(slots=True)
class Trouble:
    """One partition's."""

    failures: int = 0
    not_before: float = 0.0
    offset: int = -1
    """The record at which it stands, and how often that was tried."""
    tries: int = 0
    chunk: int | None = None
    """How many records at once, while the one to blame is looked for."""
    chunk_until: int = -1
    condemned: dict[int, Condemned] = field(default_factory=dict)

    def next_chunk(self, records: Sequence[Incoming]) -> Sequence[Incoming]:
        """Give as many of the records as go into the next transaction."""
        if self.chunk is not None and records[0].offset > self.chunk_until:
            self.chunk = None
        return records[: self.chunk]

    def tried(self, offset: int) -> int:
        """Tell how often a record was tried before."""
        return self.tries if offset == self.offset else 0

    def progressed(self) -> None:
        """Take note of a commit."""
        self.failures = self.tries = 0
        self.condemned.clear()

    def failed(self, error: Exception, now: float, offset: int | None = None) -> float:
        """Take note of a failure, at a record where one is known, and give the pause in seconds."""
        if offset is not None:
            self.tries = self.tries + 1 if offset == self.offset else 1
            self.offset = offset
        pause: float = _PAUSES[min(self.failures, len(_PAUSES) - 1)]
        if isinstance(error, NEVER) and self.failures < _SEARCH:
            pause = 0.0
        if isinstance(error, Unavailable) and error.retry_after is not None:
            pause = max(pause, error.retry_after.total_seconds())
        self.failures += 1
        self.not_before = now + pause
        return pause

    def blame(self, chunk: Sequence[Incoming], error: Exception) -> None:
        """Halve the chunk that failed for good; a record that is alone is condemned.

        One that is condemned already has a dead letter that the broker refuses too: it gets one without its bytes.
        """
        if len(chunk) > 1:
            self.chunk = max(1, len(chunk) // 2)
            self.chunk_until = max(self.chunk_until, chunk[-1].offset)
            return
        offset = chunk[0].offset
        if isinstance(error, Rejected):
            verdict = error
        else:
            words = f"{type(error).__name__}: too large, or a topic's name is bad"
            verdict = Rejected(f"the broker refuses what this record gives: {words}")
        self.condemned[offset] = Condemned(verdict, whole=offset not in self.condemned)
        self.chunk = None
