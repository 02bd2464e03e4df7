"""Transfer encodings: base64, quoted-printable, uuencode; what is broken in them is skipped, not raised.

Source: RFC 2045, 6.7 and 6.8.
"""

import binascii
import contextlib
import re
from binascii import a2b_base64, a2b_qp
from typing import Final

__all__ = ["decode_transfer", "from_base64"]

_ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_OTHERS: Final = bytes(set(range(256)) - set(_ALPHABET))
_SPACE_AT_THE_END: Final = re.compile(rb"=[ \t]+(?=\r?\n)")
_PLAIN: Final = frozenset({"7bit", "8bit", "binary", "", "7-bit", "8-bit", "none", "ascii", "us-ascii", "utf-8"})


def decode_transfer(data: bytes, encoding: str) -> tuple[bytes, str | None]:
    """Give the bytes behind an encoding, and what was wrong with it, if anything."""
    if encoding == "base64":
        return from_base64(data)
    if encoding == "quoted-printable":
        return a2b_qp(_SPACE_AT_THE_END.sub(b"=", data)), None
    if encoding in {"x-uuencode", "uuencode", "x-uue", "uue"}:
        return _from_uu(data)
    return (
        data,
        None if encoding in _PLAIN else f"transferência {encoding[:40]!r} desconhecida: os bytes estão como vieram",
    )


def from_base64(data: bytes) -> tuple[bytes, str | None]:
    """Decode base 64. What lies between two paddings is decoded for itself, as the pieces that it once was."""
    strange = len(data.translate(None, _ALPHABET + b" \t\r\n"))
    padding = data.find(b"=")
    if strange == 0 and (padding < 0 or not data[padding:].strip(b"= \t\r\n")):
        with contextlib.suppress(binascii.Error):  # the usual case, without copies
            return a2b_base64(data), None
    letters = data.translate(None, _OTHERS)
    decoded = b"".join(_piece(piece) for piece in re.split(rb"=+", letters) if piece)
    if not strange:
        return decoded, None
    return decoded, f"base64: {strange} sinais que não são dele foram ignorados"


def _piece(piece: bytes) -> bytes:
    if len(piece) % 4 == 1:
        piece = piece[:-1]  # six bits are no byte
    return a2b_base64(piece + b"=" * (-len(piece) % 4))


def _from_uu(data: bytes) -> tuple[bytes, str | None]:
    decoded: list[bytes] = []
    begun = False
    for line in data.splitlines():
        if not begun:
            begun = line.startswith(b"begin ")
        elif line.strip() == b"end":
            return b"".join(decoded), None
        else:
            try:
                decoded.append(binascii.a2b_uu(line))
            except binascii.Error:
                try:  # some encoders write a line longer than it says
                    decoded.append(binascii.a2b_uu(line[: (((line[0] - 32) & 63) * 4 + 5) // 3 + 1]))
                except (binascii.Error, IndexError):
                    return data, "uuencode: com defeito, os bytes estão como vieram"
    return (b"".join(decoded), None) if begun else (data, "uuencode: não há nenhum, os bytes estão como vieram")
