"""Which older mails a mail names, and which conversation it belongs to: ids as mailers break them, and Outlook's.

Ids come without their brackets, with spaces inside (a folded line), with commas between, entity-encoded, twice
bracketed, or among words ("Your message of … <id>"). What has no `@` and no brackets is a word, not an id.

Outlook's `Thread-Index` begins with 22 bytes that all mails of a conversation share (a time and a GUID) and grows by
five bytes for each answer. It serves only where the ids tell nothing: a customer's first mail is known by its id.

Source: RFC 5322 3.6.4; [MS-OXOMSG] 2.2.1.3 (PidTagConversationIndex).
"""

import binascii
import re
from collections.abc import Iterable
from html import unescape
from typing import Final

from ingest.email.heads import Head
from ingest.email.words import decode_words

__all__ = ["answered_in", "conversation_index", "ids_in", "normal_subject"]

_LONGEST: Final = 500
_LONGEST_HEADER: Final = 200_000
_BRACKETED: Final = re.compile(r"<([^<>]{1,998}+)(?:>|(?=<)|$)")
_BARE: Final = re.compile(r"[^\s<>,;\"']{1,500}@[^\s<>,;\"']{1,500}")
_WORDS: Final = re.compile(r"[^\W\d_]{2,}")
_SHARED: Final = 22
_FIRST_BYTE: Final = 1
_PREFIX: Final = re.compile(r"\s*(?:\[[^\]]{1,60}\]\s*)?[^\W\d_]{1,6}\s?(?:[\[(]\d{1,3}[\])])?\s?[:\uff1a]\s*")


def ids_in(values: Iterable[bytes]) -> list[str]:
    """Give the ids of headers in their order, each once, without brackets and inner spaces."""
    text = unescape(decode_words(b" ".join(values)[:_LONGEST_HEADER])[0])
    found = ["".join(match[1].split()) for match in _BRACKETED.finditer(text)]
    rest = _BRACKETED.sub(" ", text)
    if not found or "@" in rest:
        found += [] if _WORDS.search(_BARE.sub(" ", rest)) and found else _BARE.findall(rest)
    return list(dict.fromkeys(its[:_LONGEST] for its in found if its))


def answered_in(head: Head) -> str | None:
    """Give the id in `In-Reply-To`: the first; among words ("Message from <a@b> of … <id>") the last."""
    values = head.all("in-reply-to")
    ids = ids_in(values)
    if not ids:
        return None
    around = _BRACKETED.sub(" ", decode_words(b" ".join(values)[:_LONGEST_HEADER])[0])
    return ids[-1] if _WORDS.search(_BARE.sub(" ", around)) else ids[0]


def conversation_index(head: Head) -> tuple[str | None, bool]:
    """Give Outlook's conversation in hexadecimal digits, and whether the mail is an answer in it."""
    try:
        index = binascii.a2b_base64(b"".join(head.first("thread-index").split()))
    except binascii.Error:
        return None, False
    if len(index) < _SHARED or index[0] != _FIRST_BYTE:
        return None, False
    return index[:_SHARED].hex(), len(index) > _SHARED


def normal_subject(subject: str) -> str:
    """Give a subject without "Re:", "ENC:" and the like, for comparing."""
    bare = subject[:_LONGEST]
    while (prefix := _PREFIX.match(bare)) and prefix.end() < len(bare):
        bare = bare[prefix.end() :]
    return " ".join(bare.split()).casefold()
