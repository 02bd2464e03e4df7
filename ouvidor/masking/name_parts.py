"""Of which words a name is made: where one ends that begins here, and whether it is a place's.

Words of a name follow each other with a space, or after a point that shortens (`Dr.`, an initial). With a capital all
words with a capital are it; without, those of the lists alone, and at most one more where something has announced a
name: "meu nome é zulmira quixadá".
"""

from typing import Final

from ouvidor.masking.lexicon import (
    AMBIGUOUS,
    COMMON,
    CONNECTORS,
    FIRST,
    LANDS,
    LAST,
    NO_NAME,
    ORDINARY,
    OWNED,
    PLACES,
    RELATIONS,
    ROLES,
    SHORTENED,
    TITLES,
    WORKPLACES,
)
from ouvidor.masking.masked import Found, Kind
from ouvidor.masking.reading import Reading, Token

__all__ = ["found", "in_place", "joined", "name_end", "opens", "paired", "unlisted"]

_GAP: Final = frozenset({" ", "  ", "\t", "-"})
_LONGEST: Final = 7
_TITLES_MOST: Final = 2
_GAP_MOST: Final = 3
_OPENING: Final = 8
_INITIAL: Final = 2
_ACRONYM: Final = 5
_CALLED: Final = ROLES | TITLES
_OWNERS: Final = frozenset({"seu", "dona", "sr", "sra", "senhor", "senhora", "tio", "tia", "ze"})
_SCHOOLS: Final = frozenset({"EM", "EE", "EEB", "EMEB", "CEMEI"})
_IN_PLACES: Final = frozenset({"municipal", "estadual", "federal", "santa", "santo", "sao", "ª", "º"})


def joined(reading: Reading, place: int) -> bool:
    """Does a word follow the one before it in the same name: with a space, or after a point that shortens it?"""
    tokens = reading.tokens
    gap = reading.folded[tokens[place - 1].end : tokens[place].start]
    short = len(tokens[place - 1].word) <= _INITIAL or tokens[place - 1].word in SHORTENED
    return gap in _GAP or (short and gap in {". ", "."})


def name_end(reading: Reading, place: int, *, anything: bool) -> int:
    """Give where a name that begins with a token ends; the token itself where none does.

    `anything`: what stands there was announced as a name, so that it need not be in a list.
    """
    tokens, end, last = reading.tokens, place, place
    capital = place < len(tokens) and reading.capital(tokens[place])
    while last < len(tokens) and last - place < _LONGEST:
        token = tokens[last]
        if last > place and not joined(reading, last):
            break
        if last > place and token.word in CONNECTORS:
            last += 1
            continue
        if not _stands(reading, place, last, capital, anything=anything):
            break
        last += 1
        end = last
    return end


def _stands(reading: Reading, place: int, last: int, capital: bool, *, anything: bool) -> bool:
    """Can a token be a word of the name that begins at `place`?"""
    token = reading.tokens[last]
    known = token.word in FIRST or token.word in LAST
    if (token.word in NO_NAME and not (known and last > place)) or (token.word in PLACES and not known):
        return False
    opening = last == place
    if capital:
        plain = token.word in ORDINARY and not known and (opening or not _inside(reading, last))
        looks = not (plain or (opening and _acronym(reading, token)))
        return reading.capital(token) and (looks or (anything and opening))
    if opening:
        return known or anything
    if token.word in RELATIONS:
        return False
    initial = len(token.word) == 1 and token.word not in "aeo"
    return known or initial or (anything and _strange(token.word) and reading.tokens[last - 1].word in FIRST)


def _inside(reading: Reading, last: int) -> bool:
    """Is a word that means something (`Joana Dark Pinto`, `Zé da Feira`) still of the name that it stands in?"""
    tokens = reading.tokens
    if (
        tokens[last - 1].word in CONNECTORS - {"e", "y"}
        or reading.folded[tokens[last].end : tokens[last].end + 1] == "."
    ):
        return True
    after = last + 1
    if after >= len(tokens) or not joined(reading, after) or not reading.capital(tokens[after]):
        return False
    return tokens[after].word in LAST or tokens[after].word in FIRST


def _acronym(reading: Reading, token: Token) -> bool:
    """Is it in capitals where not all is, and short? `JARI` and `TEA` are no names."""
    short = 1 < len(token.word) <= _ACRONYM
    named = token.word in COMMON and len(token.word) > _GAP_MOST
    return short and not named and reading.text[token.start : token.end].isupper()


def _strange(word: str) -> bool:
    return len(word) > _GAP_MOST and word not in ORDINARY and word not in LANDS and word not in WORKPLACES


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
    """Is a name part of a place's? Whose house or shop it is (`a padaria do seu Manuel`) is a person."""
    tokens, owner = reading.tokens, False
    for before in range(place - 1, max(-1, place - 6), -1):
        gap = reading.folded[tokens[before].end : tokens[before + 1].start]
        if (len(gap) > 2 and gap != " & ") or any(each in gap for each in ",;:!?\n("):  # noqa: PLR2004 - "Dr. "
            return False
        token = tokens[before]
        if "." in gap and token.word not in SHORTENED and len(token.word) > _GAP_MOST:
            return False
        if token.word in PLACES or (reading.text[token.start : token.end] in _SCHOOLS and not reading.shouted):
            owned = owner or (token.word in OWNED and not reading.capital(token))
            return not (owned and tokens[before + 1].word in {"do", "da", "dos", "das"})
        owner = owner or token.word in _OWNERS
        if not (
            token.word in CONNECTORS
            or token.word in _CALLED
            or token.word in LAST
            or token.word in FIRST
            or token.word in _IN_PLACES
            or reading.capital(token)
        ):
            return False
    return False


def found(reading: Reading, first: int, end: int, kind: Kind) -> Found:
    """Give the name that stands from one token to before another."""
    start, stop = reading.tokens[first].start, reading.tokens[end - 1].end
    return Found(start, stop, kind, reading.folded[start:stop])


def opens(reading: Reading, place: int) -> bool:
    """Does a word open a sentence, so that its capital tells nothing?"""
    start = reading.tokens[place].start
    before = reading.folded[max(0, start - _OPENING) : start].rstrip(" \"'(*-")[-1:]
    return before in {"", ".", "!", "?", "\n", ":"}
