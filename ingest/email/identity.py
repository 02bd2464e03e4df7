"""Which mail a mail is: its Message-ID together with what it says, whatever the UID or folder it lies under.

The Message-ID alone would lose mail: broken mailers (forms and shops above all) give one id to all they send, and the
second customer would be taken for a redelivery of the first. The content alone would lose mail too: the same three
words sent twice are two contacts. Header lines besides the id are left out, since servers and moving add some; line
ends count as one sort, and those at the very end not at all, since servers and mailboxes in one file change them.
Without a Message-ID all bytes count (None).

`order_of` tells what must stay in order: a thread, by its first mail's id.
"""

import re
from hashlib import sha256
from typing import Final

__all__ = ["order_of", "own_id"]

_HEAD: Final = 256 * 1024
_PIECE: Final = 2**20
_END_OF_HEAD: Final = re.compile(rb"\r?\n\r?\n|\A\r?\n")
_FOLDED: Final = rb"([^\r\n]*+(?:\r?\n[ \t][^\r\n]*+)*+)"
_MESSAGE_ID: Final = re.compile(rb"^message-id[ \t]*:" + _FOLDED, re.IGNORECASE | re.MULTILINE)
_THREAD: Final = tuple(
    re.compile(rb"^" + name + rb"[ \t]*:" + _FOLDED, re.IGNORECASE | re.MULTILINE)
    for name in (b"references", b"in-reply-to", b"message-id")
)
_ID: Final = re.compile(rb"<([^<>\s]{1,998})>")


def own_id(mail: bytes) -> str | None:
    """Give the mail's own id: the same wherever it is found again. None: there is no Message-ID."""
    end = _END_OF_HEAD.search(mail)
    begin = end.end() if end else len(mail)
    found = _MESSAGE_ID.search(mail, 0, begin)
    its = b" ".join(found[1].split()) if found else b""
    if not its:
        return None
    digest = sha256(its)
    digest.update(b"\n\n")
    last = _end_of_words(mail, begin)
    while begin < last:  # in pieces, since a mail may be long
        stop = min(begin + _PIECE, last)
        if mail[stop - 1 : stop + 1] == b"\r\n" and stop < last:
            stop += 1
        digest.update(mail[begin:stop].replace(b"\r\n", b"\n"))
        begin = stop
    return digest.hexdigest()


def _end_of_words(mail: bytes, begin: int) -> int:
    end = len(mail)
    while end > begin:
        piece = mail[max(begin, end - _PIECE) : end]
        if words := piece.rstrip(b"\r\n"):
            return end - len(piece) + len(words)
        end -= len(piece)
    return begin


def order_of(mail: bytes) -> str | None:
    """Give the id of the thread's first mail, as far as the mail tells it. None: it tells nothing."""
    end = _END_OF_HEAD.search(mail, 0, _HEAD)
    head = mail[: end.start() if end else _HEAD]
    for header in _THREAD:
        if (line := header.search(head)) and (its := _ID.search(line[1])):
            return its[1].decode("ascii", "replace")
    return None
