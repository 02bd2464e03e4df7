"""Fetching the bytes of mails: several in a command, long ones in parts, and none that can stop the others.

Of every mail the first `PART` bytes are asked for, and of a long one part after part, until one is shorter than was
asked for. The announced size (RFC822.SIZE) plans the commands and nothing more: several servers announce wrong ones.

A mail that a server cannot give must not stop the mailbox. What is missing in an answer is asked for once more alone;
a mail that broke the connection is asked for alone from then on, and after `_BREAKS` breaks without any progress not at
all. A long mail's parts are kept over a broken connection: a UID's bytes never change.
"""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ingest.email.responses import Throttled
from ingest.email.session import Session
from ouvidor.errors import Unavailable

__all__ = ["PART", "Brought", "Download", "Mail", "groups"]

PART: Final = 2**20
_BREAKS: Final = 3

Key = tuple[str, int, int]
"""Folder, UIDVALIDITY and UID."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail's bytes. `announced` is how many it should have, where we have fewer."""

    uid: int
    body: bytes
    announced: int | None = None


@dataclass(slots=True)
class Brought:
    """What a round of fetching gave: mails in order; those that the server did not give; those that break it."""

    mails: list[Mail] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
    breaking: list[int] = field(default_factory=list)

    @property
    def done(self) -> list[int]:
        """All UIDs that this round decided on."""
        return [*(mail.uid for mail in self.mails), *self.missing, *self.breaking]


@dataclass(slots=True)
class _Begun:
    key: Key
    body: bytearray
    last: int


def groups(uids: Sequence[int], sizes: Mapping[int, int], *, alone: Collection[int] = ()) -> Iterator[list[int]]:
    """Part UIDs into commands of about `PART` bytes each; those in `alone`, and of unknown size, alone. Pure."""
    group: list[int] = []
    total = 0
    for uid in uids:
        size = min(sizes.get(uid, PART), PART)
        if group and (total + size > PART or uid in alone or group[-1] in alone):
            yield group
            group, total = [], 0
        group.append(uid)
        total += size
    if group:
        yield group


class Download:
    """Fetches for one account, over as many sessions as it takes."""

    def __init__(self, largest: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._largest = largest
        self._clock = clock
        self._breaks: Counter[Key] = Counter()
        self._begun: _Begun | None = None

    async def bring(
        self, session: Session, validity: int, uids: Sequence[int], sizes: Mapping[int, int], *, until: float
    ) -> Brought:
        """Fetch from the session's open folder, in order, until `until` on the clock; what is left is left."""
        folder = session.folder or ""
        brought = Brought()
        keys: dict[int, Key] = {uid: (folder, validity, uid) for uid in uids}
        breakers = [uid for uid in uids if self._breaks[keys[uid]] >= _BREAKS]
        brought.breaking += breakers
        alone = [uid for uid in uids if self._breaks[keys[uid]]]
        for group in groups([uid for uid in uids if uid not in breakers], sizes, alone=alone):
            firsts = await self._ask(session, [keys[uid] for uid in group])
            for uid in group:
                if uid not in firsts and len(group) > 1:
                    firsts |= await self._ask(session, [keys[uid]])
                if uid not in firsts:
                    brought.missing.append(uid)
                    continue
                mail = await self._complete(session, keys[uid], firsts.pop(uid), sizes.get(uid, 0), until)
                if mail is None:
                    return brought
                brought.mails.append(mail)
            if self._clock() >= until:
                return brought
        return brought

    async def _ask(self, session: Session, keys: Sequence[Key]) -> dict[int, bytes]:
        """Fetch the first part of each, or what was fetched of it before."""
        if self._begun is not None and [self._begun.key] == list(keys):
            return {keys[0][2]: b""}
        try:
            items = await session.bodies([key[2] for key in keys], offset=0, size=PART)
        except Throttled:
            raise
        except Unavailable:
            self._breaks.update(keys)
            raise
        return {uid: item.body or b"" for uid, item in items.items()}

    async def _complete(self, session: Session, key: Key, first: bytes, announced: int, until: float) -> Mail | None:
        """Fetch the rest of a mail. None: the time is over; it goes on from here the next time."""
        begun = self._begun if self._begun is not None and self._begun.key == key else None
        if begun is None:
            begun = _Begun(key, bytearray(first), len(first))
        while not self._is_complete(begun, announced):
            self._begun = begun
            if self._clock() >= until:
                return None
            try:
                items = await session.bodies([key[2]], offset=len(begun.body), size=PART)
            except Throttled:
                raise
            except Unavailable:
                self._breaks.update([key])
                raise
            self._breaks.pop(key, None)
            item = items.get(key[2])
            if item is None or not item.body:
                break  # it ends here: the announced size was wrong, or another client deleted it meanwhile
            if item.origin is None:  # a server that knows no parts: this is all of it
                begun.body = bytearray(item.body)
                break
            begun.body += item.body
            begun.last = len(item.body)
        self._begun = None
        self._breaks.pop(key, None)
        cut = len(begun.body) > self._largest or (announced > len(begun.body) and begun.last == PART)
        return Mail(key[2], bytes(memoryview(begun.body)[: self._largest]), announced if cut else None)

    def _is_complete(self, begun: _Begun, announced: int) -> bool:
        if len(begun.body) >= self._largest:
            return True
        return begun.last < PART and len(begun.body) >= announced
