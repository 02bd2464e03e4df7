"""NDJSON: a file a department, a line an event, each once. What the demo ends in, and what any tool opens.

A batch's lines are appended and synced before its offsets are committed, so a batch may come again: lines that the
file has already are known by their event's id and left out (`sinks/ledger.py`), and a line that was torn by a crash is
cut off before the next is written. Processes that write one file take turns by a lock on it. Files are readable by
their owner alone: they hold what customers said.
"""

import os
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import BinaryIO

from ouvidor.errors import Unavailable
from ouvidor.files import sync_folder, take_lock
from sinks.ledger import Ledger

__all__ = ["Directory", "Line"]

_LOOK_AGAIN_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Line:
    """What is to stand in a file."""

    file: str
    """The file's name without its ending."""
    id: str
    """The event's."""
    text: bytes
    """With its end."""


class Directory:
    """The directory in which the files are."""

    def __init__(self, path: Path, *, patience: timedelta = timedelta(seconds=5)) -> None:
        """Take the directory, which is made at the first line, and how long another process's turn is waited for."""
        self._path = path
        self._patience = patience.total_seconds()
        self._ledgers: dict[str, Ledger] = {}

    def append(self, lines: Iterable[Line]) -> None:
        """Append the lines that are not there yet, in order, and sync. Raises `Unavailable` when the disk will not."""
        files: dict[str, list[Line]] = defaultdict(list)
        for line in lines:
            files[line.file].append(line)
        for name, its in files.items():
            path = self._path / f"{name}.ndjson"
            try:
                self._path.mkdir(parents=True, exist_ok=True, mode=0o700)
                with _locked(path, self._patience) as file:
                    _append(file, its, self._ledger(name))
            except (OSError, sqlite3.Error) as error:
                raise Unavailable(f"{path}: cannot be written: {error}") from error

    def _ledger(self, name: str) -> Ledger:
        """Give a file's ledger. Called with the file's lock held, so by one thread of one process at a time."""
        path = self._path / f".{name}.written"
        known = self._ledgers.get(name)
        if known is not None:
            if known.is_there:
                return known
            known.close()
        try:
            self._ledgers[name] = Ledger(path)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:  # spoilt
            Ledger.delete(path)
            self._ledgers[name] = Ledger(path)
        return self._ledgers[name]


def _append(file: BinaryIO, lines: Sequence[Line], ledger: Ledger) -> None:
    end = ledger.read_on(file)
    if end < os.fstat(file.fileno()).st_size:
        file.truncate(end)
    new = ledger.lacks(line.id for line in lines)
    fresh = {line.id: line.text for line in lines if line.id in new}  # twice in a batch is once, too
    if not fresh:
        return
    text = b"".join(fresh.values())
    file.seek(end)
    file.write(text)
    file.flush()
    os.fsync(file.fileno())
    ledger.add(fresh, os.fstat(file.fileno()).st_ino, end + len(text))


@contextmanager
def _locked(path: Path, patience: float) -> Iterator[BinaryIO]:
    """Open a file for reading and writing, for its owner alone, and hold its lock. Raises `Unavailable`."""
    give_up = monotonic() + patience
    while True:
        is_new = not path.exists()
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
            if is_new:
                sync_folder(path.parent)
            while not take_lock(file.fileno()):
                if monotonic() > give_up:
                    raise Unavailable(f"{path}: another process has held its lock for {patience:g} s")
                sleep(_LOOK_AGAIN_SECONDS)
            if _is_there(path, file):  # and was not rotated away while the lock was waited for
                yield file
                return


def _is_there(path: Path, file: BinaryIO) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False
