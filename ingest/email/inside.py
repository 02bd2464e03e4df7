"""Files that stand in the text itself, as mailers wrote them before MIME: uuencode. Others are named.

Source: POSIX, uuencode; the yEnc draft 1.3; RFC 1741 (BinHex).
"""

import binascii
import re
from typing import Final

__all__ = ["files_inside"]

_BEGIN: Final = re.compile(r"^begin(?:-base64)? [0-7]{3,4} (\S[^\n]{0,200})$", re.MULTILINE)
_MOST: Final = 50
_NAMED: Final = (
    (
        "=ybegin ",
        re.compile(r"^=ybegin [^\n]{0,300}name=", re.MULTILINE),
        "yEnc: há um arquivo dentro do texto, que não foi lido",
    ),
    (
        "BinHex",
        re.compile(r"^\(This file must be converted with BinHex", re.MULTILINE),
        "BinHex: há um arquivo dentro do texto, que não foi lido",
    ),
)


def files_inside(text: str) -> tuple[str, list[tuple[str, bytes]], list[str]]:
    """Give the text without such files, the files by name, and what could not be read."""
    defects = [words for mark, sign, words in _NAMED if mark in text and sign.search(text)]
    if "begin " not in text and "begin-base64 " not in text:
        return text, [], defects
    files: list[tuple[str, bytes]] = []
    pieces: list[str] = []
    at = 0
    for begin in _BEGIN.finditer(text):
        if begin.start() < at or len(files) == _MOST:
            continue
        content, end = _read(text, begin.end() + 1, is_base64=begin[0].startswith("begin-base64"))
        if content is None:
            continue
        pieces.append(text[at : begin.start()])
        files.append((begin[1].strip(), content))
        at = end
    pieces.append(text[at:])
    return "".join(pieces), files, defects


def _read(text: str, at: int, *, is_base64: bool) -> tuple[bytes | None, int]:
    """Decode the lines from here to the end of the file. None: it is none."""
    decoded: list[bytes] = []
    while at < len(text):
        newline = text.find("\n", at)
        newline = len(text) if newline < 0 else newline
        line = text[at:newline].rstrip("\r")
        at = newline + 1
        if line.strip() in {"end", "===="}:
            return (b"".join(decoded), min(at, len(text))) if decoded else (None, at)
        if not line.strip(" `"):
            continue
        try:
            data = line.encode("ascii")
            decoded.append(binascii.a2b_base64(data) if is_base64 else _line(data))
        except (ValueError, IndexError):  # binascii's errors are ValueErrors
            break
    return None, at


def _line(data: bytes) -> bytes:
    try:
        return binascii.a2b_uu(data)
    except binascii.Error:  # some encoders write a line longer than it says
        return binascii.a2b_uu(data[: (((data[0] - 32) & 63) * 4 + 5) // 3 + 1])
