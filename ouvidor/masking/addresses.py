"""Where the author lives, told from where the defect is.

"Poste apagado na Rua Jequitibá, 77" is the matter and stays. An address is masked where it is somebody's home: after
"moro na", "meu endereço", a label; with a flat, a block or a lot; with its postal code. A street that somebody says to
live in is masked even where the defect is in it: whoever has to go there asks for the whole record
(`docs/decisions/0020-masking.md`).
"""

import re
from collections.abc import Iterator
from typing import Final

from ouvidor.masking.masked import Found, Kind
from ouvidor.masking.reading import Reading

__all__ = ["addresses"]

_SIGNS: Final = re.compile(
    r"\b(?:rua|r\.|av|travessa|alameda|al\.|trav|praca|estrada|rod|viela|beco|ladeira|quadra|qd|street|calle|road|avenue|ap|bloco|"
    r"lote|lt|conj|sq|qn|enderec|address|direccion|servidao|largo|flat)"
)
_STREET: Final = (
    r"(?:rua|r\.|avenida|av\.?|travessa|trav?\.|tv\.|alameda|al\.|praca|estrada|rodovia|rod\.|viela|beco|ladeira|largo|"
    r"servidao|quadra|qd\.?|q\.|sq[ns]w?|qn[a-z]?|qs|conjunto|conj\.?|calle)"
)
_NUMBER: Final = (
    r"(?:[ ,]{1,3}|, ?)(?:n[.º°o]{0,2} ?|numero |num\.? ?|casa )?(?:\d{1,5}(?:-?[a-z]\b)?|s/n)(?!\w)"
    r"(?! ?(?:h\b|hs|hrs|horas|dias|anos|meses|metros|m\b|km|reais|vezes|/|:|%))"
)
_NOT_IN: Final = r"(?!(?:desde|em|que|ha|dia|fica|esta|com|as|ms|perto|no|na)\b)"
_NAME: Final = (
    rf"(?: ?(?:{_NOT_IN}[\w'º°ª-]{{1,25}}|[a-z]{{1,4}}\.)"
    rf"(?: (?:{_NOT_IN}[\w'º°ª-]{{1,25}}|[a-z]{{1,4}}\.(?=[ ]))){{0,6}}?)"
)
_HOUSED: Final = (
    r"(?:apto?|apartamento|ap|casa|cs|bloco|bl|fundos|lote|lt|quadra|qd|sobrado|torre|andar|conjunto|conj|kitnet|sala|"
    r"apartment|apt|depto|piso|condominio|residencial)"
)
_COMPLEMENT: Final = rf"(?:[ ,;./\n-]{{1,3}}{_HOUSED}(?![a-z])\.?(?: ?n?[º°]? ?\d{{1,5}}\b(?:-?[a-z]\b)?| [a-z]\b)?)"
_PLACED: Final = re.compile(rf"\b{_STREET}{_NAME}{_NUMBER}{_COMPLEMENT}{{0,5}}")
_SAID: Final = re.compile(
    r"(?:[ ,]{1,2}(?:numero|casa|apartamento|bloco|e|uma?|dois|duas|tres|quatro|cinco|seis|meia|sete|oito|nove|onze|"
    r"doze|treze|catorze|quatorze|quinze|dez(?:[a-z]{4,6})?|vinte|[a-z]{3,7}enta|cem|cento|[a-z]{2,7}[cz]entos|quinhentos)\b){1,9}"
)
_NAMED: Final = re.compile(rf"\b{_STREET}(?: (?:[\w'-]{{1,20}}|[a-z]{{1,4}}\.(?= ))){{1,6}}")
_ENGLISH: Final = re.compile(
    r"\b\d{1,5} (?:[a-z.]{2,15} ){1,3}(?:street|st|road|rd|avenue|ave|lane|drive)\b"
    r"(?:,? (?:apt|unit|flat)\.? ?\w{1,5})?"
)
_FLAT: Final = r"(?:apto?\.?|apartamento|ap\.?|apartment|apt\.?|flat)"
_BLOCK: Final = r"(?:bloco|bl\.?|torre)"
_DWELLING: Final = re.compile(
    rf"\b{_FLAT} ?(?:n?[º°.]{{0,2}} ?)\d{{1,5}}[a-z]?\b(?:[ ,/-]{{1,3}}(?:d[oa] )?{_BLOCK} ?\w{{1,4}}\b)?"
    rf"|\b{_BLOCK} ?\w{{1,3}}[ ,/-]{{1,3}}(?:{_FLAT}|casa) ?\d{{1,5}}\b"
    r"|\b(?:quadra|qd\.?|q\.) ?\d{1,4}[a-z]?[ ,/-]{1,3}(?:lote|lt\.?|l\.|conjunto|conj\.?|casa) ?\w{1,4}\b"
    r"(?:[ ,/-]{1,3}(?:casa|lote|lt\.?) ?\d{1,4}\b)?"
)
_LIVES: Final = (
    r"mor(?:o|a|amos|ador|adora|adores|ava|ando)|resid(?:o|e|imos|ente|entes|encia)|domiciliad[oa]s?|enderecos?|end\.?|"
    r"sou d[ao]|(?:minha|nossa|sua|em|da minha|mi) casa|vivo|vivimos|(?:i|we) live|(?:my|home) address|direccion"
)
_HOME: Final = re.compile(rf"\b(?:{_LIVES})(?!\w)(?:(?! (?:poste|buraco|problema|vazamento))[^.\n!?;]){{0,28}}$")
_LABELLED: Final = re.compile(r"\b(?:endereco|address|direccion)(?: \w{1,12})? ?: ?([^\n]{5,120})")
_CODE_AFTER: Final = re.compile(r"[^\n\d]{0,40}(?:\n[^\n\d]{0,40})?\d{2}\.?\d{3}-?\d{3}\b")
_REACH: Final = 70
_ENDS: Final = frozenset(
    {
        "e",
        "que",
        "mas",
        "o",
        "a",
        "os",
        "as",
        "ha",
        "desde",
        "esta",
        "estao",
        "fica",
        "tem",
        "no",
        "na",
        "em",
        "com",
        "ao",
    }
    | {"sem", "aqui", "onde", "quando", "proximo", "perto", "bairro", "setor", "por", "pra", "para", "eu", "nao", "and"}
)


