"""Where the author lives, told from where the defect is.

"Poste apagado na Rua Jequitibá, 77" is the matter and stays. An address is masked where it is somebody's home: after
"moro na", "meu endereço", a label; with a flat, a block or a lot; with its postal code; under a name. A street that
somebody says to live in is masked even where the defect is in it: whoever has to go there asks for the whole record
(`docs/decisions/0020-masking.md`). A home is masked with what narrows it down: flat, floor, quarter, town.
"""

import re
from collections.abc import Iterator
from typing import Final

from ouvidor.masking.address_parts import (
    DWELLING,
    ENGLISH,
    HOUSED,
    NAMED,
    PLACED,
    SAID,
    SECTOR,
    SIGNS,
    WIDE,
    cut,
    extended,
)
from ouvidor.masking.lexicon import COMMON, FIRST
from ouvidor.masking.masked import Found, Kind
from ouvidor.masking.reading import Reading

__all__ = ["addresses"]

_LIVES: Final = (
    r"mor(?:o|a|amos|ador|adora|adores|ava|avam|am|ando)|resid(?:o|e|imos|em|ia|ente|entes|encia)|"
    r"domiciliad[oa]s?|enderecos?|end\.?|"
    r"sou d[ao]|inquilin[oa]s?|(?:minha|nossa|sua|em|da minha|mi) casa|vivo|vivimos|(?:i|we) live|(?:my|"
    r"home) address|direccion|"
    r"entreg(?:a|ar|aram|ue|uem)(?: foi| e| era| ser)? ?(?:n[oa]|em|:)|correspondencia|devolver (?:n[oa]|em)|"
    r"aqui de casa"
)
_NOT_HOME: Final = r"poste|buraco|problema|vazamento|ocorrencia|fato|imovel|obra|evento|estabelecimento|denunciad"
_HOME: Final = re.compile(rf"\b(?:{_LIVES})(?!\w)(?:(?! ?(?:{_NOT_HOME}))[^.\n!?;]){{0,44}}$")
_RIGHT_AFTER: Final = re.compile(
    r"(?:\bmor(?:o|amos|ava)|\bresid\w{1,6}|domiciliad[oa]s?|\bvivo|endereco(?: e|:)?|"
    r"\bmorador[a]?)(?: (?:sozinh[oa]|aqui|la))? ?(?:n[oa]|d[oa]|em)? $"
)
_WITHIN: Final = re.compile(r"[a-z]{4,12}(?: [\w'-]{2,20}){1,4} (?:casa|rua|numero|lote|bloco|apartamento|quadra) \w")
_OF_WHAT: Final = re.compile(rf"endereco (?:d[oae]|para) (?:{_NOT_HOME})[^\n]{{0,24}}$")
_LABELLED: Final = re.compile(r"\b(?:endereco|address|direccion)(?: \w{1,12})? ?: ?([^\n]{5,120})")
_CODE_AFTER: Final = re.compile(r"[^\n\d]{0,40}(?:\n[^\n\d]{0,40})?\d{2}\.?\d{3}-?\d{3}\b")
_REACH: Final = 80
_ALONE: Final = re.compile(
    r"\bmor(?:o|a|amos) (?:(?:bem )?(?:em frente|ao lado|perto|atras),? )?(?:n[oa]|no numero|n[º°o]\.?) "
    r"(?:n[º°]\.? ?)?(\d{1,5})(?![\d/,.%ºª°]| ?(?:ano|dia|hora|mes|km|metro|andar|bairro))"
)
_NEIGHBOUR: Final = re.compile(
    r"\b([a-z]{3,20})(?: [a-z]{2,20})? d[oa] (?:n[º°]\.? ?)?(\d{2,4})(?![\d/,.%hºª°]| ?(?:ano|serie|reais|turno|"
    r"lugar|andar|e ?m|%|x ))"
)
_WHO: Final = frozenset(
    ["vizinho", "vizinha", "vizinhos", "morador", "moradora", "moradores", "senhora", "senhor", "pessoal"]
)
_NUMBER_OF: Final = re.compile(
    r"\bn[º°o.]{0,2} ?\d{1,5} d[ae](?: mesma)? (?:rua|av\.?|avenida|travessa|alameda|praca|"
    r"estrada)\b(?: \w[\w'-]{1,20}){0,4}"
)


