"""Names of persons: who introduces or signs themselves, who is called by title or kinship, and whole names anywhere.

A name is known by the words before it and by its capitals, or, in text without them, by lists of first names and
surnames. A name inside a place's (Rua José Bonifácio, Escola Maria Clara) is the place's. Whoever is named for what
they do (`a atendente Cláudia`, `Dr. Paulo`) is found as staff: the extract spares them, what leaves the house does not.
"""

import re
from collections.abc import Iterator
from typing import Final

from ouvidor.masking.lexicon import (
    AMBIGUOUS,
    CLOSERS,
    CONNECTORS,
    FIRST,
    LAST,
    NO_NAME,
    PLACES,
    RELATIONS,
    ROLES,
    TITLES,
)  # fmt: skip
from ouvidor.masking.masked import Found, Kind
from ouvidor.masking.reading import Reading

__all__ = ["names"]

_GAP: Final = frozenset({" ", "  ", "\t", ". ", ".", "-", "\u00a0"})
_LONGEST: Final = 7
_BEFORE: Final = r"[ :,*_]{0,4}(?:(?:a|o|do|da|de|sr|sra|dona)\b\.? )?"
_LABELS: Final = (
    "nome(?: completo| da mae| do pai| d[oa] titular| d[oa] alun[oa]| d[oa] paciente| social)?",
    "titular|paciente|alun[oa]|solicitante|interessad[oa]|remetente|requerente|autora?|name|nombre|de|from",
)
_INTRODUCTIONS: Final = re.compile(
    r"\b(?:"
    + "|".join(
        (
            "(?:o )?meu nome (?:completo )?eh?",
            "(?:me|eu) chamo|me chamam de|mi nombre es|me llamo|my name i?s",
            "quem (?:fala|escreve|esta falando) (?:aqui )?e|aqui (?:e|fala|quem fala e|quem escreve e)",
            "assinado|em nome de|no nome de|esta no nome d[aeo]",
            *(rf"(?:{label}) ?:" for label in _LABELS),
        )
    )
    + rf"){_BEFORE}"
)
_SOFT: Final = re.compile(
    r"\b(?:sou|soy|i am|i'm|im|eu,|aqui (?:e )?[ao]|falando,?|fala(?: aqui)?) ?(?:(?:a|o|el|la|eu) )?"
)
_SERVED: Final = re.compile(
    r"\b(?:atendid[oa]s? (?:por|pel[oa])|fal(?:ei|amos|ou) com(?: [ao])?|conversei com(?: [ao])?|"
    r"nome d(?:el[ea]|[oa] atendente|[oa] funcionari[oa]) e|spoke (?:to|with)|helped by|attended by|chamad[oa]|se chama)"
    r" ?(?:uma? |[ao] |tal de )?"
)
_ROLE_WITHIN: Final = 4
_TITLES_MOST: Final = 2
_GAP_MOST: Final = 3
_BEFORE_NAMES: Final = ROLES | TITLES | RELATIONS
_LINE_MOST: Final = 64
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_STRANGE: Final = re.compile(r"[^\w .']|\d")
_SHORTENED: Final = frozenset({"dr", "dra", "prof", "profa", "sr", "sra", "srta", "enf"})


def names(reading: Reading) -> Iterator[Found]:
    """Find names of persons."""
    tokens = reading.tokens
    starts = {token.start: place for place, token in enumerate(tokens)}
    for regex, strong in ((_INTRODUCTIONS, True), (_SOFT, False)):
        for match in regex.finditer(reading.folded):
            place = starts.get(match.end())
            if place is not None:
                yield from _taken(reading, place, Kind.NAME, anything=strong)
    for match in _SERVED.finditer(reading.folded):
        place = starts.get(match.end())
        if place is not None:
            yield from _taken(reading, place, _kind_near(reading, place), anything=False)
    yield from _by_words(reading)
    yield from _own_lines(reading)


def _by_words(reading: Reading) -> Iterator[Found]:
    skip = 0
    for place, token in enumerate(reading.tokens):
        if place < skip:
            continue
        word = token.word
        if word in CLOSERS:
            yield from _signed(reading, place)
        elif word in _BEFORE_NAMES:
            yield from _called(reading, place)
        elif word in FIRST and (end := _whole(reading, place)) and not _in_place(reading, place):
            yield _found(reading, place, end, _kind_near(reading, place))
            skip = end


def _name_end(reading: Reading, place: int, *, anything: bool) -> int:
    """Give where a name that begins with a token ends; the token itself where none does."""
    tokens, end, last = reading.tokens, place, place
    capital = place < len(tokens) and reading.capital(tokens[place])
    while last < len(tokens) and last - place < _LONGEST:
        token = tokens[last]
        if last > place and reading.folded[tokens[last - 1].end : token.start] not in _GAP:
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


def _taken(reading: Reading, place: int, kind: Kind, *, anything: bool) -> Iterator[Found]:
    end = _name_end(reading, place, anything=anything)
    if end == place:
        return
    token = reading.tokens[place]
    lower = not reading.capital(token)
    if not anything and (
        token.word in RELATIONS or token.word in ROLES or (lower and token.word in AMBIGUOUS and end == place + 1)
    ):
        return
    if anything and lower:
        end = _unlisted(reading, place, end)
    yield _found(reading, place, end, kind)


def _unlisted(reading: Reading, place: int, end: int) -> int:
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


