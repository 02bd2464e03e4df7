"""Numbers in words, as a transcript of a call has them: "nove nove oito", "cento e vinte e três", "meia" for six.

Mail addresses ("ana ponto lima arroba") and plates ("a bê cê um dê dois três") that are said aloud stand here too.

A run of number words that comes to eleven right digits is a CPF, one like a phone's is a phone; any other of five
digits or more is masked as a number: nobody says five digits one by one but of a number that names something.
"""

import re
from collections.abc import Iterator
from typing import Final

from ouvidor.masking.check_digits import is_cnpj, is_cns, is_cpf
from ouvidor.masking.masked import Found, Kind
from ouvidor.masking.phones import is_phone, phone_key
from ouvidor.masking.reading import Reading, Token

__all__ = ["spoken"]

_UNITS: Final = {
    "zero": 0,
    "um": 1,
    "uma": 1,
    "dois": 2,
    "duas": 2,
    "tres": 3,
    "quatro": 4,
    "cinco": 5,
    "seis": 6,
    "meia": 6,
    "sete": 7,
    "oito": 8,
    "nove": 9,
    "oh": 0,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "cero": 0,
    "uno": 1,
    "cuatro": 4,
    "siete": 7,
    "ocho": 8,
    "nueve": 9,
}
_TEENS: Final = {
    "dez": 10,
    "onze": 11,
    "doze": 12,
    "treze": 13,
    "catorze": 14,
    "quatorze": 14,
    "quinze": 15,
    "dezesseis": 16,
    "dezessete": 17,
    "dezoito": 18,
    "dezenove": 19,
}
_TENS: Final = {
    "vinte": 20,
    "trinta": 30,
    "quarenta": 40,
    "cinquenta": 50,
    "sessenta": 60,
    "setenta": 70,
    "oitenta": 80,
    "noventa": 90,
}
_HUNDREDS: Final = {
    "cem": 100,
    "cento": 100,
    "duzentos": 200,
    "trezentos": 300,
    "quatrocentos": 400,
    "quinhentos": 500,
    "seiscentos": 600,
    "setecentos": 700,
    "oitocentos": 800,
    "novecentos": 900,
}
_MAIL_MARKS: Final = r"(?:ponto|traco|hifen|underline|underscore|anderlaine|dot|dash)"
_MAIL: Final = re.compile(
    rf"\b[a-z0-9]{{1,30}}(?: {_MAIL_MARKS} [a-z0-9]{{1,30}}){{0,4}} (?:arroba|at sign) "
    rf"[a-z0-9]{{1,30}}(?: (?:ponto|dot) [a-z]{{2,12}}){{1,4}}"
)
_HIDDEN_AT: Final = re.compile(r"[\[({<] ?(?:arroba|at) ?[\])}>]|arroba")
_HIDDEN: Final = re.compile(
    r"\b[a-z0-9][a-z0-9._+-]{0,63} ?(?:[\[({<] ?(?:arroba|at) ?[\])}>]|\barroba\b) ?[a-z0-9][a-z0-9-]{0,62}"
    r"(?:(?:\.| ?[\[({<] ?(?:ponto|dot) ?[\])}>] ?| (?:ponto|dot) )[a-z]{2,12}\b){1,4}"
)
"""Typed so that no machine finds it: with a word for one of its signs, the others as they are."""
_LETTER: Final = (
    r"(?:a|be|ce|de|e|efe|ge|aga|i"
    r"|jota|ca|ka|ele|eme|ene|o|pe|que|erre|esse|te|u|ve|dabliu|dablio|xis|ipsilon|ze|[b-z])"
)
_PLATE: Final = re.compile(
    rf"\bplacas?(?: (?:e|eh|do carro|dele|dela|da moto|numero|final))?,? ((?:{_LETTER} ){{3}}"
    rf"(?:(?:{_LETTER}|zero|uma?|dois|duas|tres|quatro|cinco|seis|meia|sete|oito|nove|dez|onze|doze|treze|quinze|"
    rf"vinte|[a-z]{{3,7}}nta|e)"
    r"(?: |\b)){2,8})"
)
_BETWEEN: Final = frozenset({"e", "traco", "ponto", "barra", "digito", "hifen", "dash", "tracinho"})
_NUMBERS: Final = _UNITS.keys() | _TEENS.keys() | _TENS.keys() | _HUNDREDS.keys()
_GAP: Final = frozenset(" ,.-\n\t…")
_LONGEST_GAP: Final = 4
_LEAST: Final = 5
_FEWEST: Final = 3


def spoken(reading: Reading) -> Iterator[Found]:
    """Find numbers in words, and what else is read out letter by letter."""
    folded = reading.folded
    if " arroba " in folded or " at sign " in folded:
        yield from (Found(*match.span(), Kind.EMAIL, match.group()) for match in _MAIL.finditer(folded))
    if _HIDDEN_AT.search(folded):
        yield from (Found(*match.span(), Kind.EMAIL, match.group()) for match in _HIDDEN.finditer(folded))
    if "placa" in folded:
        for match in _PLATE.finditer(folded):
            said = match.group(1).rstrip()
            yield Found(
                match.start(1), match.start(1) + len(said.removesuffix(" e").removesuffix(" o")), Kind.PLATE, said
            )
    run: list[Token] = []
    tokens = reading.tokens
    numbers = [place for place, token in enumerate(tokens) if token.word in _NUMBERS]
    if len(numbers) < _FEWEST:
        return
    for token in tokens[numbers[0] : numbers[-1] + 1]:
        joins = bool(run) and _close(reading.folded, run[-1].end, token.start)
        if (token.word in _NUMBERS and (joins or not run)) or (token.word in _BETWEEN and joins):
            run.append(token)
        else:
            yield from _read(run)
            run = [token] if token.word in _NUMBERS else []
    yield from _read(run)


def _close(folded: str, end: int, start: int) -> bool:
    return start - end <= _LONGEST_GAP and all(each in _GAP for each in folded[end:start])


def _read(run: list[Token]) -> Iterator[Found]:
    while run and run[-1].word in _BETWEEN:
        run.pop()
    if len(run) < _FEWEST:
        return
    digits = _digits(run)
    if len(digits) < _LEAST:
        return
    kind = _kind(digits)
    yield Found(run[0].start, run[-1].end, kind, phone_key(digits) if kind is Kind.PHONE else digits)


def _kind(digits: str) -> Kind:
    if is_cpf(digits):
        return Kind.CPF
    if is_cnpj(digits):
        return Kind.CNPJ
    if is_cns(digits):
        return Kind.CNS
    return Kind.PHONE if is_phone(digits, digits, told=len(digits) in {8, 9, 10}) else Kind.NUMBER


def _digits(run: list[Token]) -> str:
    """Give the digits that were said: what is joined by "e" is one amount, all else follows."""
    said = ""
    amount, level, joined = 0, 0, False
    for _, _, word in run:
        if word in _BETWEEN:
            joined = word == "e"
            continue
        value, size = _value(word)
        if level and joined and size < level and value:
            amount, level = amount + value, size
        else:
            said += str(amount) if level else ""
            amount, level = value, size
        if level == 1:
            said += str(amount)
            amount, level = 0, 0
        joined = False
    return said + (str(amount) if level else "")


def _value(word: str) -> tuple[int, int]:
    """Give a word's value, and below which value what "e" joins to it must be."""
    if word in _HUNDREDS:
        return _HUNDREDS[word], 100
    if word in _TENS:
        return _TENS[word], 10
    return _TEENS.get(word, _UNITS.get(word, 0)), 1
