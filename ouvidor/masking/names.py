"""Names of persons: who introduces or signs themselves, who is called by title or kinship, and names anywhere.

A name is known by the words before it and by its capitals, or, in text without them, by lists of first names and
surnames. A name inside a place's (Rua José Bonifácio, Escola Maria Clara) is the place's. Whoever is named for what
they do (`a atendente Cláudia`, `Dr. Paulo`) is found as staff: the extract spares them, what leaves the house does not.

What words have announced outweighs what only looks like a name, and somebody once known for staff is staff throughout.
"""

import re
from bisect import bisect
from collections.abc import Iterator
from typing import Final, NamedTuple

from ouvidor.masking.announced import INTRODUCTIONS, SOFT, called, taken
from ouvidor.masking.lexicon import (
    AMBIGUOUS,
    CLOSERS,
    COMMON,
    CONNECTORS,
    FIRST,
    LANDS,
    LAST,
    LIKELY,
    OWNED,
    RELATIONS,
    ROLES,
    TITLES,
    TOWNS,
)
from ouvidor.masking.masked import Found, Kind, Why
from ouvidor.masking.name_parts import found, in_place, name_end, opens
from ouvidor.masking.reading import Reading
from ouvidor.masking.signatures import own_lines, signed
from ouvidor.masking.staff import SERVED, kind_near

__all__ = ["names"]

_BEFORE_NAMES: Final = ROLES | TITLES | RELATIONS
_AT: Final = frozenset({"em", "in", "at", "near", "from", "desde", "until", "ate"})
_ARTICLES: Final = frozenset(
    {"a", "o", "ao", "aos", "pela", "pelo", "com", "la", "named", "chamada", "chamado", "pra", "pro"}
)
_ROLE_FAR: Final = 12
_SHORTEST: Final = 3
_AND: Final = re.compile(r"(?:, ?|,? (?:e|y|and) )(?:(?:com |d|pr|n|p)?[oa] )?")
_SPELLED: Final = re.compile(r"(?<![\w'])[a-z](?:(?: ?[,-] ?| )[a-z](?![\w'])){3,30}")
_SHORT_WORDS: Final = frozenset("aeonqdcpvk")
_OF_KIN: Final = re.compile(
    r",? (?:que e )?(?:(?:a |o )?(?:minha|meu|nossa|nosso) )?(?:irm[ao]|filh[oa]|net[oa]|mae|pai|espos[oa]|marido|"
    r"mulher|vizinh[oa]|"
    r"sogr[oa]|prim[oa]|ti[oa]|sobrinh[oa]|cunhad[oa])(?: d| m|\b)"
)
_PRESENTED: Final = re.compile(
    r", (?:\d{1,3} anos|brasileir|casad|solteir|viuv|aposentad|portador|residente|morador|cpf|rg\b|inscrit|nascid|"
    r"domicili)"
    r"| ?[-(] ?(?:rg|cpf|protocolo)\b"
)


_FROM: Final = _AT | {"de", "para", "p"}
_STATE: Final = re.compile(
    r" ?[-/(,] ?(?:a[clmp]|ba|ce|df|es|go|m[agst]|p[abeir]|r[jnors]|s[cep]|to|parana|bahia|ceara|minas|goias|piaui)\b"
)


class _Seen(NamedTuple):
    """A name, and whether anything but its looks tells so."""

    found: Found
    told: bool


def names(reading: Reading) -> Iterator[Found]:
    """Find names of persons."""
    seen = [*_introduced(reading), *_by_words(reading)]
    seen.extend(_Seen(each, told=True) for each in own_lines(reading))
    seen.extend(_listed(reading, seen))
    staff = sorted(each.found for each in seen if each.found.kind is Kind.STAFF)
    starts = [each.start for each in staff]
    private = {_first(each.found) for each in seen if each.told and each.found.kind is Kind.NAME}
    working = {_first(each) for each in staff} - private
    for each in seen:
        name = each.found
        if not each.told and name.kind is Kind.NAME:
            nearest = bisect(starts, name.end - 1) - 1
            if nearest >= 0 and staff[nearest].end > name.start:
                continue
            if _first(name) in working:
                name = name._replace(kind=Kind.STAFF)
        if name.kind is Kind.STAFF:
            yield name._replace(why=Why.WORKING)
        else:
            yield name._replace(why=Why.ANNOUNCED if each.told else Why.LISTED)
    yield from _spelled(reading)


def _first(name: Found) -> str:
    return name.key.partition(" ")[0]


def _introduced(reading: Reading) -> Iterator[_Seen]:
    starts = {token.start: place for place, token in enumerate(reading.tokens)}
    for regex, strong in ((INTRODUCTIONS, True), (SOFT, False)):
        for match in regex.finditer(reading.folded):
            place = starts.get(match.end())
            if place is not None:
                for each in taken(reading, place, Kind.NAME, anything=strong):
                    yield _Seen(each, told=True)
    for match in SERVED.finditer(reading.folded):
        place = starts.get(match.end())
        if place is not None:
            words = match.group()
            at_work = words[0] not in "ncs" or words.startswith(("conv", "sp")) or _role_before(reading, place)
            for each in taken(reading, place, Kind.STAFF if at_work else Kind.NAME, anything=False):
                yield _Seen(each, told=True)


