"""Bytes of a form as text, in whatever encoding they came: what is not UTF-8 is almost always Windows' Latin 1.

A browser says in no header which encoding a field is in; a page may say it in a field called `_charset_`. UTF-8 is told
from all others by itself: text in another encoding is hardly ever valid UTF-8 by chance.

Source: WHATWG HTML, "Form submission" (`_charset_`); RFC 7578, section 5.1.2.
"""

import codecs
from typing import Final

__all__ = ["decode"]

_NO_TEXT: Final = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"})
"""Codecs of Python's that no form is written in, some of them slow on purpose-made bytes."""
_LATIN: Final = frozenset({"ascii", "cp1252", "iso8859-1"})
"""To the Web these are all Windows' Latin 1 (WHATWG Encoding)."""


def decode(data: bytes, declared: str | None = None) -> tuple[str, str | None]:
    """Give the text, and the encoding it was read in where that is a guess: it was neither declared nor UTF-8."""
    for charset in (_known(declared), "utf-8-sig"):
        if charset is not None:
            try:
                return data.decode(charset), None
            except UnicodeError:
                pass
    return data.decode("cp1252", "replace"), "Windows-1252"


def _known(name: str | None) -> str | None:
    """Give Python's name of a text encoding, or None where there is none such."""
    try:
        found = codecs.lookup((name or "").strip())
    except (LookupError, ValueError):
        return None
    if not found._is_text_encoding or found.name.replace("_", "-") in _NO_TEXT:  # noqa: SLF001 - no public way tells text from `base64`
        return None
    return "cp1252" if found.name in _LATIN else found.name
