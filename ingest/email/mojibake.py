"""UTF-8 that somebody on the way read as a Western charset and wrote again: `reclamaÃ§Ã£o`.

The sign pairs that come of it stand in no language's words, so that two of them are proof enough; a single one is none,
since a capital Ã before a closing quotation mark is another (`IRMÃ”`). It is mended line by line, as mails hold lines
of several programs, and only where every sign above ASCII of a line takes part.
"""

import re
from typing import Final

__all__ = ["mended"]

_PAIR: Final = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2122\u20ac]"
)
_SURELY: Final = re.compile(
    "Ã[\u00a1-\u00bf\u0192\u2021\u2030\u0160]|Â[\u00a0-\u00bf]|â€|Ð[\u0080-\u00bf]|ã[\u0080\u0081\u0192]"
)
_ENOUGH: Final = 2
_PLACES: Final = {sign: byte for byte in range(0x80, 0xA0) if (sign := bytes((byte,)).decode("cp1252", "ignore"))}


def mended(text: str) -> tuple[str, bool]:
    """Give the text with such lines mended, and whether there were any."""
    if text.isascii() or len(_PAIR.findall(text)) < _ENOUGH or _SURELY.search(text) is None:
        return text, False
    lines = text.split("\n")
    settled = [line if line.isascii() else _mended(line) for line in lines]
    return "\n".join(settled), settled != lines


def _mended(line: str) -> str:
    if len(_PAIR.findall(line)) < _ENOUGH and _SURELY.search(line) is None:
        return line
    data = bytearray()
    for sign in line:
        code = ord(sign)
        byte = code if code < 0x100 else _PLACES.get(sign)  # noqa: PLR2004 - Latin-1's last
        if byte is None:
            return line
        data.append(byte)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return line
