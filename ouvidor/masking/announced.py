"""Names that words announce: "meu nome é", "aqui é a", "em nome de", a title, a role, a kinship.

After a strong announcement whatever stands there is the name, in a list or not; after a weak one (`sou o`, `fala com`)
it takes a capital or a list.
"""

import re
from collections.abc import Iterator
from typing import Final

from ouvidor.masking.lexicon import (
    AMBIGUOUS,
    CONNECTORS,
    FIRST,
    LANDS,
    LAST,
    LOOSE,
    NO_NAME,
    ORDINARY,
    PLACES,
    RELATIONS,
    ROLES,
    SHORTENED,
    TITLES,
    USUAL,
)
from ouvidor.masking.masked import Found, Kind
from ouvidor.masking.name_parts import found, in_place, joined, name_end, paired, unlisted
from ouvidor.masking.reading import Reading
from ouvidor.masking.staff import SERVED, at_workplace, is_addressed, was_attended

__all__ = ["INTRODUCTIONS", "SOFT", "called", "taken"]

_BEFORE: Final = r"[ :,*_]{0,4}(?:(?:a|o|do|da|de|sr|sra|dona)\b\.? )?"
_WHOSE: Final = (
    "completo|da mae|do pai|d[oa] titular|d[oa] alun[oa]|d[oa] paciente|social|de solteira|de casada|de batismo|"
    "dela|dele|"
    "d[oa] (?:minha |meu )?(?:crianca|filh[oa]|mae|pai|menin[oa]|espos[oa]|marido|espos[oa]|bebe|net[oa]|av[o]|"
    "irma|irmao)"
)
_LABELS: Final = (
    f"(?:sobre)?nome(?: (?:{_WHOSE}))?",
    "titular|paciente|alun[oa]|solicitante|interessad[oa]|remetente|requerente|reclamante|denunciante|responsavel",
    "dependente|contato",
    "responsavel legal|favorecid[oa]|beneficiari[oa]|cliente|assina[m]?|ass",
    "autora?|name|nombre|de|from",
)
INTRODUCTIONS: Final = re.compile(
    r"\b(?:"
    + "|".join(
        (
            r"(?:o )?meu nome(?: completo| social)?(?:,? eh?|: eh?)",
            rf"(?:o )?(?:sobre)?nome (?:{_WHOSE}) eh?",
            "(?:me|eu) chamo|me chamam de|mi nombre es|me llamo|my name i?s|les escribe",
            "(?:quem|qm) (?:fala|escreve|esta falando|ta falando|lhe escreve) (?:aqui )?eh?",
            "a(?:qu|k)i (?:eh?|fala|(?:quem|qm) (?:fala|escreve|ta falando) eh?)",
            "(?:o )?sobrenome(?: eh?)?",
            "(?<!-)assinado|vulgo|conhecid[oa] (?:como|por)",
            *(rf"(?:{label}) ?:" for label in _LABELS),
        )
    )
    + rf"){_BEFORE}"
)
SOFT: Final = re.compile(
    r"(?:\b(?:(?:fal[ae]r?|falem|tratar|recado|conversar) (?:com|c/|c|pra)|procurar(?: por)?|(?:em|"
    r"no) nome d[aeo]|espolio de|sou|soy|"
    r"i am|i'm|im|this is|eu,|a(?:qu|k)i (?:eh? )?[ao]|falando,?|fala(?: aqui)?|(?<!se )cham[ae]r?m?|"
    r"lig[ae]r? (?:pr[ao]|para [oa])|ass|"
    r"titular|favorecid[oa]|sim (?:senhora?)?)"
    r"|^(?:(?:oi+e?|ola|alo|opa|bom dia|boa tarde|boa noite|td bem|tudo bem)[?!,. ]{1,3}){0,3}eh? [oa]) ?(?:(?:a|"
    r"o|el|la|eu) )?"
)
_TITLES_MOST: Final = 2
_GAP_MOST: Final = 3
_ADJECTIVES: Final = frozenset(
    {
        "tutelar",
        "municipal",
        "social",
        "geral",
        "escolar",
        "civil",
        "militar",
        "estadual",
        "federal",
        "obstetra",
        "chefe",
    }
)
_BETWEEN_CALLED: Final = TITLES | ROLES | _ADJECTIVES | {"a", "o", "do", "da"}
_VOCATIVES: Final = frozenset({"senhor", "senhora", "senhores", "senhorita", "sir"})
_OWN: Final = frozenset({"advogado", "advogada", "cuidador", "cuidadora", "corretor", "corretora"})
_VERB: Final = re.compile(r"(?:ndo|va|ia|ram|sse|mos|mente|cao|rem|ou|eu|iu)$")
_OWN_WORDS: Final = re.compile(r"\b(?:sou|soy|i am|i'm|eu,|a(?:qu|k)i (?:eh?|fala)?) ?(?:[ao] |el |la )?$")
_OWN_WITHIN: Final = 14
_SERVED_WITHIN: Final = 24
_CALLED: Final = ROLES | TITLES


def taken(reading: Reading, place: int, kind: Kind, *, anything: bool) -> Iterator[Found]:
    """Find the name that begins at a token, after an announcement."""
    tokens, first = reading.tokens, place
    own = _OWN_WORDS.search(reading.folded, max(0, tokens[place].start - _OWN_WITHIN), tokens[place].start) is not None
    while place < len(tokens) - 1 and place - first < _TITLES_MOST and tokens[place].word in _CALLED:
        if not joined(reading, place + 1):
            return
        if not anything and not own and tokens[place].word in ROLES - _OWN:
            kind = Kind.STAFF
        place += 1
    end = name_end(reading, place, anything=anything)
    end = paired(reading, place) if end <= place else end
    if end <= place or not (_may_be_any if anything else _may_be)(reading, place, end, kind):
        return
    if anything and not reading.capital(tokens[place]):
        end = unlisted(reading, place, end)
    if not anything and not own and at_workplace(reading.folded, tokens[end - 1].end):
        kind = Kind.STAFF
    yield found(reading, place, end, kind)


