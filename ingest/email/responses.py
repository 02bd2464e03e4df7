"""What an IMAP server's answers mean: numbers of a SEARCH, items of a FETCH, response codes. Pure.

imaplib2 gives a FETCH as a flat list: a line, or a pair of a line and its literal followed by the rest of that line. An
unasked FETCH (another client set a flag) may stand anywhere between ours. A literal whose length is a lie shows by the
rest of its line, which then is a piece of somebody's mail: that is `Garbled`, and the connection must not be used any
more, since nobody knows where the next answer begins.

Source: RFC 3501, 7.4.2 and 9; RFC 5530 (response codes).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from ouvidor.errors import Unavailable

__all__ = ["Garbled", "Item", "Raw", "Throttled", "backoff", "code", "fetched", "numbers", "throttled"]

Raw = bytes | tuple[bytes, bytes] | None
"""A line, or a line with its literal; None where there was no answer."""

_CODE: Final = re.compile(r"\[([A-Z][A-Z0-9-]{2,40})[\] ]")
_BACKOFF: Final = re.compile(r"Backoff Time: (\d{1,9}) milliseconds", re.IGNORECASE)
_LONGEST_BACKOFF: Final = timedelta(hours=1)
_TOO_MUCH: Final = frozenset({"THROTTLED", "LIMIT", "OVERQUOTA"})
_TOO_MUCH_IN_WORDS: Final = re.compile(
    r"throttl|rate.?limit|backoff time|bandwidth limit|too many|server (?:is )?unavailable", re.IGNORECASE
)
_PAUSE: Final = timedelta(minutes=1)
_UID: Final = re.compile(rb"[ (]UID (\d{1,10})(?=[ )])")
_SIZE: Final = re.compile(rb"[ (]RFC822\.SIZE (\d{1,19})(?=[ )])")
_BODY: Final = re.compile(rb"[ (]BODY\[(?:HEADER)?\](?:<(\d+)>)? ?", re.IGNORECASE)
_QUOTED: Final = re.compile(rb'"((?:[^"\\\r\n]|\\.)*)"')
_REST: Final = re.compile(
    rb"(?: (?:UID \d+|RFC822\.SIZE \d+|MODSEQ \(\d+\)|FLAGS \([^()]*\)|INTERNALDATE \"[^\"]*\"))* ?\)\s*"
)


class Throttled(Unavailable):
    """The server has enough of us for now: it is no fault of the mail that was asked for."""


class Garbled(Exception):
    """An answer that cannot be one."""


@dataclass(frozen=True, slots=True)
class Item:
    """What a FETCH told of one mail."""

    uid: int
    size: int | None
    body: bytes | None
    """None: none was told, or NIL."""
    origin: int | None
    """Where in the mail the body begins; None where the server does not say that it is a part."""


def code(words: object) -> str | None:
    """Find the response code (`[AUTHENTICATIONFAILED]`) in what a server or imaplib2 says."""
    text = words.decode("ascii", "replace") if isinstance(words, bytes) else str(words)
    found = _CODE.search(text)
    return found[1] if found else None


def backoff(words: object) -> timedelta | None:
    """Find how long a throttling server (Exchange Online) asks us to stay away; an hour at most."""
    text = words.decode("ascii", "replace") if isinstance(words, bytes) else str(words)
    found = _BACKOFF.search(text)
    return None if found is None else min(timedelta(milliseconds=int(found[1])), _LONGEST_BACKOFF)


def throttled(words: object) -> Throttled | None:
    """Tell whether a refusal means that it is too much: Exchange's NO and BAD, Gmail's OVERQUOTA. With the pause."""
    text = words.decode("ascii", "replace") if isinstance(words, bytes) else str(words)
    found = code(text)
    if found not in _TOO_MUCH and not _TOO_MUCH_IN_WORDS.search(text):
        return None
    return Throttled(f"the server has enough for now ({found or 'no code'})", retry_after=backoff(text) or _PAUSE)


def numbers(answers: Iterable[Raw]) -> list[int]:
    """Read the numbers of a SEARCH, each once, ascending."""
    found: set[int] = set()
    for answer in answers:
        if isinstance(answer, tuple):
            raise Garbled("a SEARCH with a literal")
        for word in (answer or b"").partition(b"(")[0].split():  # `(MODSEQ n)` may end it
            if not word.isdigit():
                raise Garbled("a SEARCH with other things than numbers")
            found.add(int(word))
    found.discard(0)
    return sorted(found)


def fetched(answers: Iterable[Raw]) -> list[Item]:
    """Read what a FETCH told; answers without a UID are others' doings and left out. Raises `Garbled`."""
    return [item for head, literal, rest in _responses(answers) if (item := _item(head, literal, rest)) is not None]


def _responses(answers: Iterable[Raw]) -> Iterator[tuple[bytes, bytes | None, bytes]]:
    """Put together what belongs together: the line up to the literal, the literal, the rest of the line."""
    waiting: tuple[bytes, bytes] | None = None
    for answer in answers:
        if waiting is not None:
            if not isinstance(answer, bytes):
                raise Garbled("a literal that is not followed by the rest of its line")
            yield *waiting, answer
            waiting = None
        elif isinstance(answer, tuple):
            waiting = answer
        elif answer:
            yield answer, None, b""
    if waiting is not None:
        raise Garbled("a literal at the end, without the rest of its line")


def _item(head: bytes, literal: bytes | None, rest: bytes) -> Item | None:
    if literal is not None and not _REST.fullmatch(rest):
        raise Garbled("what follows a literal is no end of an answer: was its length a lie?")
    uid = _UID.search(head) or _UID.search(rest)
    if uid is None:
        return None
    size = _SIZE.search(head) or _SIZE.search(rest)
    body, origin = literal, None
    if (place := _BODY.search(head)) is not None:
        origin = int(place[1]) if place[1] is not None else None
        if literal is None and (quoted := _QUOTED.match(head, place.end())) is not None:
            body = re.sub(rb"\\(.)", rb"\1", quoted[1])
    return Item(int(uid[1]), int(size[1]) if size else None, body, origin)
