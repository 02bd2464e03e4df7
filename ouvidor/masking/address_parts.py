"""Of what an address is made: kinds of streets, numbers in digits and words, flats and lots, and where one ends."""

import re
from typing import Final

from ouvidor.masking.lexicon import AFTER_ADDRESS, CONNECTORS, NO_NAME
from ouvidor.masking.reading import Reading

__all__ = ["DWELLING", "ENGLISH", "HOUSED", "NAMED", "PLACED", "SAID", "SECTOR", "SIGNS", "WIDE", "cut", "extended"]

HOUSED: Final = 6
"""A line with more words than this is no name."""
SIGNS: Final = re.compile(
    r"\b(?:rua|r\.?|av|travessa|alameda|al\.|trav|tv|praca|estrada|rod|viela|beco|ladeira|quadra|qd|q\.|street|"
    r"calle|road|"
    r"avenue|ap|bloco|bl|lote|lt|conj|cj|sq|qn|qr|ql|qi|shi|cl[ns]|enderec|address|direccion|servidao|largo|flat|"
    r"sitio|chacara|fazenda|"
    r"localidade|povoado|edif|ed\.|condominio|residencial|n[º°o.]{1,2} ?\d|torre|casa)"
)
_STREET: Final = (
    r"(?:rua|r\.|r(?= [a-z]{3})|avenida|av\.?|travessa|trav?\.|tv\.|alameda|al\.|praca|estrada|rodovia|rod\.|"
    r"viela|beco|"
    r"ladeira|largo|servidao|quadra|qd\.?|q\.|sq[ns]w?|qn[a-z]?|qs|conjunto|conj\.?|calle|sitio|chacara|fazenda|"
    r"localidade|povoado|edificio|"
    r"condominio|residencial)"
)
WIDE: Final = re.compile(
    r"(?:sitio|chacara|fazenda|localidade|povoado|edificio|condominio|residencial|conjunto|conj)\b"
)
"""What may be a quarter as well as somebody's home: one only right after "moro no"."""
_NUMBER: Final = (
    r"(?:[ ,]{1,3}|, ?)(?:(?:n[.º°o]{0,2} ?|numero |num\.? ?|casa )?(?:\d{1,5}(?:-?[a-z]\b)?|s/n)|casa \d{1,4})(?!\w)"
    r"(?! ?(?:h\b|hs|hrs|horas|dias|anos|meses|metros|m\b|km|reais|vezes|/|:|%))"
)
_NOT_IN: Final = r"(?!(?:desde|em|que|ha|dia|fica|esta|com|as|ms|perto|no|na|so|entra)\b)"
_NAME: Final = (
    rf"(?: ?(?:{_NOT_IN}[\w'º°ª-]{{1,25}}|[a-z]{{1,4}}\.)"
    rf"(?: (?:{_NOT_IN}[\w'º°ª-]{{1,25}}|[a-z]{{1,4}}\.(?=[ ]))){{0,6}}?)"
)
_UNIT: Final = (
    r"(?:apto?|apartamento|ap|casa|cs|bloco|bl|lote|lt|quadra|qd|sobrado|torre|andar|conjunto|conj|cj|kitnet|sala|"
    r"box|chacara|"
    r"apartment|apt|depto|piso|unidade)"
)
_BARE: Final = r"(?:fundos|frente|altos|terreo|cobertura|sobreloja|sobrado|\d{1,2} ?[º°oa] andar)"
_COMPLEMENT: Final = (
    rf"(?:[ ,;./\n-]{{1,3}}(?:{_UNIT}(?![a-z])\.?(?: ?n?[º°]? ?\d{{1,5}}\b(?:-?[a-z]\b)?| [a-z]\b)?|{_BARE}\b)"
    r"|[ ,]{1,2}(?:condominio|residencial|edificio|ed\.)(?: [\w']{2,20}){1,3})"
)
PLACED: Final = re.compile(rf"\b{_STREET}{_NAME}{_NUMBER}{_COMPLEMENT}{{0,5}}")
SECTOR: Final = re.compile(
    r"\b(?:sq[ns]w?|shi[ns]|shcgn|cl[ns]|q(?:i|l|r|s|n[a-z]?|e|nm)|eq[ns]|ade|rua) ?\d{1,4}[a-z]?\b"
    rf"{_COMPLEMENT}{{0,5}}"
)
"""A home in Brasília and other planned quarters, where streets have numbers for names."""
SAID: Final = re.compile(
    r"(?:[ ,]{1,2}(?:numero|casa|apartamento|bloco|quadra|lote|e|uma?|dois|duas|tres|quatro|cinco|seis|meia|sete|"
    r"oito|nove|onze|"
    r"doze|treze|catorze|quatorze|quinze|dez(?:[a-z]{4,6})?|vinte|trinta|[a-z]{3,7}enta|cem|cento|"
    r"[a-z]{2,7}[cz]entos|quinhentos|mil|fundos|"
    r"andar|primeiro|segundo|terceiro)\b){1,14}"
)
_NO_STREET: Final = (
    r"(?! (?:perto|que|so|e|ta|esta|tem|sem|com|mas|onde|de (?:cima|baixo|tras)|ao|atras|aqui|ali|la|principal|"
    r"toda|inteira|d[aeo]s? "
    r"(?:escola|colegio|praca|bairro|minha|meu|frente))\b)(?<!\bquadra)(?<!\bquadra da)"
)
NAMED: Final = re.compile(rf"\b{_STREET}{_NO_STREET}(?: (?:[\w'-]{{1,20}}|[a-z]{{1,4}}\.(?= ))){{1,6}}")
ENGLISH: Final = re.compile(
    r"\b\d{1,5} (?:[a-z.]{2,15} ){1,3}(?:street|st|road|rd|avenue|ave|lane|drive)\b"
    r"(?:,? (?:apt|unit|flat)\.? ?\w{1,5})?"
)
_FLAT: Final = r"(?:apto?\.?|apartamento|ap\.?|apartment|apt\.?|flat)"
_PART: Final = (
    rf"(?:{_FLAT}|bloco|bl\.?|torre|quadra|qd\.?|q\.|lote|lt\.?|l\.|conjunto|conj\.?|cj\.?|casa|sala|kitnet|edificio)"
)
_VALUE: Final = r"(?:\d{1,5}[a-z]?|[a-z])\b"
DWELLING: Final = re.compile(
    rf"\b{_FLAT} ?(?:n?[º°.]{{0,2}} ?)\d{{1,5}}[a-z]?\b(?:[ ,/-]{{1,3}}(?:d[oa] )?{_PART} ?{_VALUE})?"
    rf"|\b{_PART} ?(?:n?[º°.]{{0,2}} ?){_VALUE}(?:[ ,/-]{{1,3}}(?:d[oa] )?{_PART} ?(?:n?[º°.]{{0,2}} ?){_VALUE}){{1,4}}"
)
_MORE: Final = re.compile(r"(?: ?, ?| - |/|, bairro | bairro |, setor |, jardim )([^\n,;.!?()/-]{2,40})")
_MORE_WORDS = 5
_MOST_MORE = 4


