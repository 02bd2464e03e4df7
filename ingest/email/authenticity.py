"""Is a mail from whom it says? What our own mail server found, and what we were asked to find. Recorded, never judged.

Any sender can write `Authentication-Results` into a mail, with any server's name. Servers put theirs on top, so only
the topmost header with our server's own name is believed, and nothing below it; a server that writes several counts by
the last that it wrote. Whether it removes forged ones with its name is its own duty (RFC 8601, 5): where it writes none
itself, a forged one would be on top.

Source: RFC 8601; RFC 7208, 2.6 (results of SPF).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from ingest.email.heads import Head
from ouvidor.records import AuthenticityCheck

__all__ = ["HINT_FOUND", "HINT_SERVER", "recorded"]

HINT_SERVER: Final = "authserv"
"""The name of our own mail server, as the account's settings give it."""
HINT_FOUND: Final = "authfound"
"""What we found ourselves, written as such a header."""

_LONGEST: Final = 8 * 1024
_MOST: Final = 10
_UNQUOTED: Final = r'([()])|(;)|([^\s"();]+)|\s+|.'
_TOKEN: Final = re.compile(r'"((?:[^"\\]|\\.)*)"|' + _UNQUOTED, re.DOTALL)
_REST: Final = re.compile(r"((?!))|" + _UNQUOTED, re.DOTALL)
"""The same after a quotation mark that nothing closes. None behind it is closed either, and each would be tried."""
_NO_SIGN: Final = re.compile(r"[^\w.-]")
_METHODS: Final = frozenset({"spf", "dkim", "dmarc", "arc"})
_RESULTS: Final = frozenset(
    {"pass", "fail", "softfail", "neutral", "none", "policy", "temperror", "permerror", "bestguesspass"}
)
_SPEAKS_FOR: Final = {
    "spf": ("smtp.mailfrom", "smtp.mail", "smtp.helo"),
    "dkim": ("header.d", "header.i"),
    "dmarc": ("header.from",),
    "arc": (),
}


def recorded(head: Head, hints: Mapping[str, str]) -> tuple[AuthenticityCheck, ...]:
    """Give what is known: from our server's header where the settings name it, and from our own look."""
    found: list[AuthenticityCheck] = []
    if server := hints.get(HINT_SERVER):
        found += _of_server(head, server)
    if ours := hints.get(HINT_FOUND):
        found += _checks(list(_parts(ours))[1:], "ouvidor")
    return tuple(found[:_MOST])


def _of_server(head: Head, server: str) -> list[AuthenticityCheck]:
    for value in head.all("authentication-results"):
        first, *parts = list(_parts(value[:_LONGEST].decode("utf-8", "replace"))) or [[]]
        if first and first[0].casefold() == server.casefold():
            return list(_checks(parts, server))
    return []


def _parts(value: str) -> Iterator[list[str]]:
    """Give the words between semicolons; comments are left out, however deep they are nested."""
    words: list[str] = []
    depth = 0
    for token in _tokens(value):
        quoted, bracket, end, word = token.groups()
        if bracket is not None:
            depth = depth + 1 if bracket == "(" else max(0, depth - 1)
        elif depth:
            continue
        elif end is not None:
            yield words
            words = []
        elif quoted is not None and words and words[-1].endswith("="):
            words[-1] += quoted
        elif word is not None or quoted is not None:
            words.append(word if word is not None else quoted)
    yield words


def _tokens(value: str) -> Iterator[re.Match[str]]:
    for token in _TOKEN.finditer(value):
        yield token
        if token[0] == '"':
            yield from _REST.finditer(value, token.end())
            return


def _checks(parts: list[list[str]], by: str) -> Iterator[AuthenticityCheck]:
    for words in parts:
        given = dict(pair for word in words if (pair := _pair(word)))
        method = next(iter(given), "").partition("/")[0]
        result = next(iter(given.values()), "").casefold()
        if method not in _METHODS or result not in _RESULTS:
            continue
        domain = next((given[name] for name in _SPEAKS_FOR[method] if given.get(name)), "")
        yield AuthenticityCheck(
            method=method,
            result="neutral" if result == "bestguesspass" else result,
            domain=_NO_SIGN.sub("", domain.rpartition("@")[2]).casefold()[:253] or None,
            by=by,
        )


def _pair(word: str) -> tuple[str, str] | None:
    name, sign, value = word.partition("=")
    return (name.casefold(), value) if sign else None
