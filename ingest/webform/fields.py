"""The fields of a form, in whatever form it was posted: JSON, urlencoded, multipart, or no form at all.

Programs lie about what they send (`curl -d '{…}'` says urlencoded), so a body is read as what it is declared to be, and
as what it looks like where that fails. Nothing is refused: what is no form is one text, or one file.

Source: WHATWG URL, "application/x-www-form-urlencoded parsing"; RFC 7578.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from ingest.adapter import File
from ingest.loose_json import read_json
from ingest.webform.charset import decode
from ingest.webform.multipart import Part, boundary_of, read_parts
from ouvidor.errors import Rejected

__all__ = ["Fields", "read_fields"]

_MOST_FIELDS: Final = 10_000
_CHUNK: Final = 64 * 1024
_URLENCODED: Final = re.compile(rb"[\w.%+\[\]*-]+=[^\s]*\Z")


@dataclass(slots=True)
class Fields:
    """What a form holds: fields in their order, files, and what was wrong, in words."""

    pairs: list[tuple[str, str]] = field(default_factory=list)
    """Names and values; the name is empty for text that stood in no field."""
    files: list[File] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)

    def guess(self, charset: str | None) -> None:
        """Note that the encoding of some text was guessed."""
        words = f"o texto não está em UTF-8; foi lido como {charset}"
        if charset is not None and words not in self.defects:
            self.defects.append(words)


def read_fields(body: bytes, media_type: str) -> Fields:
    """Read a form's fields. Reads something of anything."""
    declared, _, options = media_type.partition(";")
    kind = declared.strip().lower()
    charset = _option(options, "charset")
    if not body.strip(b"\0\t\r\n "):
        return Fields(defects=["o formulário veio vazio"])
    readers: list[Callable[[], Fields | None]] = []
    if kind.startswith("multipart/"):
        readers.append(lambda: _multipart(body, media_type))
    elif kind.endswith(("/json", "+json")):
        readers.append(lambda: _json(body))
    elif kind == "application/x-www-form-urlencoded" and not body.lstrip().startswith(b"{"):
        readers.append(lambda: _urlencoded(body, charset))
    for read in readers:
        if (found := read()) is not None:
            return found
    found = _by_its_look(body, charset)
    if found is not None and not (found.defects or kind in {"", "application/octet-stream"}):
        found.defects.append(f"o conteúdo não é o que foi declarado ({declared.strip()[:80]})")
    if found is not None:
        return found
    return _no_form(body, kind, charset)


def _by_its_look(body: bytes, charset: str | None) -> Fields | None:
    start = body.lstrip()[:1]
    if start in {b"{", b"["}:
        return _json(body)
    if body.startswith(b"--") and b"form-data" in body[:1000]:
        boundary = body.split(b"\r\n", 1)[0][2:]
        return _multipart(body, f'multipart/form-data; boundary="{boundary.decode("latin-1")}"')
    return _urlencoded(body, charset) if _URLENCODED.match(body) else None


def _no_form(body: bytes, kind: str, charset: str | None) -> Fields:
    found = Fields()
    if kind and not kind.startswith("text/"):
        found.defects.append(f"não foi possível ler o formulário ({kind[:80]}); o texto está como veio")
    if b"\0" in body[:4096] and charset is None:
        found.files.append(File(None, kind or "application/octet-stream", body))
        return found
    text, guessed = decode(body, charset)
    found.guess(guessed)
    found.pairs.append(("", text))
    return found


def _json(body: bytes) -> Fields | None:
    found = Fields()
    try:
        value = read_json(body)
    except Rejected:
        text, guessed = decode(body)
        if guessed is None:
            return None
        try:  # a program that writes Latin 1 and calls it JSON
            value = read_json(text.encode())
        except Rejected:
            return None
        found.guess(guessed)
    if isinstance(value, Mapping):
        found.pairs.extend((name, _words(each)) for name, each in value.items())
    else:
        found.pairs.append(("", _words(value)))
    return found


def _words(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "\n".join(value)
    return json.dumps(value, ensure_ascii=False, indent=2)


def _urlencoded(body: bytes, charset: str | None) -> Fields | None:
    pieces = body.split(b"&", _MOST_FIELDS)
    found = Fields()
    if len(pieces) > _MOST_FIELDS:
        pieces.pop()
        found.defects.append(f"o formulário tem mais de {_MOST_FIELDS} campos: os outros estão só no original")
    raw = [(_unquoted(name), _unquoted(value)) for name, _, value in (each.partition(b"=") for each in pieces if each)]
    declared = _charset_field(raw) or charset
    for name, value in raw:
        found.pairs.append((_decode(found, name, declared), _decode(found, value, declared)))
    return found if found.pairs else None


def _unquoted(data: bytes) -> bytes:
    """Undo the escapes of a name or value, a chunk at a time: Python makes an object of each."""
    data = data.replace(b"+", b" ")
    if b"%" not in data:
        return data
    found = bytearray()
    at = 0
    while at < len(data):
        end = at + _CHUNK
        escape = data.find(b"%", end - 2, end)  # no chunk ends within an escape
        if escape >= 0 and end < len(data):
            end = escape
        found += unquote_to_bytes(data[at:end])
        at = end
    return bytes(found)


def _multipart(body: bytes, media_type: str) -> Fields | None:
    boundary = boundary_of(media_type)
    if boundary is None:
        return None
    parts, whole = read_parts(body, boundary)
    found = Fields()
    charset = _charset_field([(part.name or b"", bytes(part.content)) for part in parts if part.filename is None])
    for part in parts:
        _add(found, part, charset)
    if not whole:
        found.defects.append("o formulário não veio inteiro")
    return found if found.pairs or found.files else None


def _add(found: Fields, part: Part, charset: str | None) -> None:
    name = _decode(found, part.name or b"", charset)
    if part.filename is None:
        own = _option((part.media_type or "").partition(";")[2], "charset")
        found.pairs.append((name, _decode(found, bytes(part.content), own or charset)))
    elif part.filename or part.content:  # a browser sends an empty part where no file was chosen
        filename = re.split(r"[/\\]", _decode(found, part.filename, charset))[-1].strip() or None
        media_type = (part.media_type or "application/octet-stream").partition(";")[0].strip()[:255]
        found.files.append(File(filename, media_type, bytes(part.content)))
        if not part.whole:
            found.defects.append(f"o arquivo {filename or 'sem nome'} não veio inteiro")


def _decode(found: Fields, data: bytes, charset: str | None) -> str:
    text, guessed = decode(data, charset)
    found.guess(guessed)
    return text


def _charset_field(raw: list[tuple[bytes, bytes]]) -> str | None:
    return next((value.decode("latin-1") for name, value in raw if name.lower() == b"_charset_"), None)


def _option(options: str, name: str) -> str | None:
    for each in options.split(";"):
        key, _, value = each.partition("=")
        if key.strip().lower() == name:
            return value.strip().strip("\"'")
    return None
