"""Of which words a name is made: where one ends that begins here, and whether it is a place's.

Words of a name follow each other with a space, or after a point that shortens (`Dr.`, an initial). With a capital all
words with a capital are it; without, those of the lists alone, and at most one more where something has announced a
name: "meu nome é zulmira quixadá".
"""

from typing import Final

from ouvidor.masking.lexicon import (
    AMBIGUOUS,
    CONNECTORS,
    FIRST,
    LAST,
    NO_NAME,
    PLACES,
    RELATIONS,
    ROLES,
    SHORTENED,
    TITLES,
)
from ouvidor.masking.masked import Found, Kind
from ouvidor.masking.reading import Reading

__all__ = ["found", "in_place", "joined", "name_end", "opens", "paired", "unlisted"]

_GAP: Final = frozenset({" ", "  ", "\t", "-"})
_LONGEST: Final = 7
_TITLES_MOST: Final = 2
_GAP_MOST: Final = 3
_INITIAL: Final = 2
_CALLED: Final = ROLES | TITLES


def joined(reading: Reading, place: int) -> bool:
    """Does a word follow the one before it in the same name: with a space, or after a point that shortens it?"""
    tokens = reading.tokens
    gap = reading.folded[tokens[place - 1].end : tokens[place].start]
    short = len(tokens[place - 1].word) <= _INITIAL or tokens[place - 1].word in SHORTENED
    return gap in _GAP or (short and gap in {". ", "."})


def name_end(reading: Reading, place: int, *, anything: bool) -> int:
    """Give where a name that begins with a token ends; the token itself where none does."""
    tokens, end, last = reading.tokens, place, place
    capital = place < len(tokens) and reading.capital(tokens[place])
    while last < len(tokens) and last - place < _LONGEST:
        token = tokens[last]
        if last > place and not joined(reading, last):
            break
        if last > place and token.word in CONNECTORS:
            last += 1
            continue
        known = token.word in FIRST or token.word in LAST
        stands = reading.capital(token) if capital else known or (anything and last == place)
        if not stands or (token.word in NO_NAME and not (known and last > place)):
            break
        if token.word in PLACES and not known:
            break
        if not capital and last > place and not known:
            break
        last += 1
        end = last
    return end


def paired(reading: Reading, place: int) -> int:
    """In lower case, after an announcement, a word that no list has is a name where a surname follows it."""
    tokens = reading.tokens
    if place + 1 >= len(tokens) or not joined(reading, place + 1):
        return place
    word, after = tokens[place].word, tokens[place + 1].word
    usual = word in NO_NAME or word in CONNECTORS or word in RELATIONS or word in ROLES or len(word) <= _GAP_MOST
    return place if usual or after not in LAST or after in AMBIGUOUS else name_end(reading, place + 1, anything=False)


def unlisted(reading: Reading, place: int, end: int) -> int:
    """After "meu nome é", in lower case, a word that no list has is still a name where it closes the sentence."""
    tokens = reading.tokens
    if (
        end < len(tokens)
        and end - place <= _TITLES_MOST
        and tokens[end].word not in NO_NAME
        and len(tokens[end].word) > _GAP_MOST
    ):
        gap = reading.folded[tokens[end - 1].end : tokens[end].start]
        after = reading.folded[tokens[end].end : tokens[end].end + 2]
        if gap == " " and (not after or after[0] in ",.;\n" or after == " e"):
            return end + 1
    return end


def in_place(reading: Reading, place: int) -> bool:
    """Is a name part of a place's?"""
    tokens = reading.tokens
    for before in range(place - 1, max(-1, place - 6), -1):
        gap = reading.folded[tokens[before].end : tokens[before + 1].start]
        if len(gap) > 2 or any(each in gap for each in ",;:!?\n("):  # noqa: PLR2004 - "Dr. "
            return False
        token = tokens[before]
        if token.word in PLACES:
            return True
        if not (
            token.word in CONNECTORS
            or token.word in _CALLED
            or reading.capital(token)
            or token.word in LAST
            or token.word in FIRST
            or token.word in {"municipal", "estadual", "santa", "santo", "sao"}
        ):
            return False
    return False


def found(reading: Reading, first: int, end: int, kind: Kind) -> Found:
    """Give the name that stands from one token to before another."""
    start, stop = reading.tokens[first].start, reading.tokens[end - 1].end
    return Found(start, stop, kind, reading.folded[start:stop])


def opens(reading: Reading, place: int) -> bool:
    """Does a word open a sentence, so that its capital tells nothing?"""
    before = reading.folded[: reading.tokens[place].start].rstrip(" \"'(*-")[-1:]
    return before in {"", ".", "!", "?", "\n", ":"}
