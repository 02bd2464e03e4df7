"""What a room offers to run: stages on the river, and tasks beside it (a mailbox that is read, a port that listens).

A room's `services(settings)` is found by the entry point `ouvidor.stages` and gives these by name; `ouvidor run ROOM`
runs all of a room, `ouvidor run ROOM.NAME` one of it.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ouvidor.events import Incoming, Output
from ouvidor.health import Heart

__all__ = ["Deed", "Function", "Memory", "Service", "Stage", "Task", "alone"]


class Memory(Protocol):
    """What a stage remembers of a partition: written in the transaction of the record that it was learnt from."""

    def get(self, key: bytes) -> bytes | None:
        """Give what is remembered, by this batch or earlier."""

    def put(self, key: bytes, value: bytes) -> None:
        """Remember. It holds if, and only if, the transaction is committed."""


class Deed(Protocol):
    """What must be done outside Kafka before the transaction: a blob written, a line appended. At least once."""


Function = Callable[[Incoming, Memory], Iterable[Output | Deed]]
"""What a stage does with a record: pure, in the loop's thread, in well under the session's timeout."""


def alone(function: Callable[[Incoming], Iterable[Output | Deed]]) -> Function:
    """Make a stage's function of one that remembers nothing."""

    def handle(record: Incoming, _: Memory) -> Iterable[Output | Deed]:
        return function(record)

    return handle


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage: input topics, and a function of a record. Its consumer group is the prefix and the name.

    Of what the function gives, an `Output` is sent; anything else is a deed, done by `perform` in the records' order
    before the transaction is committed. A deed may be done again after a failure: it must be idempotent.
    """

    name: str
    function: Function
    topics: Sequence[str] = ()
    pattern: str | None = None
    """A pattern of topics instead of `topics`: new ones are found while it runs."""
    prepare: Callable[[Sequence[Incoming]], Awaitable[Sequence[Incoming]]] | None = None
    """Does what takes time before the transaction: fetches what records only refer to (claim checks), judges slowly.

    It gives a record for each, in order; or for the first ones only, one at least, where all would take too long: the
    others are asked for again. `Unavailable` holds.
    """
    perform: Callable[[Sequence[Deed]], Awaitable[None]] | None = None
    open: Callable[[], Awaitable[object]] | None = None
    """Reads what is large before the group is joined, in the process that runs the stage. `Misconfigured` ends that."""
    close: Callable[[], Awaitable[None]] | None = None
    """Lets go of what `open`, `prepare` and `perform` hold. They may be called again after it."""
    from_now: bool = False
    """Does it begin with what comes where its group is new, instead of with all that its topics hold?"""
    remembers: str | None = None
    """The compacted topic that holds what `Memory` puts; the same number of partitions as the input."""
    forget_after_seconds: int | None = None
    """After this time what was remembered may go."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something that runs beside the river until it is cancelled; one that ends or raises is started again."""

    name: str
    run: Callable[[Heart], Awaitable[None]]


Service = Stage | Task
