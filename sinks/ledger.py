"""Which lines a file has: the ids of the events in it, in SQLite beside it, learnt from the file and from nothing else.

The file is the truth and this its index: it says up to which byte it has read the file, and before anything is looked
up it reads on from there. So it may lag behind (a crash between the two), be deleted (it is learnt anew) or be shared
by processes that take turns, and is right each time; and however long the file is, memory holds a batch. Where the file
was rotated away, it is a new file (another inode, or shorter), and the ids of the old one are still known. To have
everything written anew, delete both.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO
from weakref import finalize

from pydantic_core import from_json

__all__ = ["Ledger"]

_AT_ONCE = 10_000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS written (id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS read_to (one INTEGER PRIMARY KEY CHECK (one = 1), inode INTEGER, byte INTEGER);
INSERT OR IGNORE INTO read_to VALUES (1, 0, 0);
"""


class Ledger:
    """The index of one file. One process at a time, by a lock on the file that it indexes."""

    def __init__(self, path: Path) -> None:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        self._path = path
        self._inode = path.stat().st_ino
        self._base = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.close = finalize(self, self._base.close)  # at the latest when nobody has it any more
        # The machine's fall may cost the last entries, which are learnt again, and never the whole.
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("PRAGMA synchronous = NORMAL")
        self._base.executescript(_SCHEMA)

    @property
    def is_there(self) -> bool:
        """False when somebody deleted it."""
        try:
            return self._path.stat().st_ino == self._inode
        except FileNotFoundError:
            return False

    def read_on(self, file: BinaryIO) -> int:
        """Learn what the file has gained since it was last read. Gives where its last whole line ends."""
        about = os.fstat(file.fileno())
        inode, byte = self._base.execute("SELECT inode, byte FROM read_to").fetchone()
        if inode != about.st_ino or byte > about.st_size:
            byte = 0
        file.seek(byte)
        for ids, end in _learnt(file, byte):
            self.add(ids, about.st_ino, end)
            byte = end
        return int(byte)

    def lacks(self, ids: Iterable[str]) -> set[str]:
        """Give those that were never written."""
        known = "SELECT 1 FROM written WHERE id = ?"
        return {each for each in ids if self._base.execute(known, (each,)).fetchone() is None}

    def add(self, ids: Iterable[str], inode: int, byte: int) -> None:
        """Note that lines were written, and where the file ends."""
        self._base.execute("BEGIN IMMEDIATE")
        try:
            self._base.executemany("INSERT OR IGNORE INTO written VALUES (?)", [(each,) for each in ids])
            self._base.execute("UPDATE read_to SET inode = ?, byte = ?", (inode, byte))
        except BaseException:
            self._base.execute("ROLLBACK")
            raise
        self._base.execute("COMMIT")

    @staticmethod
    def delete(path: Path) -> None:
        """Delete one that is spoilt, to be learnt anew."""
        for ending in ("", "-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)


def _learnt(file: BinaryIO, byte: int) -> Iterator[tuple[list[str], int]]:
    """Give the ids of whole lines from here on, many at once, and where the last of them ends."""
    ids: list[str] = []
    for text in file:
        if not text.endswith(b"\n"):
            break  # torn: its writer fell before it came to the end
        byte += len(text)
        ids.append(_id(text))
        if len(ids) == _AT_ONCE:
            yield ids, byte
            ids = []
    yield ids, byte


def _id(text: bytes) -> str:
    """Give a line's event id; a line that is not ours has none, and is left alone."""
    try:
        return str(from_json(text)["ce"]["id"])
    except (ValueError, KeyError, TypeError):
        return ""
