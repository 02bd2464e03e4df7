"""Addresses in headers: names and addresses, however they are punctuated.

One pass over tokens, so that a header of a megabyte takes no longer than its length says. Outlook's semicolons separate
as commas do; a group (`Equipe: a@b, c@d;`) is its members; a name that is nothing but the address is no name.

Source: RFC 5322, 3.4, and its obsolete forms.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ingest.email.words import decode_words

__all__ = ["Mailbox", "names_only", "read_addresses"]

_UNQUOTED: Final = (
    rb"\(([^()]*)\)|<([^<>]*)>|([,;:])"
    rb"|(=\?[^?\s]+\?[bBqQ]\?[^?]*\?=|(?:[^\",;:<(=]|=(?!\?))+)|(.)"
)
_TOKEN: Final = re.compile(rb'"((?:[^"\\]|\\.)*)"|' + _UNQUOTED, re.DOTALL)
_REST: Final = re.compile(rb"((?!))|" + _UNQUOTED, re.DOTALL)
"""The same after a quotation mark that nothing closes. None behind it is closed either, and each would be tried."""
_ADDRESS_SIGNS: Final = re.compile(r"[^\s<>\"'(),;:@]{1,250}")
_QUOTED_LOCAL: Final = re.compile(r'"[^"]{1,64}"@[^\s"@]{1,250}')
_DISGUISED: Final = re.compile(rb"\?=@|@=\?")
"""An encoded word as a part of an address, which the standard forbids: decoded, it could bring an `@` of its own, and
then the domain that the checks (DMARC) were about would not be the one that is shown."""
_ASIDE: Final = re.compile(rb'"(?:[^"\\]|\\.)*"|\([^()]*\)|=\?[^?\s]+\?[bBqQ]\?[^?]*\?=', re.DOTALL)
_WRITTEN: Final = re.compile(rb"[^\x00-\x20<>\"'(),;:@]{1,250}@[^\x00-\x20<>\"'(),;:@]{1,250}")
_LONGEST_PLAIN: Final = 2000
_LONGEST_ADDRESS: Final = 500
_LONGEST_NAME: Final = 300
_LONGEST_HEADER: Final = 256 * 1024
"""Bytes that are looked through: room for some thousand recipients, of whom a hundred are kept."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One address with the name that stands beside it."""

    name: str | None
    address: str | None


def read_addresses(value: bytes, charset: str | None = None) -> Iterator[Mailbox]:
    """Give the mailboxes of a header, in order. `Souza, Ana <a@b>` without quotation marks is one."""
    waiting: Mailbox | None = None
    for mailbox in _each(value, charset):
        if waiting is not None and mailbox.address and mailbox.name:
            yield Mailbox(f"{waiting.name}, {mailbox.name}"[:_LONGEST_NAME], mailbox.address)
            waiting = None
            continue
        if waiting is not None:
            yield waiting
        waiting = None if mailbox.address else mailbox
        if waiting is None:
            yield mailbox
    if waiting is not None:
        yield waiting


def names_only(values: Sequence[bytes], address: str) -> bool:
    """Tell whether headers are one that names this address and no other, whoever reads it by whatever grammar."""
    bare = _ASIDE.sub(b" ", values[0]) if len(values) == 1 and len(values[0]) <= _LONGEST_PLAIN else b""
    found = _WRITTEN.findall(bare)
    return len(found) == bare.count(b"@") and {each.lower() for each in found} == {address.lower().encode()}


def _each(value: bytes, charset: str | None) -> Iterator[Mailbox]:
    phrase: list[bytes] = []
    comment: list[bytes] = []
    address: bytes | None = None
    for token in _tokens(value[:_LONGEST_HEADER]):
        quoted, commented, angled, mark, run, other = token.groups()
        if quoted is not None:
            phrase.append(re.sub(rb"\\(.)", rb"\1", quoted, flags=re.DOTALL))
        elif commented is not None:
            comment.append(commented)
        elif angled is not None:
            address = angled if address is None else address
        elif mark == b":":
            if any(b"@" in word for word in phrase):
                phrase.append(b":")
            else:
                phrase, comment = [], []  # a group's name
        elif mark is not None:
            if (found := _mailbox(phrase, comment, address, charset)) is not None:
                yield found
            phrase, comment, address = [], [], None
        else:
            phrase.append(run if run is not None else other)
    if (found := _mailbox(phrase, comment, address, charset)) is not None:
        yield found


def _tokens(value: bytes) -> Iterator[re.Match[bytes]]:
    for token in _TOKEN.finditer(value):
        yield token
        if token[0] == b'"':
            yield from _REST.finditer(value, token.end())
            return


def _mailbox(phrase: list[bytes], comment: list[bytes], angled: bytes | None, charset: str | None) -> Mailbox | None:
    whole = b"".join(phrase)
    words = decode_words(whole, charset)[0].strip(" '\"<>")
    if angled is not None:
        address = _address(
            angled.decode("ascii", "replace") if _DISGUISED.search(angled) else decode_words(angled, charset)[0]
        )
        name = words
    elif _DISGUISED.search(whole):
        address, name = _bare_address(whole.decode("ascii", "replace")), ""
    else:
        address = _bare_address(words)
        name = words.replace(address, "", 1).strip(" '\"<>()[]") if address else words
    if not name and comment:
        name = decode_words(comment[-1], charset)[0]
    if name and address and name.casefold() == address.casefold():
        name = ""
    if not name and not address:
        return None
    return Mailbox(name[:_LONGEST_NAME] or None, address[:_LONGEST_ADDRESS] if address else None)


def _address(angled: str) -> str | None:
    """Read what stands between angles: without a route (`@a,@b:x@y`), `mailto:` or spaces."""
    if _QUOTED_LOCAL.fullmatch(angled):
        return angled
    settled = angled.rpartition(":")[2] if angled.startswith("@") else angled
    settled = re.sub(r"(?i)^mailto:|\s+", "", settled).strip("'\"")
    return settled or None


def _bare_address(words: str) -> str | None:
    """Find an address among words: from its `@` to both sides, so that the time is the words' length."""
    at = words.find("@")
    local = _ADDRESS_SIGNS.match(words[max(0, at - 250) : max(at, 0)][::-1])
    domain = _ADDRESS_SIGNS.match(words, at + 1)
    if at < 0 or local is None or domain is None:
        return None
    return f"{local[0][::-1]}@{domain[0]}"
