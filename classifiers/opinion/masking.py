"""Personal data are taken out before a text leaves the house; what is left says what happened, not to whom.

Too much rather than too little: every run of seven digits goes, whatever it is, but for dates and sums of money. What
stands there instead names what it was, so that "depositaram no [CPF]" can still be read. Each pattern is bounded, and
the work grows with the text and not faster. A name that nobody announces ("Paulo me atendeu mal") is not found.

`mask` is all that the rest knows of this file: a better one takes its place by the same signature.
"""

import re
from collections.abc import Callable
from typing import Final

__all__ = ["mask"]

_NAME: Final = r"[A-ZÀ-ÖØ-Þ][\w'\u2019-]{0,30}"
_NAMES: Final = rf"{_NAME}(?:[ \t]{{1,3}}(?:(?:d[aeo]s?|e)[ \t]{{1,3}})?{_NAME}){{0,6}}"
_NOT_IN_A_NAME: Final = (
    r"(?:e|eu|que|mas|moro|sou|tenho|estou|venho|quero|gostaria|preciso|com|na|no|em|a|o|as|os|por|para|pra|um|uma|cpf)"
)
_WORDS: Final = (
    rf"[^\W\d_]{{2,30}}(?:[ \t]{{1,3}}(?:d[aeo]s?[ \t]{{1,3}})?(?!{_NOT_IN_A_NAME}\b)[^\W\d_]{{2,30}}){{0,4}}"
)
_ANNOUNCED: Final = (
    r"(?:meu nome(?: completo)? (?:é|e)|me chamo|chamo-me|nome(?: completo)?:|assinado:?|titular:|paciente:|alun[oa]:"
    r"|cliente:|my name is|me llamo|mi nombre es)"
)
_STREET: Final = (
    r"(?:rua|r\.|avenida|av\.?|travessa|trav\.|alameda|rodovia|estrada|praça|pça\.?|beco|viela|quadra|lote|conjunto)"
)
_NUMBERED: Final = (
    r"(?:matr[ií]cula|protocolo|processo|contrato|conta|ag[êe]ncia|inscri[çc][ãa]o|ap[óo]lice|carteir(?:a|inha)"
    r"|cart[ãa]o(?: do)? sus|nis|pis|rg|cnh|cns|t[íi]tulo|senha|prontu[áa]rio|instala[çc][ãa]o|uc|login)"
)
_LINK: Final = r"(?:[ \t]{0,3}(?:n[º°o.]{0,2}|:|é|de número|do)[ \t]{0,3}|[ \t]{1,3})"
_DIGITS: Final = r"(?:[a-z./-]{0,10}\d){3,40}[\w./-]{0,10}"
_PLACE: Final = (
    r"(?:[^\s,;.\n][^,;.\n]{0,60}?"
    r"(?:,[ \t]{0,3}(?:n[º°o.]{0,2}[ \t]{0,2})?|[ \t](?:n[º°o]\.?|n[uú]mero)[ \t]{0,2})\d{1,5}"
    r"|[^\W\d_]{4,20}(?:[ \t][^\W\d_]{2,20}){0,3}[ \t]\d{2,5})"
)
_TITLE: Final = r"(?:[Ss]r(?:t?a)?\.?|[Dd]ra?\.?|[Dd]ona|[Ss]enhora?|[Ss]eu|[Pp]rof(?:a|essora?)?\.?)"
_ROLE: Final = r"(?:funcionári[oa]|servidora?|atendente|motorista|médic[oa]|fiscal|gerente|vizinh[oa])"
_INTRODUCED: Final = r"(?:[Aa]qui é|[Ee]u sou|[Ss]ou|[Ff]alo com|[Ee]u,)"
_CLOSING: Final = r"(?:att|at\.te|atenciosamente|cordialmente|grat[oa]|obrigad[oa]|abs|abraços|respeitosamente)"
_DATE = re.compile(
    r"(?:0?[1-9]|[12]\d|3[01])[/.-](?:0?[1-9]|1[0-2])(?:[/.-](?:19|20)?\d\d)?|(?:19|20)\d\d-[01]\d-[0-3]\d"
)
_CPF: Final = 11
_CNPJ: Final = 14
_CARD: Final = 16
_POSTCODE = re.compile(r"\d{5}-\d{3}")


def _number(found: re.Match[str]) -> str:
    """Name a run of digits by its length; let dates and sums of money stand."""
    words = found[0]
    before = found.string[max(found.start() - 4, 0) : found.start()].rstrip()
    if before.endswith(("R$", "US$", "€")) or _DATE.fullmatch(words.strip(" .-/()")):
        return words
    digits = sum(map(str.isdigit, words))
    named = {_CPF: "[CPF ou telefone]", _CNPJ: "[CNPJ]", _CARD: "[cartão]"}
    if _POSTCODE.fullmatch(words):
        return "[CEP]"
    return named.get(digits, "[telefone]" if digits in {8, 9, 10, 12, 13} else "[número]")


_Put = str | Callable[[re.Match[str]], str]


def _any_case(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_PATTERNS: Final[tuple[tuple[re.Pattern[str], _Put], ...]] = (
    (re.compile(r"\[(?=[\w ()-]{1,20}\])"), "("),  # brackets of the writer's own must not pass for ours
    (re.compile(r"[\w.+%-]{1,80}@[\w-]{1,60}(?:\.[\w-]{1,60}){0,6}"), "[e-mail]"),
    (_any_case(r"\b(?:https?://|www\.)[^\s<>\"]{1,2000}"), "[link]"),
    (re.compile(r"(?<![\w@])@[A-Za-z][\w.]{2,40}"), "[perfil]"),
    (_any_case(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "[chave]"),
    (_any_case(r"(nasc(?:id[oa]|imento|\.)?(?: em|:)? {0,2})\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}"), r"\1[data]"),
    (_any_case(rf"(\b{_ANNOUNCED}[ \t]{{0,3}}){_WORDS}"), r"\1[nome]"),
    (re.compile(rf"(\b{_INTRODUCED}[ \t]{{1,3}}(?:[oa][ \t]{{1,3}})?){_NAMES}"), r"\1[nome]"),
    (re.compile(rf"(\b{_TITLE}[ \t]{{1,3}}){_NAMES}"), r"\1[nome]"),
    (re.compile(rf"(\b(?i:{_ROLE})[ \t]{{1,3}}){_NAMES}"), r"\1[nome]"),
    (re.compile(rf"(\b(?i:{_CLOSING})[ \t]{{0,3}}[,.!]?[ \t]{{0,3}}\n{{1,3}}[ \t]{{0,3}}){_NAMES}"), r"\1[nome]"),
    (_any_case(rf"(\b{_STREET}[ \t]{{1,3}}){_PLACE}\b"), r"\1[endereço]"),
    (_any_case(r"\b[a-z]{3}-?\d[a-z0-9]\d{2}\b"), "[placa]"),
    (_any_case(r"(\bsenha(?: é|:) {0,2})\S{1,60}"), r"\1[senha]"),
    (_any_case(rf"(\b{_NUMBERED}{_LINK}){_DIGITS}"), r"\1[número]"),
    (re.compile(r"(?<![\w$])\+?\(?\d(?:[ .\-/()]{0,3}\d){6,24}(?!\w)"), _number),
    (re.compile(r"\d{7,64}"), "[número]"),
)


def mask(text: str) -> str:
    """Give the text without what tells who somebody is, as far as its form shows it."""
    for pattern, put in _PATTERNS:
        text = pattern.sub(put, text)
    return text
