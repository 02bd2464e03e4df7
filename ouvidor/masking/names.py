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
    SHORTENED,
    TITLES,
)
from ouvidor.masking.masked import Found, Kind
from ouvidor.masking.name_parts import found, in_place, joined, name_end, opens, paired, unlisted
from ouvidor.masking.reading import Reading
from ouvidor.masking.signatures import own_lines, signed

__all__ = ["names"]

_BEFORE: Final = r"[ :,*_]{0,4}(?:(?:a|o|do|da|de|sr|sra|dona)\b\.? )?"
_LABELS: Final = (
    "nome(?: completo| da mae| do pai| d[oa] titular| d[oa] alun[oa]| d[oa] paciente| social)?",
    "titular|paciente|alun[oa]|solicitante|interessad[oa]|remetente|requerente|reclamante|denunciante|responsavel|dependente|contato",
    "autora?|name|nombre|de|from",
)
_INTRODUCTIONS: Final = re.compile(
    r"\b(?:"
    + "|".join(
        (
            r"(?:o )?meu nome(?: completo| social)?(?:,? eh?|: eh?)",
            "(?:me|eu) chamo|me chamam de|mi nombre es|me llamo|my name i?s",
            "quem (?:fala|escreve|esta falando) (?:aqui )?e|aqui (?:e|fala|quem fala e|quem escreve e)",
            "assinado",
            *(rf"(?:{label}) ?:" for label in _LABELS),
        )
    )
    + rf"){_BEFORE}"
)
_SOFT: Final = re.compile(
    r"\b(?:(?:falar|tratar|recado) com|procurar(?: por)?|(?:em|no) nome d[aeo]|sou|soy|i am|i'm|im|eu,|"
    r"aqui (?:e )?[ao]|falando,?|fala(?: aqui)?) ?(?:(?:a|o|el|la|eu) )?"
)
_SERVED: Final = re.compile(
    r"\b(?:atendid[oa]s? (?:por|pel[oa])|fal(?:ei|amos|ou) com(?: [ao])?|conversei com(?: [ao])?|"
    r"nome d(?:el[ea]|[oa] atendente|[oa] funcionari[oa]) e|spoke (?:to|with)|helped by|attended by|chamad[oa]|"
    r"se chama) ?(?:uma? |[ao] |tal de )?"
)
_ROLE_WITHIN: Final = 4
_ROLE_FAR: Final = 12
_TITLES_MOST: Final = 2
_GAP_MOST: Final = 3
_ADJECTIVES: Final = frozenset(
    {"tutelar", "municipal", "social", "geral", "escolar", "civil", "militar", "estadual", "federal"}
)
_BETWEEN_CALLED: Final = TITLES | ROLES | _ADJECTIVES | {"a", "o", "do", "da"}
_VOCATIVES: Final = frozenset({"senhor", "senhora", "senhores", "senhorita", "sir"})
_OWN: Final = frozenset({"advogado", "advogada", "cuidador", "cuidadora", "corretor", "corretora"})
_WHERE: Final = frozenset({"em", "in", "para", "to", "at", "near", "from", "desde", "until"})
_SERVED_WITHIN: Final = 24
_CALLED: Final = ROLES | TITLES
_BEFORE_NAMES: Final = ROLES | TITLES | RELATIONS


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
            at_work = (
                match.group()[0] not in "ncs"
                or match.group().startswith(("conv", "sp"))
                or _role_before(reading, place)
            )
            yield from _taken(reading, place, Kind.STAFF if at_work else Kind.NAME, anything=False)
    yield from _by_words(reading)
    yield from own_lines(reading)


def _by_words(reading: Reading) -> Iterator[Found]:
    skip = 0
    for place, token in enumerate(reading.tokens):
        if place < skip:
            continue
        word = token.word
        if word in CLOSERS:
            yield from signed(reading, place)
        elif word in _BEFORE_NAMES:
            yield from _called(reading, place)
        elif (
            (word in FIRST or reading.capital(token))
            and (end := _bare(reading, place))
            and not in_place(reading, place)
        ):
            yield found(reading, place, end, _kind_near(reading, place))
            skip = end


def _role_before(reading: Reading, place: int) -> bool:
    return any(token.word in ROLES for token in reading.tokens[max(0, place - _ROLE_FAR) : place])


