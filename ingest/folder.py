"""A watched folder as a network that is asked: whole files only, each once, none changed or deleted.

A file is taken when its size and time of change stood still while we watched; a renamed one too, since some software
renames before it has written all. Names that begin with a dot or end in `.part`, `.tmp` and the like are still being
written. Symbolic links are not followed: who may drop files must not be able to publish others of this machine.

The cursor knows every file that lies in the folder, by 8 bytes of a hash. Beyond 4,000 files it forgets those whose
inode changed the longest ago, and what is older than they counts as read: so no clock is trusted before the folder is
that full, and the cursor stays small. The inode's time and not the contents', since a file that is moved in keeps the
latter. Should a file be given twice all the same (an old one of so full a folder whose rights were changed), its bytes
have the same id.
"""

import asyncio
import os
import stat
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b, sha256
from pathlib import Path
from time import monotonic
from typing import Final

import structlog

from ingest.adapter import Delivery, Fetched
from ouvidor.errors import Misconfigured, Unavailable

__all__ = ["FolderPull"]

_UNFINISHED: Final = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".filepart", ".swp", "~")
_KNOWN: Final = 4_000
_MOST_KNOWN: Final = 8_000
_MOST_TOLD: Final = 10_000
_MOST_AT_ONCE: Final = 100
_BYTES_AT_ONCE: Final = 8 * 2**20
_LARGEST_FILE: Final = 64 * 2**20
_LOOK_EVERY: Final = 0.5
_WAIT: Final = 30.0
_KEY: Final = 8
_HEAD: Final = struct.Struct(">cQ")
_VERSION: Final = b"1"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _File:
    """A file as it was seen."""

    name: str
    size: int
    modified_ns: int
    changed_ns: int

    @property
    def key(self) -> bytes:
        name = os.fsencode(self.name)
        return blake2b(b"%d/%d/%b" % (self.size, self.modified_ns, name), digest_size=_KEY).digest()


