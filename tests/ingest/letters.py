"""A network of our own for tests of the pull edge: letters on a shelf, read by their number on it."""

import asyncio
from dataclasses import dataclass, field

from ingest.adapter import Account, Adapter, Delivery, Fetched, Utterance
from ouvidor.records import Channel


@dataclass
class Shelf:
    """Letters, and what goes wrong on the way to them: each failure is raised once, by the next fetch."""

    letters: list[bytes] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    at_once: int = 3
    opened: list[bytes | None] = field(default_factory=list)
    closed: int = 0
    patience: float = 0.02
    hang: bool = False


class Reader:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._next = 0

    async def open(self, cursor: bytes | None) -> None:
        self._shelf.opened.append(cursor)
        self._next = int(cursor) if cursor is not None else 0

    async def fetch(self) -> Fetched:
        shelf = self._shelf
        if shelf.failures:
            raise shelf.failures.pop(0)
        if shelf.hang:
            await asyncio.Event().wait()
        found = shelf.letters[self._next : self._next + shelf.at_once]
        if not found:
            await asyncio.sleep(shelf.patience)
            return Fetched((), None)
        first = self._next
        self._next += len(found)
        deliveries = [Delivery(letter, "text/plain", own_id=str(first + place)) for place, letter in enumerate(found)]
        return Fetched(deliveries, str(self._next).encode())

    async def close(self) -> None:
        self._shelf.closed += 1


def adapter_of(shelf: Shelf) -> Adapter:
    return Adapter(
        channel=Channel.DESK,
        network="letter",
        settings=Account,
        read=lambda original: [Utterance(text=original.body.decode(), body=original.body.decode())],
        pull=lambda _: Reader(shelf),
    )
