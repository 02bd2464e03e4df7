"""Encoded words of headers (`=?utf-8?Q?reclama=C3=A7=C3=A3o?=`), and headers that should have used them.

Neighbouring words of one charset are joined before they are decoded, since mailers split them inside a character.
What is encoded twice is decoded twice and no more. Raw bytes above ASCII are read as any text is (`charset.py`).

Source: RFC 2047; RFC 2231, 5 (a language after the charset).
"""

import re
from binascii import a2b_qp
from typing import Final

from ingest.email.charset import clean, decode
from ingest.email.transfer import from_base64

__all__ = ["decode_words"]

_WORD: Final = re.compile(rb"=\?([^?\s=]{1,60})\?([bBqQ])\?([^?]*)\?=")
_LONGEST: Final = 128 * 1024


def decode_words(value: bytes, charset: str | None = None) -> tuple[str, list[str]]:
    """Give a header's text in one line, and what was wrong with it. `charset` is what the mail says of its body."""
    defects: list[str] = []
    if len(value) > _LONGEST:
        value = value[:_LONGEST]
        defects.append(f"cabeçalhos: um deles, de mais de {_LONGEST} bytes, foi cortado")
    text = _once(value, charset, defects)
    if "=?" in text and _WORD.search(inner := text.encode("utf-8", "replace")):
        text = _once(inner, "utf-8", defects)
    return " ".join(clean(text).split()), list(dict.fromkeys(defects))


def _once(value: bytes, charset: str | None, defects: list[str]) -> str:
    texts: list[str] = []
    run: list[bytes] = []
    run_charset = ""
    at = 0

    def end_run() -> None:
        if run:
            texts.append(_text(b"".join(run), run_charset, defects))
            run.clear()

    for word in _WORD.finditer(value):
        between = value[at : word.start()]
        its = word[1].partition(b"*")[0].decode("ascii", "replace").lower()
        if run and (between.strip() or its != run_charset):
            end_run()
        if between.strip() or (not run and not texts):
            texts.append(_raw(between, charset, defects))
        run_charset = its
        run.append(_bytes(word))
        at = word.end()
    end_run()
    texts.append(_raw(value[at:], charset, defects))
    return "".join(texts)


def _bytes(word: re.Match[bytes]) -> bytes:
    if word[2] in b"bB":
        return from_base64(word[3])[0]
    return a2b_qp(word[3], header=True)


def _raw(value: bytes, charset: str | None, defects: list[str]) -> str:
    if value.isascii() and b"\x1b" not in value:
        return value.decode("ascii")
    defects.append("cabeçalhos: acentos sem codificação")
    return decode(value, charset)[0]


def _text(value: bytes, charset: str, defects: list[str]) -> str:
    text, defect = decode(value, charset)
    if defect:
        defects.append(defect)
    return text