def extended(reading: Reading, end: int) -> int:
    """Take what follows an address and narrows it down: its quarter and its town, in words with capitals."""
    folded = reading.folded
    for _ in range(_MOST_MORE):
        more = _MORE.match(folded, end)
        if more is None:
            break
        words = [match.span() for match in re.finditer(r"[^ ]+", more.group(1))]
        stop = 0
        for begin, close in words[:_MORE_WORDS]:
            word = more.group(1)[begin:close]
            upper = reading.text[more.start(1) + begin].isupper()
            if (not upper and word not in CONNECTORS) or (
                word in NO_NAME and word not in {"jardim", "vila", "centro", "santa"}
            ):
                break
            stop = close if upper else stop
        closed = folded[more.start(1) + stop : more.start(1) + stop + 1]
        if not stop or (closed == " " and not reading.shouted) or any(map(str.isdigit, more.group(1)[:stop])):
            break
        end = more.start(1) + stop
    return end


def cut(reading: Reading, start: int, end: int) -> int:
    """End a street's name with its last word that begins with a capital, or where words go on that are none of it."""
    folded = reading.folded
    words = [match.span() for match in re.finditer(r"[^ ]+", folded[start:end])]
    last = end
    capitals = [start + b for a, b in words[1:] if reading.text[start + a].isupper()]
    if capitals and not reading.shouted:
        last = capitals[-1]
    else:
        for a, b in words[1:]:
            if folded[start + a : start + b] in AFTER_ADDRESS or SAID.fullmatch(" " + folded[start + a : start + b]):
                last = start + a
                break
    return start + len(folded[start:last].rstrip(" ,.-"))
