"""The table in force: looked at again before each batch and every few seconds, exchanged whole or not at all.

A file is taken when its state has changed *and* it has stood still for half a second: an editor that writes in place
leaves half a table for an instant, which might even be a good one. What is broken leaves the old table in force, and is
told once, not at every look. The topics of new departments are made before the table that names them is in force, for a
record to a topic that is not there would hold its partition. Nothing here raises: the river never waits for a table.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, time
from typing import Final, TypeAlias

import structlog

from ouvidor import metrics
from ouvidor.errors import Misconfigured, OuvidorError
from ouvidor.events import Incoming
from ouvidor.health import Heart
from routers.compiled import Table
from routers.reading import read_table

__all__ = ["InForce", "has_stood_still", "state_of"]

_log = structlog.get_logger(__name__)

_STILL_SECONDS: Final = 0.5
_EVERY_SECONDS: Final = 2.0
_AGAIN_SECONDS: Final = 10.0
"""After something was away (the broker, when topics were to be made)."""
_WITHIN_SECONDS: Final = 5.0

_State: TypeAlias = tuple[int, int, int] | None


@dataclass(slots=True)
class InForce:
    """Holds the table in force. `prepare` is asked to make what a new table needs before it is in force."""

    path: Path | None
    prepare: Callable[[Table], Awaitable[None]]
    table: Table = field(init=False)
    _seen: _State = field(init=False)
    _not_before: float = field(init=False, default=0.0)
    _looking: asyncio.Lock = field(init=False, default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        """Read the table for the first time. Raises `Misconfigured` where it is broken: there is no old one."""
        self._seen = state_of(self.path)
        self.table = read_table(self.path)
        metrics.ROUTING_TABLE.labels(self.table.hash).set(1)

    async def look(self) -> None:
        """Exchange the table where its file has changed and is good."""
        if self._looking.locked():
            return
        async with self._looking:
            state = state_of(self.path)
            if state == self._seen or monotonic() < self._not_before:
                return
            if not has_stood_still(state):
                return
            await self._exchange(state)

    async def before(self, records: Sequence[Incoming]) -> Sequence[Incoming]:
        """Look before a batch; the records are left as they are."""
        await self.look()
        return records

    async def watch(self, heart: Heart) -> None:
        """Look every few seconds: a department's topic should be there before its first message is."""
        while True:
            await self.look()
            heart.beat()
            await asyncio.sleep(_EVERY_SECONDS)

    async def _exchange(self, state: _State) -> None:
        old = self.table
        try:
            new = await asyncio.to_thread(read_table, self.path)
            if new.hash == old.hash:
                self._seen = state
                return
            async with asyncio.timeout(_WITHIN_SECONDS):
                await self.prepare(new)
        except Exception as error:  # noqa: BLE001 - whatever it was, the old table stays in force
            self._refuse(error, state)
            return
        self._seen, self.table = state, new
        with suppress(KeyError):
            metrics.ROUTING_TABLE.remove(old.hash)
        metrics.ROUTING_TABLE.labels(new.hash).set(1)
        _log.info("routing table in force", hash=new.hash, was=old.hash, rules=len(new.rules), path=str(self.path))

    def _refuse(self, error: Exception, state: _State) -> None:
        """Tell it, once a change of the file; what was only away is tried again."""
        words = str(error) if isinstance(error, OuvidorError) and str(error) else type(error).__name__
        metrics.ROUTING_TABLE_FAILURES.inc()
        _log.warning("routing table refused, the old one stays in force", hash=self.table.hash, reason=words)
        if isinstance(error, Misconfigured):  # it needs a change of the file; the rest mends itself
            self._seen = state
        else:
            self._not_before = monotonic() + _AGAIN_SECONDS


def has_stood_still(state: _State) -> bool:
    """Tell whether a file of this state is no longer being written. Its time may lie ahead: clocks differ."""
    return state is None or abs(time() - state[0] / 1e9) >= _STILL_SECONDS


def state_of(path: Path | None) -> _State:
    """Tell a file's state; None: it is not there, or it is the table that comes with Ouvidor, which never changes."""
    try:
        found = path.stat() if path is not None else None
    except OSError:
        return None
    return None if found is None else (found.st_mtime_ns, found.st_size, found.st_ino)
