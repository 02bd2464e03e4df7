"""Mails that lie in files: single ones (`.eml`, `.msg`), mailboxes in one file, Maildirs; any of them compressed.

What a file is, its first bytes say: names differ with every program. A folder is walked in the order of its names, so
that two walks of the same files give the same mails in the same order, and an import can go on where it ended.

A Maildir is one mailbox: the folders below it (drafts, sent and deleted mail among them) are read when they are named.

A Maildir's file is renamed when its mail is read, so what counts is its name without the flags; and where it has gone
meanwhile, it is looked for under its new name.

Source: Dovecot, "Maildir mailbox format"; [MS-CFB] 2.2 (the first bytes of a `.msg`); RFC 1952 (of gzip).
"""

import gzip
import io
import os
import stat
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

from ingest.email.mbox import Dialect, read_mbox
from ouvidor.errors import Rejected

__all__ = ["MSG", "RFC822", "Archive", "Filed", "Unit", "fingerprint", "mails", "open_archive"]

_GZIP: Final = b"\x1f\x8b"
_MSG: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MBOX: Final = b"From "
_FIRST_BYTES: Final = 8
_NAMED: Final = (".eml", ".msg", ".mbox", ".mbx", ".eml.gz", ".msg.gz", ".mbox.gz", ".mbx.gz")
_MAILDIR: Final = ("cur", "new")
_INTERNAL: Final = b"DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA"
_HEAD: Final = 4096
_TAIL: Final = 4096

RFC822: Final = "message/rfc822"
MSG: Final = "application/vnd.ms-outlook"


@dataclass(frozen=True, slots=True)
class Unit:
    """A file to read."""

    path: str
    size: int
    """Bytes on the disk."""
    maildir: bool = False

    @property
    def name(self) -> str:
        """Its name, which stays when a Maildir's mail is read."""
        name = os.path.basename(self.path)  # noqa: PTH119 - a Path for each of a million files would cost seconds
        return name.partition(":")[0] if self.maildir else name


@dataclass(frozen=True, slots=True)
class Filed:
    """A mail of a file."""

    body: bytes
    media_type: str
    cut_from: int | None
    end: int
    """Where in the file's own bytes the next one begins; 0: nothing follows in it."""
    read: int
    """How far on the disk the file was read."""


@dataclass(slots=True)
class Archive:
    """All files, in their order, and what is none of them."""

    units: list[Unit] = field(default_factory=list)
    passed_over: list[tuple[str, str]] = field(default_factory=list)
    """What was not read, and why."""

    @property
    def size(self) -> int:
        """Bytes on the disk."""
        return sum(unit.size for unit in self.units)


def mails(unit: Unit, *, dialect: Dialect, largest: int, start: int = 0) -> Iterator[Filed]:
    """Read the mails of a file from a place on. Raises `OSError` where it cannot be read, or not to its end."""
    with _opened(unit) as raw:
        try:
            yield from _mails(raw, unit, dialect, largest, start)
        except (EOFError, zlib.error) as error:
            raise OSError(None, "it is compressed, and broken or cut off") from error


def fingerprint(unit: Unit, place: int) -> str:
    """Say what lies before a place in a file, so that it is known again though the file has grown since."""
    with _opened(unit) as raw:
        if _peek(raw).startswith(_GZIP):  # to look into it costs reading all before
            return f"gzip {unit.size}"
        digest = sha256(raw.read(min(_TAIL, place)))
        raw.seek(max(0, place - _TAIL))
        digest.update(raw.read(min(_TAIL, place)))
        return digest.hexdigest()[:32]


