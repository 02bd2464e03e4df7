"""`Content-Type` and `Content-Disposition`: the value and its parameters, in all the ways in which mailers write them.

A name may be given by RFC 2231 (`filename*0*=utf-8''…`), in encoded words inside quotes (which RFC 2047 forbids and
everybody writes), in raw bytes, or in several of these at once; then RFC 2231 wins.
"""

import re
from typing import Final
from urllib.parse import unquote_to_bytes

from ingest.email.charset import clean, decode
from ingest.email.words import decode_words

__all__ = ["read_parameters"]

_LONGEST: Final = 32 * 1024
_KNOWN: Final = rb"(?:charset|boundary|name|filename|format|delsp)(?:\*\d{0,3}\*?)?\s{0,9}="
"""Parameters that are seen where the semicolon before them was forgotten."""
_PARAMETER: Final = re.compile(
    rb"(?:;\s*|(?<=\s)(?=" + _KNOWN + rb"))([!#$%&+\-^_`{}~A-Za-z0-9.]{1,60}?(?:\*\d{1,3})?\*?)\s*=\s*"
    rb'(?:"((?:[^"\\]|\\.)*)"?|((?:(?!\s' + _KNOWN + rb")[^;])*))",
    re.DOTALL | re.IGNORECASE,
)
_KIND: Final = re.compile(rb"[^;]*?(?=\s" + _KNOWN + rb"|;|\Z)", re.DOTALL | re.IGNORECASE)
_SECTION: Final = re.compile(r"([^*]+)(?:\*(\d+))?(\*)?")
_MOST: Final = 300


def read_parameters(value: bytes) -> tuple[str, dict[str, str]]:
    """Give the value in lower case, and the parameters by name in lower case."""
    value = value[:_LONGEST]
    kind = decode(_KIND.match(value)[0])[0].strip().strip("\"'").lower()  # type: ignore[index]  # it matches anything
    plain: dict[str, bytes] = {}
    pieces: dict[str, dict[int, tuple[bool, bytes]]] = {}
    for count, found in enumerate(_PARAMETER.finditer(value)):
        if count == _MOST:
            break
        quoted = found[2] is not None
        raw = re.sub(rb"\\(.)", rb"\1", found[2], flags=re.DOTALL) if quoted else found[3].strip()
        section = _SECTION.fullmatch(found[1].decode("ascii").lower())
        if section is None:
            continue
        name, number, encoded = section.groups()
        if number is None and encoded is None:
            plain.setdefault(name, raw)
        else:
            pieces.setdefault(name, {}).setdefault(int(number or 0), (encoded is not None, raw))
    given = {name: decode_words(raw)[0] for name, raw in plain.items()}
    given |= {name: _joined(parts) for name, parts in pieces.items()}
    return kind, given


def _joined(parts: dict[int, tuple[bool, bytes]]) -> str:
    """Put the pieces of RFC 2231 together; the first one tells the charset."""
    charset: str | None = None
    joined = b""
    for place, (_, (encoded, raw)) in enumerate(sorted(parts.items())):
        if encoded and place == 0 and raw.count(b"'") >= 2:  # noqa: PLR2004 - charset'language'text
            label, _, rest = raw.split(b"'", 2)
            charset = label.decode("ascii", "replace")
            joined += unquote_to_bytes(rest)
        else:
            joined += unquote_to_bytes(raw) if encoded else raw
    return " ".join(clean(decode(joined, charset)[0]).split()) if charset else decode_words(joined)[0]