class FolderPull:
    """Gives the files of a folder that have a suffix, in the order in which they came."""

    def __init__(
        self,
        folder: Path,
        *,
        suffix: str,
        media_type: str,
        settle: timedelta = timedelta(seconds=2),
        hints: Mapping[str, str] | None = None,
        wait: float = _WAIT,
    ) -> None:
        """`hints` travel with each file, beside its name (`filename`); `wait` is for how long `fetch` looks."""
        self._folder = folder
        self._suffix = suffix.casefold()
        self._media_type = media_type
        self._settle = settle.total_seconds()
        self._hints = dict(hints or {})
        self._wait = wait
        self._known: set[bytes] = set()
        self._floor_ns = 0
        self._seen: dict[str, tuple[_File, float]] = {}
        self._told: set[str] = set()

    async def open(self, cursor: bytes | None) -> None:
        """Go on from what was read. Raises `Misconfigured` where there is no such folder."""
        self._known, self._floor_ns = _read_cursor(cursor)
        self._seen.clear()
        await asyncio.to_thread(self._list)

    async def fetch(self) -> Fetched:
        """Wait for files that stand still, and give them."""
        until = monotonic() + self._wait
        while True:
            there = await asyncio.to_thread(self._list)
            ready = self._still(there, monotonic())
            if ready:
                deliveries, taken = await asyncio.to_thread(self._take, ready)
                if taken:
                    self._remember(there, taken)
                    return Fetched(deliveries, _write_cursor(self._known, self._floor_ns))
            if monotonic() >= until:
                return Fetched((), None)
            await asyncio.sleep(min(_LOOK_EVERY, max(self._settle, 0.01)))

    async def close(self) -> None:
        """Nothing is open between two looks."""

    def _list(self) -> list[_File]:
        try:
            with os.scandir(self._folder) as entries:
                return sorted(self._files(entries), key=lambda file: (file.changed_ns, file.name))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise Misconfigured(f"{self._folder}: no such folder: make it, or mend `folder`") from error
        except PermissionError as error:
            raise Misconfigured(f"{self._folder}: we may not read this folder: give us read and execute") from error
        except OSError as error:
            raise Unavailable(f"{self._folder}: {error.strerror or type(error).__name__}") from error

    def _files(self, entries: Iterator[os.DirEntry[str]]) -> Iterator[_File]:
        for entry in entries:
            name = entry.name.casefold()
            if name.startswith(".") or name.endswith(_UNFINISHED):
                continue
            try:
                found = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue  # it was renamed or removed since
            if not stat.S_ISREG(found.st_mode):
                if stat.S_ISLNK(found.st_mode):
                    self._tell("a symbolic link is not followed", entry.name)
                continue
            if not name.endswith(self._suffix):
                self._tell(f"only files that end in {self._suffix} are read", entry.name)
                continue
            yield _File(entry.name, found.st_size, found.st_mtime_ns, found.st_ctime_ns)

    def _tell(self, words: str, name: str) -> None:
        """Tell once of a file that is passed over; its name may be a person's, so its hash stands for it."""
        if name not in self._told and len(self._told) < _MOST_TOLD:
            self._told.add(name)
            reference = sha256(os.fsencode(name)).hexdigest()[:12]
            _log.warning("file passed over", folder=str(self._folder), why=words, name_sha256=reference)

    def _still(self, there: list[_File], now: float) -> list[_File]:
        """Give the unread files that stood still while we watched, and go on watching the others."""
        watched = self._seen
        self._seen = {}
        ready = []
        for file in there:
            if file.key in self._known or file.changed_ns < self._floor_ns:
                continue
            before = watched.get(file.name)
            since = before[1] if before is not None and before[0] == file else now
            self._seen[file.name] = (file, since)
            if now - since >= self._settle:
                ready.append(file)
        return ready

    def _take(self, ready: list[_File]) -> tuple[list[Delivery], list[_File]]:
        deliveries: list[Delivery] = []
        taken: list[_File] = []
        size = 0
        for file in ready[:_MOST_AT_ONCE]:
            try:
                body = self._read(file)
            except OSError as error:
                self._tell(f"cannot be read: {error.strerror or type(error).__name__}", file.name)
                continue
            if body is None:
                continue
            hints = {**self._hints, "filename": file.name}
            if file.size > len(body):
                hints["cut"] = str(file.size)
            order = sha256(body).hexdigest()  # the same bytes under another name must come by the same partition
            deliveries.append(Delivery(body, self._media_type, order=order, hints=hints))
            taken.append(file)
            size += len(body)
            if size >= _BYTES_AT_ONCE:
                break
        return deliveries, taken

    def _read(self, file: _File) -> bytes | None:
        """Read a file; None where it is no longer as it was seen."""
        number = os.open(self._folder / file.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        with os.fdopen(number, "rb") as opened:
            body = opened.read(_LARGEST_FILE)
            now = os.fstat(number)
        whole = len(body) == min(file.size, _LARGEST_FILE)
        return body if whole and (now.st_size, now.st_mtime_ns) == (file.size, file.modified_ns) else None

    def _remember(self, there: list[_File], taken: list[_File]) -> None:
        """Know the files that were taken; forget those that are gone, and the oldest when there are too many."""
        self._known.update(file.key for file in taken)
        known = [file for file in there if file.key in self._known]
        if len(known) > _KNOWN:
            unread = (file.changed_ns for file in there if file.key not in self._known)
            oldest_unread = min((each for each in unread if each >= self._floor_ns), default=known[-1].changed_ns + 1)
            floor = min(known[-_KNOWN].changed_ns, oldest_unread)
            self._floor_ns = max(self._floor_ns, floor)
            known = [file for file in known if file.changed_ns >= self._floor_ns]
        if len(known) > _MOST_KNOWN:
            raise Misconfigured(
                f"{self._folder}: {len(known)} files came after one that cannot be read: see to its rights"
            )
        self._known = {file.key for file in known}


def _read_cursor(cursor: bytes | None) -> tuple[set[bytes], int]:
    if cursor is None:
        return set(), 0
    if len(cursor) < _HEAD.size or cursor[:1] != _VERSION or (len(cursor) - _HEAD.size) % _KEY:
        raise Misconfigured("the checkpoint of this folder was written by another version of Ouvidor: use that one")
    _, floor = _HEAD.unpack_from(cursor)
    return {cursor[at : at + _KEY] for at in range(_HEAD.size, len(cursor), _KEY)}, floor


def _write_cursor(known: set[bytes], floor: int) -> bytes:
    return _HEAD.pack(_VERSION, floor) + b"".join(sorted(known))
