"""The local spool: where records wait, on this machine's disk, while the broker is away.

SQLite with a write-ahead log that is synced at each commit, so that a record is acknowledged only when a loss of power
would not lose it. One thread writes; all who wait when it comes round share one commit and one sync. Rows come out in
the order in which they went in, and go only when the broker has confirmed them: nothing is ever dropped for age or
size. A crash between the confirmation and the removal sends a record again: it has the same id, and the intake, which
knows what it has seen, drops the second one.

What is removed is overwritten, since these are customers' words.

Source: SQLite, "Write-Ahead Logging", "PRAGMA synchronous", "PRAGMA locking_mode".
"""

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final

from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.events import Output
from ouvidor.metrics import SPOOL_BYTES, SPOOL_RECORDS

__all__ = ["Spool", "Spooled", "Waiting"]

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
_Work = Callable[[sqlite3.Connection], Any]


@dataclass(frozen=True, slots=True)
class _Job:
    """Work for the thread, who waits for it, and what follows whether or not anybody still does."""

    work: _Work
    future: "asyncio.Future[Any]"
    then: Callable[[bool], None] = lambda _: None


class Spool:
    """Records that wait, in order. Used from one event loop."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.records = 0
        """How many wait, those among them that are being written at this moment."""
        self.size = 0
        """Bytes of them."""
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread: Thread | None = None

    async def open(self) -> None:
        """Open the file, or make it.

        Raises `Unavailable` where another process has it, `Misconfigured` where it is broken.
        """
        self._thread = Thread(target=self._write, args=(asyncio.get_running_loop(),), name="spool", daemon=True)
        self._thread.start()
        try:
            self.records, self.size = await self._do(_measure)
        except BaseException:
            await self.close()
            raise
        self._tell()

    async def put(self, records: Sequence[Waiting]) -> None:
        """Keep records at the end, in their order, with their blobs. On return they are on the disk.

        Raises `Unavailable`, or `Misconfigured` where the file is broken.
        """
        number, size = len(records), sum(_size(output, blob) for output, blob in records)
        self._count(number, size)
        await self._do(
            lambda connection: _insert(connection, records), lambda done: None if done else self._count(-number, -size)
        )

    async def oldest(self, *, records: int = 1000, size: int = 8 * 2**20) -> list[Spooled]:
        """Give the first of those that wait: so many at most, and no more bytes than that, but always one."""
        found: list[Spooled] = await self._do(lambda connection: _select(connection, records, size))
        return found

    async def remove(self, records: Sequence[Spooled]) -> None:
        """Let go of what `oldest` gave: it is safe elsewhere."""
        number, size = len(records), sum(_size(record.output, record.blob) for record in records)
        await self._do(
            lambda connection: _delete(connection, records[-1].place),
            lambda done: self._count(-number, -size) if done else None,
        )
        if not self.records:
            await self._do(_shrink)

    async def close(self) -> None:
        """Finish what was begun, and close the file."""
        if self._thread is not None:
            self._jobs.put(None)
            await asyncio.to_thread(self._thread.join)
            self._thread = None

    def _count(self, records: int, size: int) -> None:
        self.records += records
        self.size += size
        self._tell()

    def _tell(self) -> None:
        SPOOL_RECORDS.set(self.records)
        SPOOL_BYTES.set(self.size)

    async def _do(self, work: _Work, then: Callable[[bool], None] = lambda _: None) -> Any:  # noqa: ANN401
        if self._thread is None:
            raise Unavailable(f"spool {self.path}: it is closed")
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._jobs.put(_Job(work, future, then))
        return await future

    def _write(self, loop: asyncio.AbstractEventLoop) -> None:
        """Do the jobs, in the thread: all that wait in one transaction."""
        connection: sqlite3.Connection | None = None
        while True:
            jobs, last = self._take()
            results: list[Any] = []
            error: BaseException | None = None
            try:
                if connection is None:
                    connection = _connect(self.path)
                connection.execute("BEGIN IMMEDIATE")
                results.extend(job.work(connection) for job in jobs)
                connection.execute("COMMIT")
            except Exception as found:  # noqa: BLE001 - whatever it is, those who wait must hear of it
                error = _as_ours(found, self.path)
                if connection is not None:
                    with contextlib.suppress(sqlite3.Error):  # what failed is told already; most have rolled back
                        connection.execute("ROLLBACK")
            with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile: nobody waits any more
                loop.call_soon_threadsafe(_settle, jobs, results, error)
            if last:
                break
        if connection is not None:
            connection.close()

    def _take(self) -> tuple[list[_Job], bool]:
        jobs: list[_Job] = []
        job = self._jobs.get()
        while job is not None:
            jobs.append(job)
            try:
                job = self._jobs.get_nowait()
            except Empty:
                return jobs, False
        return jobs, True


def _connect(path: Path) -> sqlite3.Connection:
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


def _settle(jobs: Sequence[_Job], results: Sequence[Any], error: BaseException | None) -> None:
    for number, job in enumerate(jobs):
        job.then(error is None)
        if job.future.done():
            continue
        if error is not None:
            job.future.set_exception(error)
        else:
            job.future.set_result(results[number])


def _size(output: Output, blob: bytes | None) -> int:
    """Bytes that a record holds, headers aside."""
    return len(output.value or b"") + len(blob or b"")


def _insert(connection: sqlite3.Connection, records: Sequence[Waiting]) -> None:
    connection.executemany(
        "INSERT INTO waiting (topic, key, value, headers, blob, size) VALUES (?, ?, ?, ?, ?, ?)",
        (
            (
                output.topic,
                output.key,
                output.value,
                json.dumps([(name, value.decode("latin-1")) for name, value in output.headers]),
                blob,
                _size(output, blob),
            )
            for output, blob in records
        ),
    )


def _select(connection: sqlite3.Connection, records: int, size: int) -> list[Spooled]:
    found: list[Spooled] = []
    rows = connection.execute(
        "SELECT place, topic, key, value, headers, blob FROM waiting ORDER BY place LIMIT ?", (records,)
    )
    with contextlib.closing(rows):
        for place, topic, key, value, headers, blob in rows:
            names = tuple((name, text.encode("latin-1")) for name, text in json.loads(headers))
            found.append(Spooled(place, Output(topic, value, key, names), blob))
            size -= _size(found[-1].output, blob)
            if size <= 0:
                break
    return found


def _delete(connection: sqlite3.Connection, last: int) -> None:
    connection.execute("DELETE FROM waiting WHERE place <= ?", (last,))


def _shrink(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA incremental_vacuum").fetchall()


def _measure(connection: sqlite3.Connection) -> tuple[int, int]:
    records, size = connection.execute("SELECT count(*), coalesce(sum(size), 0) FROM waiting").fetchone()
    return records, size


def _as_ours(error: Exception, path: Path) -> Misconfigured | Unavailable:
    if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
        return Misconfigured(
            f"spool {path}: {error}; move this file away (what waits in it comes back with `sqlite3 FILE .recover`) "
            "and start again"
        )
    return Unavailable(f"spool {path}: {type(error).__name__}: {error}")
