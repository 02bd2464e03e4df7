"""The local spool: where records wait, on this machine's disk, while the broker is away.

SQLite with a write-ahead log that is synced at each commit, so that a record is acknowledged only when a loss of power
would not lose it. One thread writes; all who wait when it comes round share one commit and one sync. Rows come out in
the order in which they went in, and go only when the broker has confirmed them: nothing is ever dropped for age or
size. A crash between the confirmation and the removal sends a record again: it has the same id, and the intake, which
knows what it has seen, drops the second one.

Source: SQLite, "Write-Ahead Logging".
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from ingest import spool_file
from ingest.spool_file import Spooled, Waiting, size_of
from ouvidor.errors import Unavailable
from ouvidor.metrics import SPOOL_BYTES, SPOOL_RECORDS

__all__ = ["Spool", "Spooled", "Waiting"]

_Work = Callable[[sqlite3.Connection], Any]


@dataclass(frozen=True, slots=True)
class _Job:
    """Work for the thread, who waits for it, and what follows whether or not anybody still does."""

    work: _Work
    future: "asyncio.Future[Any]"
    then: Callable[[bool], None]
    tidy: bool
    """Is the room to be given back that removed rows took?"""


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
            self.records, self.size = await self._do(spool_file.measure)
        except BaseException:
            await self.close()
            raise
        self._tell()

    async def put(self, records: Sequence[Waiting]) -> None:
        """Keep records at the end, in their order, with their blobs. On return they are on the disk.

        Raises `Unavailable`, or `Misconfigured` where the file is broken.
        """
        number, size = len(records), sum(size_of(output, blob) for output, blob in records)
        self._count(number, size)
        await self._do(
            lambda connection: spool_file.insert(connection, records),
            lambda done: None if done else self._count(-number, -size),
        )

    async def oldest(self, *, records: int = 1000, size: int = 8 * 2**20) -> list[Spooled]:
        """Give the first of those that wait: so many at most, and no more bytes than that, but always one."""
        found: list[Spooled] = await self._do(lambda connection: spool_file.select(connection, records, size))
        return found

    async def remove(self, records: Sequence[Spooled]) -> None:
        """Let go of what `oldest` gave: it is safe elsewhere."""
        number, size = len(records), sum(size_of(record.output, record.blob) for record in records)
        await self._do(
            lambda connection: spool_file.delete(connection, records[-1].place),
            lambda done: self._count(-number, -size) if done else None,
        )
        if not self.records:
            await self._do(lambda _: None, tidy=True)

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

    async def _do(self, work: _Work, then: Callable[[bool], None] = lambda _: None, *, tidy: bool = False) -> Any:  # noqa: ANN401
        if self._thread is None:
            raise Unavailable(f"spool {self.path}: it is closed")
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._jobs.put(_Job(work, future, then, tidy))
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
                    connection = spool_file.connect(self.path)
                connection.execute("BEGIN IMMEDIATE")
                results.extend(job.work(connection) for job in jobs)
                connection.execute("COMMIT")
                if any(job.tidy for job in jobs):
                    with contextlib.suppress(sqlite3.Error):  # a disk at fault tells so at the next commit
                        spool_file.tidy(connection)
            except Exception as found:  # noqa: BLE001 - whatever it is, those who wait must hear of it
                error = spool_file.as_ours(found, self.path)
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


def _settle(jobs: Sequence[_Job], results: Sequence[Any], error: BaseException | None) -> None:
    for number, job in enumerate(jobs):
        job.then(error is None)
        if job.future.done():
            continue
        if error is not None:
            job.future.set_exception(error)
        else:
            job.future.set_result(results[number])
