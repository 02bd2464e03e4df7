"""The header block of a mail or a part: found and taken apart, however broken it is.

Values stay bytes here, unfolded; what they mean is `headers.py`'s. A line that is no header ends the block, as if the
empty line before the body had been forgotten, unless more known headers follow: then it is skipped.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

__all__ = ["Head", "read_head"]

_MOST_BYTES: Final = 2**20
_MOST_LINES: Final = 5000
_HEADER: Final = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_KNOWN: Final = re.compile(
    rb"(?:content-[a-z-]+|mime-version|subject|from|to|cc|date|message-id|received|return-path|reply-to|x-[!-9;-~]+"
    rb"|in-reply-to|references|sender|dkim-signature|authentication-results|delivered-to)[ \t]*:",
    re.IGNORECASE,
)
_AHEAD: Final = 3
_BOM: Final = b"\xef\xbb\xbf"
_NOTHING: Final = re.compile(rb"(?:[ \t]*\r?\n)+")
_MOST_NOTHING: Final = 1000


@dataclass(slots=True)
class Head:
    """Headers in order: name in lower case, value as bytes."""

    fields: list[tuple[str, bytes]] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)

    def all(self, name: str) -> list[bytes]:
        """Give all values of a header."""
        return [value for its, value in self.fields if its == name]

    def first(self, name: str) -> bytes:
        """Give a header's first value; empty where there is none."""
        for its, value in self.fields:  # asked some forty times a mail: a generator would take twice as long
            if its == name:
                return value
        return b""

    def has(self, name: str) -> bool:
        """Tell whether the header is there."""
        return any(its == name for its, _ in self.fields)


def read_head(
    mail: bytes, start: int, end: int, *, is_end: Callable[[bytes], bool] = lambda _: False
) -> tuple[Head, int]:
    """Read the block that begins at `start`; give it, and where the body begins.

    Neither looks beyond `end`. A line of which `is_end` is true (a boundary) ends the block too.
    """
    if start == 0:
        start = _after_nothing(mail, end)
    lines = _Lines(mail, start, end)
    found: list[tuple[str, list[bytes]]] = []
    defects: list[str] = []
    body = end
    for at, line in lines:
        bare = line.rstrip(b"\r\n")
        if not bare:
            body = at + len(line)
            break
        if bare.startswith(b"--") and is_end(bare):
            body = at
            break
        header = _HEADER.match(bare)
        if bare[:1] in b" \t" and found:
            found[-1][1].append(bare.strip())
        elif header is not None:
            found.append((header[1].decode("ascii").lower(), [bare[header.end() :].strip()]))
        elif at == start and bare.startswith((b"From ", b">From ")):
            continue  # an mbox's own line
        elif bare.strip() and lines.known_ahead(at + len(line)):
            defects.append("cabeçalhos: há uma linha que não é um deles")
        else:
            defects.append("cabeçalhos: falta a linha em branco depois deles" if found else "cabeçalhos: nenhum")
            body = at
            break
    else:
        if lines.cut:
            defects.append(f"cabeçalhos: mais de {_MOST_BYTES} bytes ou {_MOST_LINES} linhas, o resto ficou de fora")
            body = lines.after()
    return Head([(name, b" ".join(filter(None, value))) for name, value in found], list(dict.fromkeys(defects))), body


def _after_nothing(mail: bytes, end: int) -> int:
    """Go past a byte order mark and empty lines before the first header; nowhere, if none comes."""
    at = len(_BOM) if mail.startswith(_BOM) else 0
    found = _NOTHING.match(mail, at, min(end, at + _MOST_NOTHING))
    begin = found.end() if found else at
    return begin if begin == at or _KNOWN.match(mail, begin, min(end, begin + 300)) else at


class _Lines:
    """The lines of a block, so many and no more."""

    def __init__(self, mail: bytes, start: int, end: int) -> None:
        self._mail, self._start, self._end = mail, start, end
        self._at = start
        self.cut = False

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        stop = min(self._end, self._start + _MOST_BYTES)
        count = 0
        while self._at < self._end:
            if count == _MOST_LINES or self._at >= stop:
                self.cut = True
                return
            at = self._at
            newline = self._mail.find(b"\n", at, self._end)
            self._at = self._end if newline < 0 else newline + 1
            count += 1
            yield at, self._mail[at : self._at]

    def known_ahead(self, at: int) -> bool:
        """Tell whether one of the next lines is a well-known header."""
        for _ in range(_AHEAD):
            if at >= self._end:
                return False
            if _KNOWN.match(self._mail, at, min(self._end, at + 300)):
                return True
            newline = self._mail.find(b"\n", at, self._end)
            if newline < 0 or not self._mail[at : newline + 1].strip():
                return False
            at = newline + 1
        return False

    def after(self) -> int:
        """Give the place after the next empty line."""
        found = re.compile(rb"\n\r?\n").search(self._mail, max(self._at - 2, 0), self._end)
        return found.end() if found else self._end
