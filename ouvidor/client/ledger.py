"""Which events were worked already: asked before a case is given, written before its offset is committed.

A feed has each event once, but a reader reads at least once: what was worked and not committed before a crash or a
rebalance comes again. So the ids are kept in a file, synced at each acknowledgement. Programs that share a group on
several machines need a place that all of them see: a `Ledger` over their own database, best in the transaction of their
work.

Source: SQLite, "Write-Ahead Logging", "PRAGMA synchronous".
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from time import time
from typing import Final, Protocol
from urllib.parse import quote

from ouvidor.client.reading import Unreadable
from ouvidor.errors import Misconfigured, Unavailable

__all__ = ["Ledger", "SqliteLedger", "default_path"]

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS done (event TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS unreadable (
  topic TEXT NOT NULL, partition INTEGER NOT NULL, "offset" INTEGER NOT NULL, event TEXT, type TEXT, why TEXT NOT NULL,
  at INTEGER NOT NULL, PRIMARY KEY (topic, partition, "offset")
) WITHOUT ROWID;
"""
_LOCKED_SECONDS: Final = 5.0
_REMEMBERED: Final = timedelta(days=400)
"""A feed's topic keeps a year: whoever reads it again from the beginning is given nothing twice."""


class Ledger(Protocol):
    """What a store of your own must be able to do. What any of these raises ends the loop; nothing is committed."""

    async def seen(self, event: str) -> bool:
        """Tell whether an event was worked."""

    async def done(self, event: str) -> None:
        """Keep that it was, durably; again is no fault."""

    async def keep(self, unreadable: Unreadable) -> None:
        """Keep where a record stands that could not be read, for a person; again is no fault."""


class SqliteLedger:
    """A file on this machine; several programs may have it open. It holds ids and places, and no customer's word."""

    def __init__(
        self, path: Path | str, *, remember: timedelta = _REMEMBERED, clock: Callable[[], float] = time
    ) -> None:
        self._path = Path(path)
        self._clock = clock
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Misconfigured(f"{self._path}: no ledger can be kept there: {error.strerror}") from error
        with self._guarded():
            self._file = sqlite3.connect(self._path, isolation_level=None, timeout=_LOCKED_SECONDS)
            self._file.execute("PRAGMA journal_mode = WAL")
            self._file.execute("PRAGMA synchronous = FULL")
            self._file.executescript(_SCHEMA)
            self._file.execute("DELETE FROM done WHERE at < ?", (self._clock() - remember.total_seconds(),))

    async def seen(self, event: str) -> bool:
        """Tell whether an event was worked."""
        with self._guarded():
            return self._file.execute("SELECT 1 FROM done WHERE event = ?", (event,)).fetchone() is not None

    async def done(self, event: str) -> None:
        """Keep that it was: synced to the disk."""
        with self._guarded():
            self._file.execute("INSERT OR IGNORE INTO done VALUES (?, ?)", (event, int(self._clock())))

    async def keep(self, unreadable: Unreadable) -> None:
        """Keep where a record stands that could not be read."""
        found = unreadable
        row = (found.topic, found.partition, found.offset, found.event, found.type, found.why, int(self._clock()))
        with self._guarded():
            self._file.execute("INSERT OR REPLACE INTO unreadable VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def unreadable(self) -> list[tuple[str, int, int, str]]:
        """Give topic, partition and offset of what could not be read, and why."""
        with self._guarded():
            return self._file.execute('SELECT topic, partition, "offset", why FROM unreadable ORDER BY at').fetchall()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise Unavailable(f"{self._path}: {error}; is its disk full, or another program at it?") from error
        except sqlite3.DatabaseError as error:
            raise Misconfigured(f"{self._path}: no ledger: {error}; move it away, or name another") from error


def default_path(name: str) -> Path:
    """Give where a ledger is where no file is named: among the user's state, by XDG's rule.

    `name`: the department's, or that of a group of its own, which is given every case once more.
    """
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "ouvidor" / f"{quote(name, safe='')}.sqlite"
