"""One fetch: mails are brought a few at once, until its time or its room is over.

An API tells no mail's size beforehand. So of each only its share of the room is loaded beside others, and one that is
longer is loaded alone, whole: no more than the room, again the room, and one longest mail are in memory.

A mail that cannot be given (its answer breaks off, is a page of HTML, a 500 of its own) is asked for once more, alone,
and then set aside: it stops no other.
What makes the whole server unavailable (throttling, a refused token) ends the round; what came before it is given all
the same, since a server that throttles after thirty calls would else never let us get on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from ingest.email.rest.api import Body, Broken
from ouvidor.errors import OuvidorError

__all__ = ["Bring", "Letter", "Round"]

_SHARE_WITHIN: Final = 20.0
_ALONE_WITHIN: Final = 60.0
"""With the round's own time, a wait and a list, less than the edge's for a fetch."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it is listed."""

    id: str
    folder: str
    when: str = ""
    """When it arrived, in ISO 8601, where the list tells it."""
    message_id: str = ""


Bring = Callable[[Letter, int, float], Awaitable[Body | None]]
"""Loads a mail: so many bytes at most, within so many seconds. None: it is no more, or not ours to read."""


@dataclass(slots=True)
class Round:
    """What a fetch brings."""

    bring_one: Bring
    at_once: int
    room: int
    largest: int
    until: float
    clock: Callable[[], float]
    mails: list[tuple[Letter, Body]] = field(default_factory=list)
    gone: list[Letter] = field(default_factory=list)
    failing: list[Letter] = field(default_factory=list)
    stopped: OuvidorError | None = None
    _share: int = 0

    def __post_init__(self) -> None:
        """Part the room."""
        self._share = min(max(self.room // self.at_once, 65536), self.largest)

    @property
    def is_over(self) -> bool:
        """Is it time to give what there is?"""
        return self.stopped is not None or self.room <= 0 or self.clock() >= self.until

    async def bring(self, letters: Sequence[Letter]) -> list[Letter]:
        """Bring mails in order; give those that were decided on. The rest is for the next round."""
        done: list[Letter] = []
        for begin in range(0, len(letters), self.at_once):
            group = letters[begin : begin + self.at_once]
            if self.is_over and (done or self.mails or self.stopped):
                break
            found = await asyncio.gather(
                *(self.bring_one(each, self._share, _SHARE_WITHIN) for each in group), return_exceptions=True
            )
            for letter, result in zip(group, found, strict=True):
                if await self._decide(letter, result):
                    done.append(letter)
        return done

    async def _decide(self, letter: Letter, found: Body | BaseException | None) -> bool:
        cut = isinstance(found, Body) and not found.complete and self._share < self.largest
        if cut or isinstance(found, Broken):
            if self.is_over and (self.mails or self.failing or self.stopped):
                return False
            try:
                found = await self.bring_one(letter, self.largest, _ALONE_WITHIN)
            except OuvidorError as error:
                found = error
        match found:
            case Broken():
                self.failing.append(letter)
            case OuvidorError():
                self.stopped = self.stopped or found
                return False
            case BaseException():
                raise found
            case None:
                self.gone.append(letter)
            case Body():
                self.mails.append((letter, found))
                self.room -= len(found.content)
        return True