def addresses(reading: Reading, *, every: bool = False) -> Iterator[Found]:
    """Find addresses that are a person's; `every` one that has a number."""
    folded = reading.folded
    if "mor" in folded or " d" in folded:
        yield from _numbers_alone(reading)
    if SIGNS.search(folded) is None:
        return
    for match in (*PLACED.finditer(folded), *SECTOR.finditer(folded)):
        if every or _is_private(reading, *match.span()):
            yield _address(reading, match.start(), extended(reading, match.end()))
    for match in (*NAMED.finditer(folded), *_NUMBER_OF.finditer(folded)):
        if _is_home(folded, match.start()):
            yield from _named(reading, *match.span())
    for match in (*DWELLING.finditer(folded), *ENGLISH.finditer(folded)):
        yield _address(reading, *match.span())
    for match in _LABELLED.finditer(folded):
        start = match.start(1)
        if any(each.isdigit() for each in match.group(1)) and not _OF_WHAT.search(folded, max(0, start - 60), start):
            yield _address(reading, start, start + len(match.group(1).split(". ")[0].rstrip(" .")))


def _named(reading: Reading, start: int, end: int) -> Iterator[Found]:
    """Find a home of whose street the name is said, its number in words perhaps."""
    end = cut(reading, start, end)
    said = SAID.match(reading.folded, end)
    end = end if said is None else end + len(said.group().removesuffix(" e"))
    if reading.folded[start:end].strip(" .,").count(" "):
        yield _address(reading, start, extended(reading, end))


def _is_private(reading: Reading, start: int, end: int) -> bool:
    """Is a street with a number somebody's home, by what stands before, in and after it?"""
    folded = reading.folded
    return (
        _is_home(folded, start)
        or DWELLING.search(folded, start, end) is not None
        or " casa " in folded[start:end]
        or _CODE_AFTER.match(folded, end) is not None
        or _under_name(reading, start, end)
    )


def _address(reading: Reading, start: int, end: int) -> Found:
    end = start + len(reading.folded[start:end].rstrip(" ,.-"))
    return Found(start, end, Kind.ADDRESS, reading.folded[start:end])


def _numbers_alone(reading: Reading) -> Iterator[Found]:
    """Find the house or flat of which nothing but the number is said: `moro no 305`, `a Mônica do 501`."""
    for match in _ALONE.finditer(reading.folded):
        yield Found(*match.span(1), Kind.ADDRESS, match.group(1))
    for match in _NEIGHBOUR.finditer(reading.folded):
        if match.group(1) in _WHO or match.group(1) in COMMON:
            yield Found(*match.span(2), Kind.ADDRESS, match.group(2))


def _is_home(folded: str, start: int) -> bool:
    begin = max(0, start - _REACH)
    if WIDE.match(folded, start):
        return _RIGHT_AFTER.search(folded, begin, start) is not None or _WITHIN.match(folded, start) is not None
    return _HOME.search(folded, begin, start) is not None and not _OF_WHAT.search(folded, begin, start)


def _under_name(reading: Reading, start: int, end: int) -> bool:
    """Does an address have a line to itself, under one that begins with a first name?"""
    folded = reading.folded
    line = folded.rfind("\n", max(0, start - _REACH), start) + 1
    if line == 0 or folded[line:start].strip():
        return False
    stop = folded.find("\n", end, end + _REACH)
    if stop < 0 and len(folded) - end > _REACH:
        return False
    above = folded[max(folded.rfind("\n", max(0, line - _REACH), line - 1) + 1, line - _REACH) : line].split()
    return 1 < len(above) <= HOUSED and above[0] in FIRST
