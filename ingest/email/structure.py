"""The parts of a mail: found in one pass over its lines, by places in its bytes and without copies.

Not the standard library's parser (`docs/decisions/0005-own-mime-reader.md` has the figures): its time
grows with lines times depth, it recurses once a level, and it turns the whole mail into strings first. Here every line
that begins with `--` is looked up once among the boundaries that are open, so an outer boundary always ends what is
inside it, and one that is the beginning of another is not mistaken for it.

What is deeper than `_DEEPEST` becomes a child of the part there; more parts than `_MOST_PARTS` are left in the
original. Both are told of in the defects.

Source: RFC 2046, 5.1.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from ingest.email.heads import Head, read_head
from ingest.email.params import read_parameters
from ingest.email.transfer import decode_transfer

__all__ = ["Part", "read_structure"]

_DEEPEST: Final = 60
_MOST_PARTS: Final = 2000
_MOST_WITHIN: Final = 3
_MOST_SNIFFS: Final = 5
_MANY_MISSES: Final = 1000
_MOST_AT_ONCE: Final = 100
_SNIFFED: Final = 64 * 1024
_LONGEST_LINE: Final = 1000
_TEXT: Final = "text/plain"
_MAIL: Final = "message/rfc822"
_KIND: Final = re.compile(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}")
_KINDS: Final = {  # what mailers write, and what they mean
    "text": "text/plain",
    "plain": "text/plain",
    "plain/text": "text/plain",
    "text/txt": "text/plain",
    "html": "text/html",
    "html/text": "text/html",
    "multipart": "multipart/mixed",
    "message/global": "message/rfc822",
    "message/news": "message/rfc822",
    "message/rfc822-headers": "text/rfc822-headers",
}
_HEADER: Final = re.compile(rb"(?:>?From [^\r\n]*\r?\n)?[!-9;-~]{1,100}[ \t]*:")
_BOUNDARY_IN_USE: Final = re.compile(rb"(?m)^--([^\r\n]{1,200}?)[ \t]*\r?\n(?=Content-|\r?\n)", re.IGNORECASE)


@dataclass(slots=True)
class Part:
    """A part: a leaf with bytes, or one that holds others (`multipart/*`, `message/rfc822`)."""

    mail: bytes = field(repr=False)
    head: Head
    start: int
    end: int
    media_type: str = _TEXT
    parameters: dict[str, str] = field(default_factory=dict)
    disposition: str = ""
    disposition_parameters: dict[str, str] = field(default_factory=dict)
    children: list["Part"] = field(default_factory=list)

    @property
    def raw(self) -> bytes:
        """The body as it was sent."""
        return self.mail[self.start : self.end]

    @property
    def encoding(self) -> str:
        """The transfer encoding."""
        value = self.head.first("content-transfer-encoding").decode("latin-1")
        return value.partition(";")[0].partition("(")[0].strip().strip("\"'").lower()

    def content(self) -> tuple[bytes, str | None]:
        """Decode the body; give what was wrong with its encoding, if anything."""
        return decode_transfer(self.raw, self.encoding)

    def walk(self) -> Iterator["Part"]:
        """Give this part and all within it."""
        yield self
        for child in self.children:
            yield from child.walk()


def read_structure(mail: bytes, *, within: int = 0) -> tuple[Part, list[str]]:
    """Take a mail apart. Gives its outermost part, and what is wrong with its structure. `within`: how many mails."""
    if b"\n" not in mail:
        mail = mail.replace(b"\r", b"\n")  # a Macintosh of the nineties
    reader = _Reader(mail)
    root = reader.read()
    defects = reader.defects
    for part in list(root.walk()):
        if part.media_type == _MAIL and not part.children:
            if within == _MOST_WITHIN:
                defects.append("estrutura: mensagens dentro de mensagens demais, a última ficou fechada")
                continue
            inner, its = read_structure(part.content()[0], within=within + 1)
            part.children.append(inner)
            defects += its
        elif (
            part.media_type.startswith("multipart/")
            and not part.children
            and _is_encoded(part)
            and within < _MOST_WITHIN
        ):
            defects.append(f"estrutura: {part.media_type} codificado inteiro")
            inner, its = read_structure(_restated(part), within=within + 1)
            part.children += inner.children
            defects += its
        elif part.media_type.startswith("multipart/") and not part.children:
            defects.append(f"estrutura: {part.media_type} sem partes, lido como texto")
            part.media_type = _TEXT
    return root, list(dict.fromkeys(defects))


def _is_encoded(part: Part) -> bool:
    """Tell whether a part that should hold others was encoded as a whole, which the standard forbids."""
    return part.encoding in {"base64", "quoted-printable"} and bool(part.parameters.get("boundary"))


def _restated(part: Part) -> bytes:
    """Give such a part decoded, with what its head says of it."""
    boundary = part.parameters["boundary"].replace('"', "")
    return f'Content-Type: {part.media_type}; boundary="{boundary}"\r\n\r\n'.encode() + part.content()[0]


@dataclass(slots=True)
class _Open:
    """A part that holds others, whose end was not seen yet. A mail in a mail has no boundary."""

    part: Part
    boundary: bytes | None


class _Reader:
    def __init__(self, mail: bytes) -> None:
        self._mail = mail
        self._containers: list[_Open] = []
        self._levels: dict[bytes, list[int]] = {}
        self._leaf: Part | None = None
        self._count = 0
        self._sniffs = 0
        self.defects: list[str] = []

    def read(self) -> Part:
        root, at = self._begin(0, _TEXT)
        misses = 0
        while (line := self._next(at, misses)) is not None:
            start, at = line
            misses += 1
            found = self._match(self._mail[start : min(at, start + _LONGEST_LINE)].rstrip())
            if found is None:
                continue
            level, is_last = found
            misses = 0
            self._end_above(level, start)
            container = self._containers[level]
            if is_last:
                self._end_boundary(container, level, start)
                continue
            if self._count == _MOST_PARTS:
                self.defects.append(f"estrutura: mais de {_MOST_PARTS} partes, as outras estão no original")
                break
            default = _MAIL if container.part.media_type == "multipart/digest" else _TEXT
            child, at = self._begin(at, default)
            container.part.children.append(child)
        self._end_above(-1, len(self._mail))
        return root

    def _next(self, at: int, misses: int) -> tuple[int, int] | None:
        """Find the next line that may be a boundary; after many that were none, only those that are."""
        if misses < _MANY_MISSES or len(self._levels) > _MOST_AT_ONCE:
            return _next_dashed(self._mail, at)
        names = b"|".join(re.escape(name) for name in self._levels)
        found = re.compile(rb"\n--(?:" + names + rb")").search(self._mail, at - 1)
        return _next_dashed(self._mail, found.start() + 1) if found and names else None

    def _begin(self, at: int, default: str) -> tuple[Part, int]:
        """Begin a part, and the mail that it is, and the part that is that mail's. Gives where to go on."""
        first, holder = None, None
        while True:
            self._count += 1
            head, body = read_head(self._mail, at, len(self._mail), is_end=self._is_delimiter)
            part = _part(self._mail, head, body, default)
            first = first or part
            if holder is not None:
                holder.children.append(part)
                self.defects += head.defects
            self._leaf = part
            if part.media_type.startswith("multipart/"):
                self._open(part)
            elif part.media_type == _MAIL and _begins_with_headers(self._mail, body) and self._has_room():
                self._containers.append(_Open(part, None))
                self._leaf = None
                holder, at, default = part, body, _TEXT
                continue
            return first, body

    def _has_room(self) -> bool:
        return len(self._containers) < _DEEPEST and self._count < _MOST_PARTS

    def _open(self, part: Part) -> None:
        boundary = part.parameters.get("boundary", "").encode("utf-8", "replace").strip()
        if self._sniffs < _MOST_SNIFFS and (not boundary or self._mail.find(b"--" + boundary, part.start) < 0):
            boundary = self._sniff(part) or boundary
        if not boundary:
            return
        if len(self._containers) >= _DEEPEST:
            self.defects.append(f"estrutura: mais de {_DEEPEST} níveis, os mais fundos foram achatados")
        else:
            self._containers.append(_Open(part, boundary))
            self._leaf = None
        self._levels.setdefault(boundary, []).append(len(self._containers) - 1)

    def _sniff(self, part: Part) -> bytes | None:
        """Find the boundary that is used where none was declared, or another one."""
        self._sniffs += 1
        found = _BOUNDARY_IN_USE.search(self._mail, part.start, part.start + _SNIFFED)
        if found is None or self._match(b"--" + found[1]) is not None:
            return None
        self.defects.append("estrutura: o separador das partes não é o declarado")
        return found[1]

    def _match(self, line: bytes) -> tuple[int, bool] | None:
        """Tell to which open level a line belongs, and whether it is that level's last one."""
        name = line[2:]
        if levels := self._levels.get(name):
            return levels[-1], False
        if name.endswith(b"--") and (levels := self._levels.get(name[:-2].rstrip())):
            return levels[-1], True
        return None

    def _is_delimiter(self, line: bytes) -> bool:
        return self._match(line) is not None

    def _end_above(self, level: int, at: int) -> None:
        """End the leaf and all containers above a level."""
        end = at
        if end > 0 and self._mail[end - 1 : end] == b"\n" and level >= 0:
            end -= 2 if self._mail[end - 2 : end] == b"\r\n" else 1  # the line end belongs to the boundary
        if self._leaf is not None:
            self._leaf.end = max(self._leaf.start, end)
            self._leaf = None
        while len(self._containers) > level + 1:
            ended = self._containers.pop()
            ended.part.end = max(ended.part.start, end)
            self._forget_levels(len(self._containers))

    def _end_boundary(self, container: _Open, level: int, at: int) -> None:
        """After the last line of a boundary: it stays open for mailers that go on all the same, unless it is reused."""
        if container.boundary is not None and len(self._levels.get(container.boundary, ())) > 1:
            self._end_above(level - 1, at)

    def _forget_levels(self, lowest: int) -> None:
        for boundary in [name for name, levels in self._levels.items() if levels[-1] >= lowest]:
            levels = [level for level in self._levels[boundary] if level < lowest]
            if levels:
                self._levels[boundary] = levels
            else:
                del self._levels[boundary]


def _part(mail: bytes, head: Head, body: int, default: str) -> Part:
    kind, parameters = read_parameters(head.first("content-type"))
    kind = _KINDS.get(kind, kind)
    disposition, its = read_parameters(head.first("content-disposition"))
    if not _KIND.fullmatch(kind):
        kind = default if not kind else "application/octet-stream"
    return Part(mail, head, body, len(mail), kind, parameters, disposition, its)


def _next_dashed(mail: bytes, at: int) -> tuple[int, int] | None:
    """Find the next line that begins with two dashes: its place, and the next line's. `at` is the beginning of one."""
    start = at if mail.startswith(b"--", at) else mail.find(b"\n--", max(at - 1, 0)) + 1
    if start == 0 and not (at == 0 and mail.startswith(b"--")):
        return None
    newline = mail.find(b"\n", start)
    return start, len(mail) if newline < 0 else newline + 1


def _begins_with_headers(mail: bytes, at: int) -> bool:
    return _HEADER.match(mail, at) is not None
