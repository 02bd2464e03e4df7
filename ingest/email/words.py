"""Encoded words of headers (`=?utf-8?Q?reclama=C3=A7=C3=A3o?=`), and headers that should have used them.

Neighbouring words of one charset are joined before they are decoded, since mailers split them inside a character, and
inside the four signs of base 64.
What is encoded twice is decoded twice and no more. Raw bytes above ASCII are read as any text is (`charset.py`).

Source: RFC 2047; RFC 2231, 5 (a language after the charset).
"""

import re
from binascii import a2b_qp
from typing import Final

from ingest.email.charset import clean, decode
from ingest.email.transfer import from_base64

__all__ = ["decode_words"]

_WORD: Final = re.compile(
    rb"=\?\s?+[\"']?([^?\s=\"']{1,60})[\"']?\?([bBqQ])\?((?:[^?=]|=(?!\?)|=(?=\?=)|\?(?!=)){0,2000}+)(?:\?=|\Z)"
)
"""Lenient: a word may hold spaces and question marks, and the header's end ends it too."""
_UNSEEN: Final = re.compile("[\u200b\u2060\ufeff\u00ad]")
_MOST_WORDS: Final = 1000
_ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_LONGEST: Final = 128 * 1024


def decode_words(value: bytes, charset: str | None = None) -> tuple[str, list[str]]:
    """Give a header's text in one line, and what was wrong with it. `charset` is what the mail says of its body."""
    if not value:
        return "", []
    defects: list[str] = []
    if len(value) > _LONGEST:
        value = value[:_LONGEST]
        defects.append(f"cabeçalhos: um deles, de mais de {_LONGEST} bytes, foi cortado")
    if b"=?" not in value and value.isascii() and b"\x1b" not in value:
        return " ".join(clean(value.decode("ascii")).split()), defects
    text = _once(value, charset, defects)
    if "=?" in text and _WORD.search(inner := text.encode("utf-8", "replace")):
        text = _once(inner, "utf-8", defects)
    return " ".join(_UNSEEN.sub("", clean(text)).split()), list(dict.fromkeys(defects))


def _once(value: bytes, charset: str | None, defects: list[str]) -> str:
    texts: list[str] = []
    run: list[tuple[bool, bytes]] = []
    run_charset = ""
    at = 0

    def end_run() -> None:
        if run:
            texts.append(_text(_bytes(run), run_charset, defects))
            run.clear()

    for count, word in enumerate(_WORD.finditer(value)):
        if count == _MOST_WORDS:
            break
        between = value[at : word.start()]
        its = word[1].partition(b"*")[0].decode("ascii", "replace").lower()
        if run and (between.strip() or its != run_charset):
            end_run()
        if between.strip() or (not run and not texts):
            texts.append(_raw(between, charset, defects))
        run_charset = its
        run.append((word[2] in b"bB", word[3]))
        at = word.end()
    end_run()
    texts.append(_raw(value[at:], charset, defects))
    return "".join(texts)


def _bytes(run: list[tuple[bool, bytes]]) -> bytes:
    """Decode neighbouring words; base 64 that was cut between four signs is put together before."""
    pieces: list[bytes] = []
    rest = b""
    for is_base64, raw in run:
        if not is_base64:
            pieces += [from_base64(rest)[0], a2b_qp(raw, header=True)]
            rest = b""
            continue
        letters = rest + b"".join(raw.split())
        end = len(letters) // 4 * 4 if _is_cut(letters) else len(letters)
        pieces.append(from_base64(letters[:end])[0])
        rest = letters[end:]
    return b"".join([*pieces, from_base64(rest)[0]])


def _is_cut(letters: bytes) -> bool:
    """Tell base 64 that goes on in the next word from one that only lacks its padding: by the bits left over."""
    over = len(letters) % 4
    if over < 2 or letters.endswith(b"="):  # noqa: PLR2004 - one sign alone is no byte
        return over == 1 and not letters.endswith(b"=")
    return _ALPHABET.find(letters[-1:]) & (0b1111 if over == 2 else 0b11) != 0  # noqa: PLR2004


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