def _may_be_any(reading: Reading, place: int, end: int, kind: Kind) -> bool:
    """After a strong announcement: is it not a word of the language in lower case, nor a letter?"""
    del kind
    token = reading.tokens[place]
    if token.word in FIRST or token.word in LAST:
        return True
    plain = token.word in ORDINARY and not reading.capital(token)
    return not plain and (end > place + 1 or token.end - token.start > 1)


def _may_be(reading: Reading, place: int, end: int, kind: Kind) -> bool:
    """After a weak announcement: is it a name by its looks?"""
    token = reading.tokens[place]
    if not _may_be_any(reading, place, end, kind) or token.word in RELATIONS | ROLES | LANDS:
        return False
    alone = end == place + 1
    if alone and token.word not in FIRST and token.word not in LAST:
        return kind is not Kind.STAFF and not reading.text[token.start : token.end].isupper()
    vague = alone and token.word in AMBIGUOUS and not reading.capital(token)
    return not vague or _with_article(reading, place)


def _with_article(reading: Reading, place: int) -> bool:
    return place > 0 and reading.tokens[place - 1].word in {"a", "o"} and reading.tokens[place].word in FIRST


def called(reading: Reading, place: int) -> Iterator[Found]:
    """Find the name after a title, a role or a kinship, which stay."""
    tokens, first = reading.tokens, place + 1
    kind = _kind_of(reading, place)
    while first < len(tokens) and first - place <= _TITLES_MOST and tokens[first].word in _BETWEEN_CALLED:
        if tokens[first].word in ROLES and tokens[place].word not in RELATIONS:
            kind = Kind.STAFF
        first += 1
    if first >= len(tokens) or not _follows(reading, first):
        return
    end = name_end(reading, first, anything=_is_name_whatever(reading, first))
    if end > first and not in_place(reading, place):
        titled = tokens[place].word in TITLES | {"tia", "tio"}
        if titled and (
            at_workplace(reading.folded, tokens[end - 1].end)
            or is_addressed(reading.folded, tokens[first].start, tokens[end - 1].end)
            or was_attended(reading.folded, tokens[place].start)
        ):
            kind = Kind.STAFF
        yield found(reading, first, end, Kind.NAME if _is_author(reading, place, end) else kind)


def _is_author(reading: Reading, place: int, end: int) -> bool:
    """Does somebody with a title introduce themselves, or sign?"""
    folded, start, stop = reading.folded, reading.tokens[place].start, reading.tokens[end - 1].end
    if _OWN_WORDS.search(folded, max(0, start - _OWN_WITHIN), start):
        return True
    before = folded[max(0, start - _GAP_MOST) : start].rstrip(" ")[-1:]
    return (
        before in {".", "!", "\n", "?"}
        and not folded[stop : stop + _GAP_MOST].strip(" .!\n")
        and (len(folded) - stop <= _GAP_MOST and place > 0)
    )


def _is_name_whatever(reading: Reading, first: int) -> bool:
    """After `dona` or `seu` in lower case, a word that is no word is a name."""
    tokens = reading.tokens
    return tokens[first - 1].word in {"dona", "seu"} and tokens[first].word not in ORDINARY


def _kind_of(reading: Reading, place: int) -> Kind:
    tokens, word = reading.tokens, reading.tokens[place].word
    before = tokens[place - 1].word if place else ""
    if word in ROLES:
        return Kind.NAME if word in _OWN and before in {"meu", "minha", "nosso", "nossa"} else Kind.STAFF
    if word in TITLES:
        served = SERVED.search(reading.folded, max(0, tokens[place].start - _SERVED_WITHIN), tokens[place].start)
        at_work = before in ROLES or (served is not None and served.end() == tokens[place].start)
        return Kind.STAFF if at_work else Kind.NAME
    return Kind.NAME


def _follows(reading: Reading, first: int) -> bool:
    """Can a token be the name that a title, role or kinship before it announces?"""
    tokens, token = reading.tokens, reading.tokens[first]
    gap = reading.folded[tokens[first - 1].end : token.start]
    announced, known = tokens[first - 1].word, token.word in FIRST or token.word in LAST
    if len(gap) > _GAP_MOST or not set(gap) <= set(" .,:(-") or ("." in gap and announced not in SHORTENED):
        return False
    if token.word in NO_NAME or token.word in CONNECTORS or (token.word in PLACES and token.word not in FIRST):
        return False
    weak = announced in _VOCATIVES or (announced in ROLES and announced not in SHORTENED)
    if (weak or token.word in ORDINARY) and not known:
        return False
    if reading.capital(token) and "," not in gap and ":" not in gap:
        return True
    return token.word not in LANDS and _follows_plainly(token.word, announced, gap)


def _follows_plainly(word: str, announced: str, gap: str) -> bool:
    """Can a word in lower case, or after a comma, be the name that is announced?"""
    if (word in AMBIGUOUS and announced in LOOSE) or (word not in USUAL and _VERB.search(word)):
        return False
    if announced == "dona" and gap == " " and word not in ORDINARY and len(word) > _GAP_MOST:
        return True
    return word in FIRST and ("," not in gap or word not in AMBIGUOUS)