def _called(reading: Reading, place: int) -> Iterator[Found]:
    """Find the name after a title, a role or a kinship, which stay."""
    tokens, first = reading.tokens, place + 1
    word = tokens[place].word
    kind = Kind.STAFF if word in ROLES else _titled(reading, place) if word in TITLES else Kind.NAME
    while first < len(tokens) and first - place <= _TITLES_MOST and tokens[first].word in TITLES | ROLES | {"a", "o"}:
        if tokens[first].word in ROLES:
            kind = Kind.STAFF
        first += 1
    if first >= len(tokens):
        return
    gap = reading.folded[tokens[first - 1].end : tokens[first].start]
    if len(gap) > _GAP_MOST or not set(gap) <= set(" .,:(-"):
        return
    token = tokens[first]
    capital = reading.capital(token)
    if not capital and (token.word not in FIRST or token.word in AMBIGUOUS):
        return
    if token.word in NO_NAME or token.word in CONNECTORS or (token.word in PLACES and token.word not in FIRST):
        return
    if "," in gap and token.word not in FIRST:
        return
    end = _name_end(reading, first, anything=False)
    if end > first and not _in_place(reading, place):
        yield _found(reading, first, end, kind)


def _titled(reading: Reading, place: int) -> Kind:
    return Kind.STAFF if place and reading.tokens[place - 1].word in ROLES else Kind.NAME


def _signed(reading: Reading, place: int) -> Iterator[Found]:
    """Find the name that closes a text: after a greeting, to the end of its line."""
    tokens, first = reading.tokens, place + 1
    if first >= len(tokens):
        return
    gap = reading.folded[tokens[place].end : tokens[first].start]
    if len(gap) > 12 or any(each.isdigit() for each in gap):  # noqa: PLR2004 - signs and blank lines
        return
    if tokens[first].word in CLOSERS:
        return
    end = _name_end(reading, first, anything=False)
    if end == first:
        return
    rest = reading.folded[tokens[end - 1].end : tokens[end - 1].end + 3].lstrip(" .,!")
    known = any(token.word in FIRST for token in tokens[first:end])
    if (not rest or rest[0] in "\n-(|/") and (known or "\n" in gap or "," in gap):
        yield _found(reading, first, end, Kind.NAME)


def _own_lines(reading: Reading) -> Iterator[Found]:
    """Find names that have a line to themselves, from the second line on."""
    start = reading.folded.find("\n") + 1
    while start:
        end = reading.folded.find("\n", start)
        stop = len(reading.folded) if end < 0 else end
        if stop - start <= _LINE_MOST:
            yield from _own_line(reading, start, stop)
        start = end + 1


def _own_line(reading: Reading, start: int, stop: int) -> Iterator[Found]:
    line = reading.folded[start:stop]
    bare = line.strip(" .,-*_")
    words = list(_LETTERS.finditer(bare))
    if not 1 <= len(words) <= _LONGEST or _STRANGE.search(bare) or words[0].group() not in FIRST:
        return
    listed = [word.group() in FIRST or word.group() in LAST or word.group() in CONNECTORS for word in words]
    first = start + line.index(bare)
    if len(words) == 1 and bare in AMBIGUOUS and not reading.text[first].isupper():
        return
    capitals = [word.group() in CONNECTORS or reading.text[first + word.start()].isupper() for word in words]
    if all(listed) or (all(capitals) and sum(listed) > 1):
        yield Found(first, first + len(bare), Kind.NAME, bare)


def _whole(reading: Reading, place: int) -> int:
    """Give where a whole name, first and last, ends; 0 where there is none."""
    tokens = reading.tokens
    end = _name_end(reading, place, anything=False)
    parts = [token.word for token in tokens[place:end] if token.word not in CONNECTORS]
    if len(parts) < 2:  # noqa: PLR2004 - first and last
        return 0
    listed = [word for word in parts[1:] if word in LAST or word in FIRST]
    if not listed:
        return 0
    if not reading.capital(tokens[place]) and (parts[0] in AMBIGUOUS or all(word in AMBIGUOUS for word in listed)):
        return 0
    return end


def _in_place(reading: Reading, place: int) -> bool:
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
            or token.word in ROLES | TITLES
            or reading.capital(token)
            or token.word in LAST
            or token.word in FIRST
            or token.word in {"municipal", "estadual", "santa", "santo", "sao"}
        ):
            return False
    return False


def _kind_near(reading: Reading, place: int) -> Kind:
    """A name close after a role is of somebody at work."""
    tokens = reading.tokens
    for before in range(place - 1, max(-1, place - 1 - _ROLE_WITHIN), -1):
        gap = reading.folded[tokens[before].end : tokens[before + 1].start]
        if any(each in gap for each in ";!?\n") or ("." in gap and tokens[before].word not in _SHORTENED):
            return Kind.NAME
        if tokens[before].word in RELATIONS and tokens[before].word not in {"chamado", "chamada"}:
            return Kind.NAME
        if tokens[before].word in ROLES:
            return Kind.STAFF
    match = _SERVED.search(reading.folded, max(0, tokens[place].start - 24), tokens[place].start)
    return Kind.STAFF if match is not None and match.end() == tokens[place].start else Kind.NAME


def _found(reading: Reading, first: int, end: int, kind: Kind) -> Found:
    start, stop = reading.tokens[first].start, reading.tokens[end - 1].end
    return Found(start, stop, kind, reading.folded[start:stop])