def _taken(reading: Reading, place: int, kind: Kind, *, anything: bool) -> Iterator[Found]:
    tokens, first = reading.tokens, place
    while place < len(tokens) - 1 and place - first < _TITLES_MOST and tokens[place].word in _CALLED:
        if not joined(reading, place + 1):
            return
        place += 1
    end = name_end(reading, place, anything=anything)
    if end <= place:
        end = paired(reading, place)
    if end <= place:
        return
    token = tokens[place]
    alone = end == place + 1 and token.word not in FIRST and token.word not in LAST
    if not anything and alone and (kind is Kind.STAFF or reading.text[token.start : token.end].isupper()):
        return
    lower = not reading.capital(token)
    if not anything and (
        token.word in RELATIONS
        or token.word in ROLES
        or (lower and token.word in AMBIGUOUS and end == place + 1 and not _with_article(reading, place))
    ):
        return
    if anything and lower:
        end = unlisted(reading, place, end)
    yield found(reading, place, end, kind)


def _with_article(reading: Reading, place: int) -> bool:
    return place > 0 and reading.tokens[place - 1].word in {"a", "o"} and reading.tokens[place].word in FIRST


def _called(reading: Reading, place: int) -> Iterator[Found]:
    """Find the name after a title, a role or a kinship, which stay."""
    tokens, first = reading.tokens, place + 1
    kind = _kind_of(reading, place)
    while first < len(tokens) and first - place <= _TITLES_MOST and tokens[first].word in _BETWEEN_CALLED:
        if tokens[first].word in ROLES and kind is not Kind.NAME:
            kind = Kind.STAFF
        first += 1
    if first >= len(tokens) or not _follows(reading, first):
        return
    end = name_end(reading, first, anything=False)
    if end > first and not in_place(reading, place):
        yield found(reading, first, end, kind)


def _kind_of(reading: Reading, place: int) -> Kind:
    tokens, word = reading.tokens, reading.tokens[place].word
    before = tokens[place - 1].word if place else ""
    if word in ROLES:
        return Kind.NAME if word in _OWN and before in {"meu", "minha", "nosso", "nossa"} else Kind.STAFF
    if word in TITLES:
        served = _SERVED.search(reading.folded, max(0, tokens[place].start - _SERVED_WITHIN), tokens[place].start)
        at_work = before in ROLES or (served is not None and served.end() == tokens[place].start)
        return Kind.STAFF if at_work else Kind.NAME
    return Kind.NAME


def _follows(reading: Reading, first: int) -> bool:
    """Can a token be the name that a title, role or kinship before it announces?"""
    tokens, token = reading.tokens, reading.tokens[first]
    gap = reading.folded[tokens[first - 1].end : token.start]
    if len(gap) > _GAP_MOST or not set(gap) <= set(" .,:(-"):
        return False
    if "." in gap and tokens[first - 1].word not in SHORTENED:
        return False
    if token.word in NO_NAME or token.word in CONNECTORS or (token.word in PLACES and token.word not in FIRST):
        return False
    announced = tokens[first - 1].word
    weak = announced in _VOCATIVES or (announced in ROLES and announced not in SHORTENED)
    if weak and token.word not in FIRST and token.word not in LAST:
        return False
    if "," in gap or ":" in gap or not reading.capital(token):
        return token.word in FIRST and ("," not in gap or token.word not in AMBIGUOUS)
    return True


def _bare(reading: Reading, place: int) -> int:
    """Give where a name that nothing announces ends; 0 where there is none.

    A first name with a capital is one by itself; without, or where it is a word of the language, it takes a surname.
    """
    tokens = reading.tokens
    end = name_end(reading, place, anything=False)
    parts = [token.word for token in tokens[place:end] if token.word not in CONNECTORS]
    if not parts:
        return 0
    capital = reading.capital(tokens[place])
    if parts[0] not in FIRST:
        listed = [word for word in parts[1:] if word in LAST and word not in AMBIGUOUS]
        return end if capital and listed and not opens(reading, place) else 0
    if len(parts) == 1:
        before = tokens[place - 1].word if place else ""
        return end if capital and parts[0] not in AMBIGUOUS and before not in _WHERE else 0
    listed = [word for word in parts[1:] if word in LAST or word in FIRST]
    if capital:
        return end if listed or parts[0] not in AMBIGUOUS else 0
    return 0 if parts[0] in AMBIGUOUS or all(word in AMBIGUOUS for word in listed) else end


def _kind_near(reading: Reading, place: int) -> Kind:
    """A name close after a role is of somebody at work."""
    tokens = reading.tokens
    for before in range(place - 1, max(-1, place - 1 - _ROLE_WITHIN), -1):
        gap = reading.folded[tokens[before].end : tokens[before + 1].start]
        if any(each in gap for each in ";!?\n") or ("." in gap and tokens[before].word not in SHORTENED):
            return Kind.NAME
        if tokens[before].word in RELATIONS and tokens[before].word not in {"chamado", "chamada"}:
            return Kind.NAME
        if tokens[before].word in ROLES:
            return Kind.STAFF
    match = _SERVED.search(reading.folded, max(0, tokens[place].start - 24), tokens[place].start)
    return Kind.STAFF if match is not None and match.end() == tokens[place].start else Kind.NAME
