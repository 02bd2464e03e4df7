"""What an IMAP server sends, cut into what imaplib2's handler takes: lines, and literals in the pieces that came. Pure.

imaplib2 cuts everything into lines, the mails too, and hands each over from one thread to another: ten microseconds a
line. A literal's length stands in the line before it, so its bytes need not be looked through.

Source: RFC 3501, 4.3 (literals).
"""

import re
from typing import Final

__all__ = ["Pieces"]

_LITERAL: Final = re.compile(rb"\{(\d{1,19})\}\r?\n\Z")


class Pieces:
    """Cuts one connection's bytes."""

    def __init__(self) -> None:
        self._line = bytearray()
        self._literal = 0
        self._in_answer = False
        """Is a line that comes now the rest of an answer with a literal?"""

    def cut(self, data: bytes) -> list[bytes]:
        """Give the lines and pieces of literals that are complete with this."""
        pieces: list[bytes] = []
        at = 0
        while at < len(data):
            if self._literal:
                piece = data[at : at + self._literal]
                self._literal -= len(piece)
                at += len(piece)
                pieces.append(piece)
                continue
            end = data.find(b"\n", at) + 1
            if not end:
                self._line += data[at:]
                break
            self._line += data[at:end]
            at = end
            line = bytes(self._line)
            self._line.clear()
            literal = _LITERAL.search(line) if self._in_answer or line.startswith(b"* ") else None
            self._literal = int(literal[1]) if literal else 0
            self._in_answer = literal is not None
            pieces.append(line)
        return pieces
