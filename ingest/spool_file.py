"""The spool's file: one table in SQLite, each row a record, its place its order.

Synced at each commit, owned by one process, readable by its owner alone; and what is removed is overwritten, in the
table and in the log, since these are customers' words.

Source: SQLite, "Write-Ahead Logging", "PRAGMA synchronous", "PRAGMA locking_mode", "PRAGMA secure_delete".
"""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.events import Output

__all__ = ["Spooled", "Waiting", "as_ours", "connect", "delete", "insert", "measure", "select", "size_of", "tidy"]

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS waiting (
  place INTEGER PRIMARY KEY AUTOINCREMENT,
  topic TEXT NOT NULL,
  size INTEGER NOT NULL,
  headers TEXT NOT NULL,
  key BLOB,
  value BLOB,
  blob BLOB
) STRICT
"""
_PRAGMAS: Final = (
    "PRAGMA locking_mode = EXCLUSIVE",  # a second process would drain the same rows in an order of its own
    "PRAGMA auto_vacuum = INCREMENTAL",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
)


@dataclass(frozen=True, slots=True)
class Spooled:
    """A record that waits, and the bytes to be put into the blob store before it is sent."""

    place: int
    """Its place in the order."""
    output: Output
    blob: bytes | None


Waiting = tuple[Output, bytes | None]
"""A record, and the bytes to be put into the blob store before it is sent."""


def connect(path: Path) -> sqlite3.Connection:
    """Open the file, or make it, and own it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    connection = sqlite3.connect(path, timeout=1, isolation_level=None, check_same_thread=False)
    try:
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        connection.execute(_SCHEMA)
    except BaseException:
        connection.close()
        raise
    return connection


def size_of(output: Output, blob: bytes | None) -> int:
    """Bytes that a record holds, headers aside."""
    return len(output.value or b"") + len(blob or b"")


def insert(connection: sqlite3.Connection, records: Sequence[Waiting]) -> None:
    """Add records at the end."""
    connection.executemany(
        "INSERT INTO waiting (topic, key, value, headers, blob, size) VALUES (?, ?, ?, ?, ?, ?)",
        (
            (
                output.topic,
                output.key,
                output.value,
                json.dumps([(name, value.decode("latin-1")) for name, value in output.headers]),
                blob,
                size_of(output, blob),
            )
            for output, blob in records
        ),
    )


def select(connection: sqlite3.Connection, records: int, size: int) -> list[Spooled]:
    """Give the first records: so many at most, and no more bytes than that, but always one."""
    found: list[Spooled] = []
    rows = connection.execute(
        "SELECT place, topic, key, value, headers, blob FROM waiting ORDER BY place LIMIT ?", (records,)
    )
    with closing(rows):
        for place, topic, key, value, headers, blob in rows:
            names = tuple((name, text.encode("latin-1")) for name, text in json.loads(headers))
            found.append(Spooled(place, Output(topic, value, key, names), blob))
            size -= size_of(found[-1].output, blob)
            if size <= 0:
                break
    return found


def delete(connection: sqlite3.Connection, last: int) -> None:
    """Remove all up to a place."""
    connection.execute("DELETE FROM waiting WHERE place <= ?", (last,))


def tidy(connection: sqlite3.Connection) -> None:
    """Give the room back that removed rows took, in the table and in the log. Not within a transaction."""
    connection.execute("PRAGMA incremental_vacuum").fetchall()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def measure(connection: sqlite3.Connection) -> tuple[int, int]:
    """Count records, and bytes of them."""
    records, size = connection.execute("SELECT count(*), coalesce(sum(size), 0) FROM waiting").fetchone()
    return records, size


def as_ours(error: Exception, path: Path) -> Misconfigured | Unavailable:
    """Name an error of the file by what to do about it."""
    if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
        return Misconfigured(
            f"spool {path}: {error}; move this file away (what waits in it comes back with `sqlite3 FILE .recover`) "
            "and start again"
        )
    return Unavailable(f"spool {path}: {type(error).__name__}: {error}")
