"""Opaque S/MIME (`smime.p7m`): the mail inside a signature, and what kind of wrapping it is.

Signed mail is only wrapped, so it is unwrapped; the signature is not verified here, and a wrong one is no reason not to
hear. Encrypted mail stays closed. A reader of the few elements that lead to the content, in any of the encodings that
mailers use (indefinite lengths, content in pieces), without recursion.

Source: RFC 5652 (CMS), X.690 (BER).
"""

import zlib
from typing import Final

__all__ = ["unwrapped"]

_KINDS: Final = {
    bytes.fromhex("2a864886f70d010702"): "signed",
    bytes.fromhex("2a864886f70d010703"): "enveloped",
    bytes.fromhex("2a864886f70d0109100109"): "compressed",
    bytes.fromhex("2a864886f70d0109100117"): "enveloped",
}
_SEQUENCE, _OID, _INTEGER, _EXPLICIT = 0x30, 0x06, 0x02, 0xA0
_OCTETS, _OCTETS_IN_PIECES = 0x04, 0x24
_INDEFINITE: Final = -1
_MOST_ELEMENTS: Final = 200_000
_LONGEST: Final = 64 * 2**20


def unwrapped(data: bytes) -> tuple[str | None, bytes | None]:
    """Give the kind (`signed`, `enveloped`, `compressed`; None: none of these), and the content if it can be read."""
    try:
        reader = _Reader(data)
        reader.enter(_SEQUENCE)
        kind = _KINDS.get(reader.take(_OID))
        if kind in {None, "enveloped"}:
            return kind, None
        reader.enter(_EXPLICIT)
        reader.enter(_SEQUENCE)
        reader.take(_INTEGER)
        reader.skip()  # algorithms
        reader.enter(_SEQUENCE)
        reader.take(_OID)
        reader.enter(_EXPLICIT)
        content = reader.octets()
    except (ValueError, IndexError):
        return None, None
    if kind == "compressed":
        try:
            content = zlib.decompressobj().decompress(content, _LONGEST)
        except zlib.error:
            return kind, None
    return kind, content


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def _head(self) -> tuple[int, int]:
        """Give the next element's tag and length, and go to its content."""
        tag = self._data[self._at]
        first = self._data[self._at + 1]
        self._at += 2
        if first < 0x80:  # noqa: PLR2004 - a short length
            return tag, first
        if first == 0x80:  # noqa: PLR2004 - an end mark follows
            return tag, _INDEFINITE
        count = first & 0x7F
        if count > 8:  # noqa: PLR2004 - no file is as long
            raise ValueError("length")
        length = int.from_bytes(self._data[self._at : self._at + count], "big")
        self._at += count
        return tag, length

    def enter(self, tag: int) -> None:
        found, _ = self._head()
        if found != tag:
            raise ValueError("tag")

    def take(self, tag: int) -> bytes:
        found, length = self._head()
        if found != tag or length == _INDEFINITE:
            raise ValueError("tag")
        value = self._data[self._at : self._at + length]
        self._at += length
        return value

    def skip(self) -> None:
        """Go past the next element, with all that is in it."""
        open_ends = 0
        for _ in range(_MOST_ELEMENTS):
            tag, length = self._head()
            if length == _INDEFINITE:
                open_ends += 1
            elif tag == 0 and length == 0 and open_ends:
                open_ends -= 1
            else:
                self._at += length
            if not open_ends:
                return
        raise ValueError("too many elements")

    def octets(self) -> bytes:
        """Read the content: in one piece, or in several, which may have pieces themselves."""
        pieces: list[bytes] = []
        ends: list[int] = []
        for _ in range(_MOST_ELEMENTS):
            if self._at >= len(self._data):
                break
            tag, length = self._head()
            if tag == _OCTETS_IN_PIECES:
                ends.append(len(self._data) if length == _INDEFINITE else self._at + length)
            elif tag == _OCTETS and length != _INDEFINITE:
                pieces.append(self._data[self._at : self._at + length])
                self._at += length
            elif tag == 0 and length == 0 and ends:
                ends.pop()
            else:
                raise ValueError("tag")
            while ends and self._at >= ends[-1]:
                ends.pop()
            if not ends:
                break
        return b"".join(pieces)