def _role_before(reading: Reading, place: int) -> bool:
    return any(token.word in ROLES for token in reading.tokens[max(0, place - _ROLE_FAR) : place])


def _by_words(reading: Reading) -> Iterator[_Seen]:
    skip = 0
    for place, token in enumerate(reading.tokens):
        if place < skip:
            continue
        word = token.word
        if word in CLOSERS:
            for each in signed(reading, place):
                yield _Seen(each, told=True)
        if word in _BEFORE_NAMES:
            for each in called(reading, place):
                yield _Seen(each, told=True)
        if word in RELATIONS and not reading.capital(token):
            continue
        if (
            (word in FIRST or reading.capital(token))
            and (end := _bare(reading, place))
            and not in_place(reading, place)
        ):
            kind, told = kind_near(reading, place, end)
            skip = end
            if told or not _is_town(reading, place, end):
                yield _Seen(found(reading, place, end, kind), told)


def _is_town(reading: Reading, place: int, end: int) -> bool:
    """Is it a municipality's name, that few persons have or that stands where one says from where or whither?"""
    words = [token.word for token in reading.tokens[place:end]]
    if " ".join(words) not in TOWNS or _OF_KIN.match(reading.folded, reading.tokens[end - 1].end):
        return False
    before = reading.tokens[place - 1].word if place else ""
    few = len(words) == 1 and words[0] not in COMMON
    return few or before in _FROM or _STATE.match(reading.folded, reading.tokens[end - 1].end) is not None


def _bare(reading: Reading, place: int) -> int:
    """Give where a name that nothing announces ends; 0 where there is none."""
    tokens = reading.tokens
    end = name_end(reading, place, anything=False)
    parts = [token.word for token in tokens[place:end] if token.word not in CONNECTORS]
    if not parts:
        return 0
    capital = reading.capital(tokens[place])
    if len(parts) == 1:
        is_name = _alone(reading, place, capital)
    elif parts[0] not in FIRST:
        is_name = capital and _by_surname(reading, place, end, parts[1:])
    else:
        is_name = _together(parts, capital)
    return end if is_name else 0


def _by_surname(reading: Reading, place: int, end: int, parts: list[str]) -> bool:
    """With a first word that no list has: does a surname follow, or what one says of persons?"""
    surnames = [word for word in parts if word in LAST and word not in AMBIGUOUS]
    presented = _PRESENTED.match(reading.folded, reading.tokens[end - 1].end) is not None
    return presented or (bool(surnames) and not opens(reading, place))


def _together(parts: list[str], capital: bool) -> bool:
    """Are words, the first of which may be a first name, a name together?"""
    if parts[0] in LANDS and parts[-1] in LANDS:
        return False
    listed = [word for word in parts[1:] if word in LAST or word in FIRST]
    if capital:
        return bool(listed) or parts[0] not in AMBIGUOUS
    if parts[0] in AMBIGUOUS:
        return any(word in COMMON for word in listed)
    return parts[0] in COMMON or any(word not in AMBIGUOUS for word in listed)


def _alone(reading: Reading, place: int, capital: bool) -> bool:
    """Is one word a name by itself? With a capital any first name is; in lower case one that many have."""
    token = reading.tokens[place]
    if _OF_KIN.match(reading.folded, token.end) and token.word in FIRST and len(token.word) >= _SHORTEST:
        return True
    before = reading.tokens[place - 1].word if place else ""
    if (
        place > 1
        and before in {"do", "da"}
        and reading.tokens[place - 2].word in OWNED
        and token.word in FIRST - AMBIGUOUS
    ):
        return True
    if capital and token.word in LIKELY and before in _ARTICLES and not opens(reading, place):
        return True
    if token.word in AMBIGUOUS or token.word in LANDS or len(token.word) < _SHORTEST or before in _AT:
        return False
    return token.word in (FIRST if capital and not opens(reading, place) else COMMON)


def _listed(reading: Reading, seen: list[_Seen]) -> Iterator[_Seen]:
    """Find who stands in a row with a name: `Graça, Piedade e Conceição`."""
    starts = {token.start: place for place, token in enumerate(reading.tokens)}
    taken_already = {each.found.start for each in seen}
    for each in seen:
        at, one = each.found.end, each
        while (comma := _AND.match(reading.folded, at)) is not None:
            place = starts.get(comma.end())
            if place is None or reading.tokens[place].start in taken_already:
                break
            token = reading.tokens[place]
            end = name_end(reading, place, anything=False)
            if token.word not in FIRST or token.word in LANDS or end == place or not reading.capital(token):
                break
            one = _Seen(found(reading, place, end, one.found.kind), one.told)
            taken_already.add(one.found.start)
            at = one.found.end
            yield one


def _spelled(reading: Reading) -> Iterator[Found]:
    """Find what is spelled letter by letter: a name that somebody wants written right."""
    for match in _SPELLED.finditer(reading.folded):
        letters = {each for each in match.group() if each.isalpha()}
        if letters <= _SHORT_WORDS:
            continue
        yield Found(*match.span(), Kind.NAME, match.group(), Why.SPOKEN)
