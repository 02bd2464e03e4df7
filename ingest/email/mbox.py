"""Mails in one file, each after a line that begins with `From `: read as a stream, in bounded memory.

Four dialects are in use. In `mboxo` and `mboxrd` a line of a mail that would look like a beginning has a `>` before it;
`mboxrd` adds one to lines that have some already, so that it can be undone. `mboxcl` counts a mail's bytes by
`Content-Length` besides, `mboxcl2` counts and quotes nothing. A count is believed only where the file is said to have
counts, and only where it ends at a beginning: any sender can put that header into a mail, and would swallow the next.

What is a beginning? After an empty line, and before a line that is a header's; with a date, or with nothing after
`From` (as newer Thunderbirds write it). Programs that forget the empty line are believed when they write the classic
date. "From 10:30 on…" within a letter is none, since no header follows.

Source: RFC 4155; qmail, mbox(5); Thunderbird's and Gmail's exports.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO, Final

__all__ = ["Dialect", "Found", "read_mbox"]

_CHUNK: Final = 2**20
_LONGEST_LINE: Final = 8 * 1024
_LONGEST_HEAD: Final = 256 * 1024
_BEGIN: Final = b"From "
_TIME: Final = re.compile(rb"\b\d{1,2}:\d\d\b")
_YEAR: Final = re.compile(rb"\b(?:19|20)\d\d\b")
_CLASSIC: Final = re.compile(rb"From \S+ +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d ")
_FIELD: Final = re.compile(rb"[!-9;-~]{1,100}[ \t]{0,10}:|>?From ")
_COUNT: Final = re.compile(rb"^content-length[ \t]{0,10}:[ \t]{0,10}(\d{1,18})[ \t\r]*$", re.IGNORECASE | re.MULTILINE)
_END_OF_HEAD: Final = re.compile(rb"\r?\n\r?\n")
_QUOTED_ONCE: Final = re.compile(rb"^>From ", re.MULTILINE)
_QUOTED: Final = re.compile(rb"^>(>*From )", re.MULTILINE)


class Dialect(StrEnum):
    """How lines that look like a beginning are kept apart from beginnings."""

    AUTO = "auto"
    MBOXO = "mboxo"
    MBOXRD = "mboxrd"
    MBOXCL = "mboxcl"
    MBOXCL2 = "mboxcl2"


@dataclass(frozen=True, slots=True)
class Found:
    """A mail of the file."""

    body: bytes
    """As it was sent: without the line before it, and without the quoting of `From `."""
    cut_from: int | None
    """How many bytes it had, where it was longer than what is kept."""
    end: int
    """Where in the stream the next one begins."""


def read_mbox(stream: BinaryIO, *, dialect: Dialect = Dialect.AUTO, largest: int, start: int = 0) -> Iterator[Found]:
    """Give the mails from the stream's place on, which is `start`. Of each, `largest` bytes are kept at most."""
    window = _Window(stream, start)
    counts = dialect in {Dialect.MBOXCL, Dialect.MBOXCL2}
    while window.fill(_LONGEST_LINE):
        window.drop(_first_line(window.data))
        kept: bytes | None = None
        length = (_counted(window, largest) if counts else None) or 0
        if not length:
            length, kept = _searched(window, largest)
        body = kept if kept is not None else bytes(memoryview(window.data)[: min(length, largest)])
        whole = length if kept is None else window.dropped + length
        window.drop(length)
        body, whole = _without_empty_line(body, whole)
        window.drop_empty_lines()
        if body.strip():
            yield Found(_unquoted(body, dialect), whole if whole > len(body) else None, window.place)
        window.dropped = 0


