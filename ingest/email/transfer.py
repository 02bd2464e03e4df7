"""Transfer encodings: base64, quoted-printable, uuencode; what is broken in them is skipped, not raised.

Source: RFC 2045, 6.7 and 6.8.
"""

import binascii
import contextlib
import re
from binascii import a2b_base64, a2b_qp
from typing import Final

__all__ = ["PLAIN", "decode_transfer", "from_base64", "undeclared"]

_ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_OTHERS: Final = bytes(set(range(256)) - set(_ALPHABET))
_ONLY_BASE64: Final = re.compile(rb"\s*(?:[A-Za-z0-9+/]{40,76}\r?\n)*[A-Za-z0-9+/]{4,76}={0,2}\s*")
_AFTER_BASE64: Final = re.compile(
    rb"(\s*(?:[A-Za-z0-9+/]{4,998}\r?\n)*+(?:[A-Za-z0-9+/]*={1,2}[ \t]*\r?\n|[ \t]*\r?\n))(.*[^A-Za-z0-9+/=\s].*)",
    re.DOTALL,
)
_ENCODED: Final = re.compile(rb"=(?:[0-9A-Fa-f]{2}|[ \t]*\r?\n|[ \t]*\Z)")
_ENCODED_LETTER: Final = re.compile(rb"=[89A-Fa-f][0-9A-Fa-f]")
_CONTROLS: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_ENOUGH: Final = 60
_MANY: Final = 4
_LOOKED_AT: Final = 2**20
_SPACE_AT_THE_END: Final = re.compile(rb"=[ \t]+(?=\r?\n)")
PLAIN: Final = frozenset({"7bit", "8bit", "binary", "", "7-bit", "8-bit", "none", "ascii", "us-ascii", "utf-8"})


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
        None if encoding in PLAIN else f"transferência {encoding[:40]!r} desconhecida: os bytes estão como vieram",
    )


def from_base64(data: bytes) -> tuple[bytes, str | None]:
    """Decode base 64. What lies between two paddings is decoded for itself, as the pieces that it once was."""
    strange = len(data.translate(None, _ALPHABET + b" \t\r\n"))
    if strange and (other := _partly_plain(data)) is not None:
        return other
    padding = data.find(b"=")
    if strange == 0 and (padding < 0 or not data[padding:].strip(b"= \t\r\n")):
        with contextlib.suppress(binascii.Error):  # the usual case, without copies
            return a2b_base64(data), None
    letters = data.translate(None, _OTHERS)
    decoded = b"".join(_piece(piece) for piece in re.split(rb"=+", letters) if piece)
    if not strange:
        return decoded, None
    return decoded, f"base64: {strange} sinais que não são dele foram ignorados"


def undeclared(data: bytes) -> tuple[bytes, str] | None:
    """Decode a text that is encoded and does not say so. None: it is as it seems."""
    if _ONLY_BASE64.fullmatch(data) and len(data) >= _ENOUGH:
        try:
            text = a2b_base64(data)
        except binascii.Error:
            return None
        if not _CONTROLS.search(text) and _is_text(text):
            return text, "base64: não declarado, mas o texto está codificado assim"
    elif data.isascii() and len(_ENCODED_LETTER.findall(data, 0, _LOOKED_AT)) >= _MANY:
        signs = data[:_LOOKED_AT].count(b"=")
        if len(_ENCODED.findall(data, 0, _LOOKED_AT)) == signs:
            return a2b_qp(
                _SPACE_AT_THE_END.sub(b"=", data)
            ), "quoted-printable: não declarado, mas o texto está codificado assim"
    return None


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _partly_plain(data: bytes) -> tuple[bytes, str] | None:
    """Give what was declared as base 64 and is not, or not to its end: a list's footer below it stays as it is."""
    first = data.lstrip().partition(b"\n")[0].rstrip()
    if first.count(b" ") > 1 or not first.strip(_ALPHABET):
        if first.count(b" ") > 1:
            return data, "base64: declarado, mas o texto não está codificado"
        found = _AFTER_BASE64.match(data)
        if found is not None and found[2].strip():
            return from_base64(found[1])[0] + b"\r\n" + found[2], "base64: o fim não está codificado"
    return None


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
                try:  # some encoders write a line longer than it says, or fill the last group with anything
                    decoded.append(binascii.a2b_uu(line[: (((line[0] - 32) & 63) * 4 + 2) // 3 + 1]))
                except (binascii.Error, IndexError):
                    return data, "uuencode: com defeito, os bytes estão como vieram"
    return (b"".join(decoded), None) if begun else (data, "uuencode: não há nenhum, os bytes estão como vieram")
