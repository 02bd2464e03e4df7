"""Lines as they come: all that are there already at once, none of them kept waiting for one that is not.

Many messages are judged together faster than one by one, above all by a slow model; but who types a line, or whose
program waits for its answer, must not wait until many are there. A thread reads, and what it has read when we ask is
a gust.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from queue import SimpleQueue
from threading import BoundedSemaphore, Thread
from typing import Final

__all__ = ["gusts"]

_MOST: Final = 256


def gusts(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Give lines in their order. What goes wrong while reading is raised when all before it were given."""
    read: SimpleQueue[bytes | BaseException | None] = SimpleQueue()
    room = BoundedSemaphore(2 * _MOST)

    def reading() -> None:
        try:
            for line in lines:
                room.acquire()
                read.put(line)
        except BaseException as error:  # noqa: BLE001 - whoever takes the lines is told
            read.put(error)
        else:
            read.put(None)

    Thread(target=reading, name="lines", daemon=True).start()
    last: bytes | BaseException | None = b""
    while isinstance(last, bytes):
        gust: list[bytes] = []
        for last in islice(_ready(read), _MOST):
            if isinstance(last, bytes):
                gust.append(last)
                room.release()
        if gust:
            yield gust
    if last is not None:
        raise last


def _ready(read: "SimpleQueue[bytes | BaseException | None]") -> Iterator[bytes | BaseException | None]:
    """Wait for one, then give what is there."""
    yield read.get()
    while not read.empty():
        yield read.get()