class _Window:
    """A part of the stream: the mail in hand, and a little of what follows."""

    def __init__(self, stream: BinaryIO, place: int) -> None:
        self._stream = stream
        self.data = bytearray()
        self.place = place
        """Where in the stream the window begins."""
        self.dropped = 0
        """Bytes of the mail in hand that were let go already."""
        self.ended = False

    def fill(self, size: int) -> bool:
        """Read on until the window has so many bytes, or all that there are. False: there are none."""
        while len(self.data) < size and not self.ended:
            chunk = self._stream.read(_CHUNK)
            self.ended = not chunk
            self.data += chunk
        return bool(self.data)

    def drop(self, size: int) -> None:
        """Let go of the first bytes."""
        self.place += min(size, len(self.data))
        del self.data[:size]

    def drop_empty_lines(self) -> None:
        """Let go of empty lines: they belong to no mail."""
        while self.fill(2) and (self.data[:1] == b"\n" or self.data[:2] == b"\r\n"):
            self.drop(1 if self.data[:1] == b"\n" else 2)


def _first_line(data: bytearray) -> int:
    """Measure the line that begins a mail; 0: the file does not begin with one, and its first mail begins at once."""
    end = data.find(b"\n", 0, _LONGEST_LINE)
    return end + 1 if data.startswith(_BEGIN) and end >= 0 else 0


def _counted(window: _Window, largest: int) -> int | None:
    """Measure a mail by its own count; None where there is none, or where no mail and no end follows."""
    window.fill(_LONGEST_HEAD)
    head = _END_OF_HEAD.search(window.data, 0, _LONGEST_HEAD)
    count = _COUNT.search(window.data, 0, head.end()) if head else None
    if head is None or count is None or (length := head.end() + int(count[1])) > largest:
        return None
    window.fill(length + len(_BEGIN) + 4)
    after = bytes(window.data[length : length + len(_BEGIN) + 4])
    return length if not after.strip() or after.lstrip(b"\r\n").startswith(_BEGIN) else None


def _searched(window: _Window, largest: int) -> tuple[int, bytes | None]:
    """Search the next beginning: how much of the window is the mail's; and what is kept, where that was let go."""
    kept: bytes | None = None
    place = 0
    while True:
        found = window.data.find(b"\n" + _BEGIN, place)
        if found >= 0:
            window.fill(found + 2 * _LONGEST_LINE)
            if _begins(window.data, found + 1):
                return found + 1, kept
            place = found + 1
            continue
        if window.ended:
            return len(window.data), kept
        place = max(place, len(window.data) - len(_BEGIN))
        if kept is None and place > largest + _CHUNK:
            kept = bytes(memoryview(window.data)[:largest])
        if kept is not None:
            spare = max(0, place - len(_BEGIN))  # the two lines' ends before a beginning are looked at
            window.drop(spare)
            window.dropped += spare
            place -= spare
        window.fill(len(window.data) + _CHUNK)


def _begins(data: bytearray, place: int) -> bool:
    """Tell whether a line that begins with `From ` begins a mail."""
    end = data.find(b"\n", place, place + _LONGEST_LINE)
    if end < 0:
        return False
    line = bytes(data[place:end])
    if not _FIELD.match(data, end + 1):
        return False
    if bytes(data[max(0, place - 3) : place]).endswith((b"\n\n", b"\n\r\n")) or place <= len(b"\r\n"):
        return not line[len(_BEGIN) :].strip() or bool(_TIME.search(line) and _YEAR.search(line))
    return _CLASSIC.match(line) is not None


def _without_empty_line(body: bytes, whole: int) -> tuple[bytes, int]:
    """Take away the one empty line that stands between two mails."""
    if whole == len(body):
        for ends in (b"\r\n\r\n", b"\n\n"):
            if body.endswith(ends):
                size = len(ends) // 2
                return body[:-size], whole - size
    return body, whole


def _unquoted(body: bytes, dialect: Dialect) -> bytes:
    if dialect is Dialect.MBOXCL2 or b">From " not in body:
        return body
    if dialect is Dialect.MBOXO:
        return _QUOTED_ONCE.sub(_BEGIN, body)
    return _QUOTED.sub(rb"\1", body)