def addresses(reading: Reading) -> Iterator[Found]:
    """Find addresses that are a person's."""
    folded = reading.folded
    if _SIGNS.search(folded) is None:
        return
    for match in _PLACED.finditer(folded):
        start, end = match.span()
        if _is_home(folded, start) or _DWELLING.search(folded, start, end) or _CODE_AFTER.match(folded, end):
            yield Found(start, end, Kind.ADDRESS, folded[start:end])
    for match in _NAMED.finditer(folded):
        if _is_home(folded, match.start()):
            end = _cut(reading, match.start(), match.end())
            said = _SAID.match(folded, end)
            end = end if said is None else end + len(said.group().removesuffix(" e"))
            yield Found(match.start(), end, Kind.ADDRESS, folded[match.start() : end])
    for match in (*_DWELLING.finditer(folded), *_ENGLISH.finditer(folded)):
        yield Found(*match.span(), Kind.ADDRESS, match.group())
    for match in _LABELLED.finditer(folded):
        start, end = match.span(1)
        if any(each.isdigit() for each in match.group(1)):
            yield Found(start, start + len(match.group(1).split(". ")[0].rstrip(" .")), Kind.ADDRESS, match.group(1))


def _is_home(folded: str, start: int) -> bool:
    return _HOME.search(folded, max(0, start - _REACH), start) is not None


def _cut(reading: Reading, start: int, end: int) -> int:
    """End a street's name with its last word that begins with a capital, or where words go on that are none of it."""
    folded = reading.folded
    words = [match.span() for match in re.finditer(r"[^ ]+", folded[start:end])]
    last = end
    capitals = [start + b for a, b in words[1:] if reading.text[start + a].isupper()]
    if capitals and not reading.shouted:
        last = capitals[-1]
    else:
        for a, b in words[1:]:
            if folded[start + a : start + b] in _ENDS or _SAID.fullmatch(" " + folded[start + a : start + b]):
                last = start + a
                break
    return start + len(folded[start:last].rstrip(" ,.-"))