def _mails(raw: BinaryIO, unit: Unit, dialect: Dialect, largest: int, start: int) -> Iterator[Filed]:
    stream = raw
    if _peek(raw).startswith(_GZIP):
        stream = io.BufferedReader(gzip.GzipFile(fileobj=raw))
    first = _peek(stream)
    if first.startswith(_MBOX):
        stream.seek(start)  # of a compressed one Python reads what lies before, and forgets it
        for found in read_mbox(stream, dialect=dialect, largest=largest, start=start):
            if _INTERNAL not in found.body[:_HEAD]:
                yield Filed(found.body, RFC822, found.cut_from, found.end, raw.tell())
        return
    body = stream.read(largest)
    rest = sum(len(piece) for piece in iter(lambda: stream.read(2**20), b"")) if len(body) == largest else 0
    if body:
        media_type = MSG if first.startswith(_MSG) else RFC822
        yield Filed(body, media_type, len(body) + rest if rest else None, 0, unit.size)


def open_archive(paths: Sequence[Path]) -> Archive:
    """Find the files. Raises `Rejected` that names a path where there is nothing, or nothing that we may read."""
    archive = Archive()
    for path in paths:
        try:
            if not path.is_dir():
                archive.units.append(Unit(str(path), path.stat().st_size))
            elif all((path / each).is_dir() for each in _MAILDIR):
                _walk_maildir(path, archive)
            else:
                _walk(str(path), archive)
        except OSError as error:
            raise Rejected(f"{path}: cannot be read: {error.strerror or type(error).__name__}") from error
    return archive


def _walk(folder: str, archive: Archive) -> None:
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        folders: list[str] = []
        for entry in _entries(here):
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.path)
            else:
                _take(entry, archive)
        for each in reversed(folders):
            if all(os.path.isdir(os.path.join(each, name)) for name in _MAILDIR):  # noqa: PTH112, PTH118 - as above
                _walk_maildir(Path(each), archive)
            else:
                waiting.append(each)


def _take(entry: os.DirEntry[str], archive: Archive) -> None:
    """Take a file of a plain folder, where it is one of mails."""
    found = entry.stat(follow_symlinks=False)
    if not stat.S_ISREG(found.st_mode):
        archive.passed_over.append((entry.path, "no file"))
    elif not found.st_size:
        archive.passed_over.append((entry.path, "empty"))
    elif entry.name.casefold().endswith(_NAMED) or _begins_with(entry.path, _MBOX):
        archive.units.append(Unit(entry.path, found.st_size))
    else:
        archive.passed_over.append((entry.path, "no mail"))


def _walk_maildir(folder: Path, archive: Archive) -> None:
    found = [
        Unit(entry.path, entry.stat(follow_symlinks=False).st_size, maildir=True)
        for name in _MAILDIR
        for entry in _entries(str(folder / name))
        if not entry.name.startswith(".") and entry.is_file(follow_symlinks=False)
    ]
    archive.units += sorted(found, key=lambda unit: unit.name)
    archive.passed_over += [
        (entry.path, "another mailbox: to read it, name it")
        for entry in _entries(str(folder))
        if entry.is_dir(follow_symlinks=False) and entry.name not in {*_MAILDIR, "tmp"}
    ]


def _entries(folder: str) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _begins_with(path: str, words: bytes) -> bool:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - as above
            return file.read(len(words)) == words
    except OSError:
        return False


def _opened(unit: Unit) -> BinaryIO:
    try:
        return open(unit.path, "rb")  # noqa: PTH123 - it is closed by the caller
    except FileNotFoundError:
        if not unit.maildir:
            raise
    folder = Path(unit.path).parent.parent
    for name in _MAILDIR:
        for entry in _entries(str(folder / name)):
            if entry.name.partition(":")[0] == unit.name:
                return open(entry.path, "rb")  # noqa: PTH123 - the same
    raise FileNotFoundError(2, "it was moved or deleted meanwhile", unit.path)


def _peek(stream: BinaryIO) -> bytes:
    """Look at the first bytes of a file that was just opened."""
    found: bytes = stream.peek(_FIRST_BYTES)[:_FIRST_BYTES]  # type: ignore[attr-defined]  # all of ours are buffered
    return found
