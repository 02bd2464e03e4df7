"""What a stage remembers of a partition: true in a compacted topic, quick in a local file.

The topic (the changelog) is written in the transaction of the records from which the stage learnt; the same partition
number as the input's. The file (SQLite) is a cache of it and says up to which offset it holds it: whatever was
committed and not applied before a crash is read again under the next fence, and a file that is lost costs a longer
start, nothing else. So it may forget its last moments when the power fails, but never half of them: SQLite syncs it at
checkpoints alone ("NORMAL" with a write-ahead log), and a file found damaged is thrown away.

Two workers of one machine may have a partition's file open, one of them frozen since before the other took the fence:
who finds that the file is not where it left it has lost the partition.

Source: SQLite, "Write-Ahead Logging"; "PRAGMA synchronous".
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import time

from ouvidor.errors import Unavailable

__all__ = ["PartitionMemory", "Untold"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS remembered (key BLOB PRIMARY KEY, value BLOB NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS applied (one INTEGER PRIMARY KEY CHECK (one = 1), next INTEGER NOT NULL);
"""
_SWEEP_SECONDS = 3600
# SQLite waits in the loop's thread, and the group's heartbeats with it: much shorter than any session.
_LOCKED_SECONDS = 1.0


class Untold:
    """The memory of a stage that remembers nothing: asking it is a mistake in the stage."""

    def get(self, key: bytes) -> bytes | None:
        """Refuse."""
        raise LookupError(f"this stage remembers nothing: Stage.remembers is not set (asked for {len(key)} bytes)")

    def put(self, key: bytes, value: bytes) -> None:
        """Refuse."""
        raise LookupError(f"this stage remembers nothing: Stage.remembers is not set ({len(key)}, {len(value)} bytes)")

    def mark(self) -> int:
        """Nothing was put."""
        return 0

    def undo(self, mark: int) -> None:
        """Nothing is undone."""

    def told(self) -> list[tuple[bytes, bytes]]:
        """Nothing was put."""
        return []

    def apply(self, next_offset: int | None) -> None:
        """Nothing was put."""

    def drop(self) -> None:
        """Nothing was put."""

    def close(self) -> None:
        """Nothing is open."""


class PartitionMemory:
    """One partition's memory: what was committed, and over it what the batch in hand has put."""

    def __init__(self, path: Path, forget_after_seconds: int | None) -> None:
        self._forget_after = forget_after_seconds
        self._new: dict[bytes, bytes] = {}
        self._order: list[tuple[bytes, bytes | None]] = []  # each put, and what it hid: to undo a record's puts
        self._swept = 0.0
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        with self._guarded():
            self._file = sqlite3.connect(path, isolation_level=None, timeout=_LOCKED_SECONDS)
            try:
                self._file.execute("PRAGMA journal_mode = WAL")
                self._file.execute("PRAGMA synchronous = NORMAL")
                self._file.executescript(_SCHEMA)
                self._next = self._applied()
            except BaseException:
                self._file.close()
                raise

    def _applied(self) -> int:
        row = self._file.execute("SELECT next FROM applied").fetchone()
        return int(row[0]) if row else 0

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Hold the partition where the cache fails: it is never a record's fault."""
        try:
            yield
        except (sqlite3.OperationalError, sqlite3.ProgrammingError) as error:  # locked, disk full; closed meanwhile
            raise Unavailable(f"the cache {self._path.name} cannot be used: {error}") from error
        except sqlite3.DatabaseError as error:
            for suffix in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
            words = f"the cache {self._path.name} was damaged ({error}): it is made anew from the changelog"
            raise Unavailable(words) from error

    @property
    def next_offset(self) -> int:
        """The changelog's offset from which it is not yet applied."""
        return self._next

    def get(self, key: bytes) -> bytes | None:
        """Give what is remembered, by this batch or earlier."""
        if (new := self._new.get(key)) is not None:
            return new
        with self._guarded():
            row = self._file.execute("SELECT value, at FROM remembered WHERE key = ?", (key,)).fetchone()
        if row is None or (self._forget_after is not None and row[1] < time() - self._forget_after):
            return None
        return bytes(row[0])

    def put(self, key: bytes, value: bytes) -> None:
        """Remember. It holds if, and only if, the transaction is committed."""
        self._order.append((key, self._new.get(key)))
        self._new[key] = value

    def mark(self) -> int:
        """Give a point to which `undo` goes back."""
        return len(self._order)

    def undo(self, mark: int) -> None:
        """Forget what was put since the mark: its record was rejected."""
        while len(self._order) > mark:
            key, hidden = self._order.pop()
            if hidden is None:
                del self._new[key]
            else:
                self._new[key] = hidden

    def told(self) -> list[tuple[bytes, bytes]]:
        """Give what the changelog is to be told."""
        return list(self._new.items())

    def apply(self, next_offset: int | None) -> None:
        """Keep what was put: the transaction that told the changelog is committed, up to before this offset."""
        if next_offset is not None:
            now = int(time())
            self.replay(((key, value, now) for key, value in self._new.items()), next_offset)
        self.drop()

    def drop(self) -> None:
        """Forget what was put: the transaction was not committed."""
        self._new.clear()
        self._order.clear()

    def replay(self, rows: Iterable[tuple[bytes, bytes, int]], next_offset: int) -> None:
        """Take in what the changelog told (key, value, seconds of Unix time), up to before this offset."""
        with self._guarded():
            self._file.execute("BEGIN IMMEDIATE")
            try:
                self._take_in(rows, max(self._next, next_offset))
            except BaseException:
                self._file.execute("ROLLBACK")
                raise
            self._file.execute("COMMIT")
        self._next = max(self._next, next_offset)

    def _take_in(self, rows: Iterable[tuple[bytes, bytes, int]], next_offset: int) -> None:
        if self._applied() != self._next:
            raise Unavailable(f"the cache {self._path.name} was moved on by another worker: the partition is its")
        self._file.executemany(
            "INSERT INTO remembered VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value, "
            "at = excluded.at",
            rows,
        )
        self._file.execute(
            "INSERT INTO applied VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET next = excluded.next", (next_offset,)
        )
        now = time()
        if self._forget_after is not None and now - self._swept > _SWEEP_SECONDS:
            self._file.execute("DELETE FROM remembered WHERE at < ?", (now - self._forget_after,))
            self._swept = now

    def clear(self) -> None:
        """Begin anew: the changelog is not the one that the file was made from."""
        with self._guarded():
            self._file.executescript("BEGIN IMMEDIATE; DELETE FROM remembered; DELETE FROM applied; COMMIT;")
        self._next = 0

    def close(self) -> None:
        """Close the file."""
        self._file.close()
