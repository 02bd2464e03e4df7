"""ISO-2022-JP as Japanese mailers write it: with the signs of NEC and IBM, half-width kana, and shifts left open.

Python's codec knows the letter of RFC 1468 only and gives up at a circled number. The bytes between the escapes are
moved to where Shift_JIS has the same sign, and cp932 knows them all.

Source: RFC 1468; JIS X 0208, 0201, 0212; Microsoft's code pages 50220 and 50221.
"""

import re
from typing import Final

__all__ = ["decode_iso2022jp", "is_iso2022jp"]

_ESCAPE: Final = re.compile(rb"\x1b(\$[@AB]|\$\([@-DOPQ]|\([ABHIJ]|&@)|([\x0e\x0f])|(?=[\r\n])")
_SIGN_OF_ONE: Final = re.compile(rb"\x1b(?:\$[@B]|\([IJ])")
_KANA, _KANJI, _SUPPLEMENT, _ASCII = "kana", "kanji", "supplement", "ascii"


def is_iso2022jp(data: bytes) -> bool:
    """Tell whether bytes shift as Japanese mails do."""
    return b"\x1b" in data and data.isascii() and _SIGN_OF_ONE.search(data) is not None


def decode_iso2022jp(data: bytes) -> str:
    """Give the text; what is no sign becomes U+FFFD. A line's end ends a shift, as the standard has it."""
    pieces: list[str] = []
    mode, at = _ASCII, 0
    for escape in _ESCAPE.finditer(data):
        pieces.append(_decoded(data[at : escape.start()], mode))
        at = escape.end()
        mode = _mode(escape[1], escape[2])
    pieces.append(_decoded(data[at:], mode))
    return "".join(pieces)


def _mode(escape: bytes | None, shift: bytes | None) -> str:
    if escape is None:
        return _KANA if shift == b"\x0e" else _ASCII
    if escape in {b"$@", b"$B", b"$(@", b"$(B", b"$(O", b"$(Q"}:
        return _KANJI
    if escape == b"$(D":
        return _SUPPLEMENT
    return _KANA if escape == b"(I" else _ASCII


def _decoded(data: bytes, mode: str) -> str:
    if mode == _ASCII or not data:
        return data.decode("ascii", "replace")
    if mode == _KANA:
        return bytes(byte | 0x80 for byte in data).decode("cp932", "replace")
    if mode == _SUPPLEMENT:
        pairs = (data[at : at + 2] for at in range(0, len(data), 2))
        return b"".join(b"\x8f" + bytes(byte | 0x80 for byte in pair) for pair in pairs).decode("euc_jp", "replace")
    return _shifted(data).decode("cp932", "replace")


def _shifted(data: bytes) -> bytes:
    """Move pairs of JIS X 0208 to their places in Shift_JIS."""
    out = bytearray()
    at = 0
    while at < len(data):
        first = data[at]
        if first <= 0x20 or at + 1 == len(data):  # noqa: PLR2004 - a space or a control between signs
            out.append(first)
            at += 1
            continue
        second = data[at + 1]
        out.append((first + 1) // 2 + (0x70 if first < 0x5F else 0xB0))  # noqa: PLR2004 - the standard's formula
        out.append(second + (0x7E if first % 2 == 0 else 0x1F if second < 0x60 else 0x20))  # noqa: PLR2004
        at += 2
    return bytes(byte & 0xFF for byte in out)
