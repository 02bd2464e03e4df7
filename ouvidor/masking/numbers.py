"""Runs of digits: documents, phones, cards and what else is long enough to be somebody's number.

A run is groups of digits with at most three separators between them. In it, groups that follow each other are tried as
one number: the label that stands before ("RG:", "whats") decides where there is one, else check digits, else the way it
is grouped. What stays, and has seven digits or more, is masked as a number: a contract, a meter, a registration.

Money, dates, times, public service numbers (0800, 4004) and our own protocol numbers stay.
"""

import re
from collections.abc import Collection, Iterator
from typing import Final

from ouvidor.masking.check_digits import is_card, is_case, is_cnh, is_cnpj, is_cns, is_cpf, is_pis, is_voter
from ouvidor.masking.masked import Found, Kind, Why
from ouvidor.masking.phones import is_phone, phone_key
from ouvidor.masking.reading import Reading

__all__ = ["numbers"]

_RUN: Final = re.compile(r"\d+(?:[ .\-/()_]{1,3}\d+)*")
_GROUP: Final = re.compile(r"\d+")
_BEFORE: Final = 34
_NEAR: Final = 22
_MOST_GROUPS: Final = 64
_MOST_DIGITS: Final = 20
_LEAST: Final = 7

_LABELS: Final = {
    "cpf": Kind.CPF,
    "cnpj": Kind.CNPJ,
    "rg": Kind.RG,
    "identidade": Kind.RG,
    "cnh": Kind.CNH,
    "habilitacao": Kind.CNH,
    "pis": Kind.PIS,
    "nis": Kind.PIS,
    "nit": Kind.PIS,
    "pasep": Kind.PIS,
    "titulo": Kind.VOTER,
    "eleitor": Kind.VOTER,
    "cns": Kind.CNS,
    "sus": Kind.CNS,
    "cartao": Kind.CARD,
    "card": Kind.CARD,
    "tarjeta": Kind.CARD,
    "fone": Kind.PHONE,
    "tel": Kind.PHONE,
    "cel": Kind.PHONE,
    "celular": Kind.PHONE,
    "telefone": Kind.PHONE,
    "telefono": Kind.PHONE,
    "phone": Kind.PHONE,
    "contato": Kind.PHONE,
    "zap": Kind.PHONE,
    "whats": Kind.PHONE,
    "whatsapp": Kind.PHONE,
    "ligar": Kind.PHONE,
    "recado": Kind.PHONE,
    "call": Kind.PHONE,
    "pix": Kind.PIX,
    "cep": Kind.CEP,
    "protocolo": Kind.PROTOCOL,
    "processo": Kind.PROTOCOL,
    "protocol": Kind.PROTOCOL,
    "reclamacao": Kind.PROTOCOL,
    "boletim": Kind.PROTOCOL,
    "bo": Kind.PROTOCOL,
    "conta": Kind.ACCOUNT,
    "cc": Kind.ACCOUNT,
    "agencia": Kind.ACCOUNT,
    "poupanca": Kind.ACCOUNT,
    "account": Kind.ACCOUNT,
    "cuenta": Kind.ACCOUNT,
    "matricula": Kind.NUMBER,
    "prontuario": Kind.NUMBER,
    "beneficio": Kind.NUMBER,
    "nb": Kind.NUMBER,
    "contrato": Kind.NUMBER,
    "pedido": Kind.NUMBER,
    "inscricao": Kind.NUMBER,
    "uc": Kind.NUMBER,
    "instalacao": Kind.NUMBER,
    "consumidora": Kind.NUMBER,
    "renavam": Kind.NUMBER,
    "imei": Kind.NUMBER,
    "order": Kind.NUMBER,
    "carteirinha": Kind.NUMBER,
    "apolice": Kind.NUMBER,
    "bilhete": Kind.NUMBER,
    "fiscal": Kind.NUMBER,
    "hidrometro": Kind.NUMBER,
    "serie": Kind.NUMBER,
    "sinistro": Kind.NUMBER,
    "localizador": Kind.NUMBER,
    "oficio": Kind.PROTOCOL,
    "infracao": Kind.PROTOCOL,
    "notificacao": Kind.PROTOCOL,
    "chamado": Kind.PROTOCOL,
    "manifestacao": Kind.PROTOCOL,
    "passaporte": Kind.PASSPORT,
    "oab": Kind.NUMBER,
    "crm": Kind.NUMBER,
    "crea": Kind.NUMBER,
    "creci": Kind.NUMBER,
    "cau": Kind.NUMBER,
    "coren": Kind.NUMBER,
    "dni": Kind.RG,
    "rne": Kind.RG,
}
_LABEL: Final = re.compile(r"[a-z]+")
_LENGTHS: Final = {
    Kind.CPF: (10, 11),
    Kind.CNPJ: (13, 14),
    Kind.RG: (5, 11),
    Kind.CNH: (9, 11),
    Kind.PIS: (10, 11),
    Kind.VOTER: (10, 12),
    Kind.CNS: (11, 15),
    Kind.CARD: (13, 19),
    Kind.PHONE: (8, 14),
    Kind.PIX: (8, 14),
    Kind.CEP: (8, 8),
    Kind.PROTOCOL: (4, 20),
    Kind.ACCOUNT: (3, 13),
    Kind.NUMBER: (4, 20),
    Kind.PASSPORT: (6, 9),
}
_CHECKED: Final = {
    11: ((Kind.CPF, is_cpf),),
    12: ((Kind.VOTER, is_voter),),
    14: ((Kind.CNPJ, is_cnpj), (Kind.CARD, is_card)),
    15: ((Kind.CNS, is_cns), (Kind.CARD, is_card)),
    16: ((Kind.CARD, is_card),),
    20: ((Kind.PROTOCOL, is_case),),
}
_RIGHT: Final = {
    Kind.CPF: is_cpf,
    Kind.CNPJ: is_cnpj,
    Kind.PIS: is_pis,
    Kind.CNH: is_cnh,
    Kind.CNS: is_cns,
    Kind.VOTER: is_voter,
    Kind.CARD: is_card,
}
_IF_FAR: Final = {Kind.PIS: is_pis, Kind.CNH: is_cnh, Kind.CARD: is_card}
_NEAR_ONLY: Final = frozenset({Kind.PROTOCOL, Kind.ACCOUNT, Kind.NUMBER})
_LOCAL: Final = 8
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_SHAPES: Final = (
    (Kind.CEP, re.compile(r"\d{5}-\d{3}|\d{2}\.\d{3}-\d{3}")),
    (Kind.CPF, re.compile(r"\d{3}\.\d{3}\.\d{3}[-./ ]{1,3}\d{2}")),
    (Kind.CNPJ, re.compile(r"\d{2}\.\d{3}\.\d{3}/\d{4}-?\d{2}")),
    (Kind.RG, re.compile(r"\d{1,2}\.\d{3}\.\d{3}-\d")),
    (Kind.PROTOCOL, re.compile(r"\d{5}\.\d{6}/\d{4}-\d{2}")),
)
_DATE: Final = re.compile(
    r"(?:[0-3]?\d([/.-])[01]?\d\1(?:(?:19|20)\d{2}|\d{2})|[0-3]?\d/[01]?\d|(?:19|20)\d{2}-[01]?\d-[0-3]?\d"
    r"|[01]?\d/(?:19|20)\d{2}|(?:19|20)\d{2}[/-](?:19|20)\d{2})(?![/.-]?\d)"
)
_MONEY: Final = re.compile(r"(?:r\$|us\$|\$|€|reais)\s{0,2}$")
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d{2})?")
_PUBLIC: Final = re.compile(r"(?:0800|0300|0500|4004|3003|4003|4020|4062)\b")
_BILL: Final = re.compile(
    r"\d{5}\.?\d{5} ?\d{5}\.?\d{6} ?\d{5}\.?\d{6} ?\d ?\d{14}|(?:\d{11,12}[ -]{1,3}\d?[ -]?){4}|\d{44,48}"
)
_ISSUER: Final = re.compile(
    r"[ ,/-]{1,3}(?:ssp|sesp|sds|sjs|detran|dic|dgpc|ifp|pc|iirgd|pf)(?:[ /-]{1,3}[a-z]{2}\b)?(?!\w)"
)
_NO_ACCOUNT: Final = re.compile(r" ?(?:reais|kwh|m3|%|,\d\d\b)")
_ACCOUNT_WORDS: Final = re.compile(r"[ .:]*(?:corrente|poupanca|salario|digital|n[o.º°]{0,2}|numero|e|eh)?[ .:]*")
_OURS: Final = re.compile(r"(?<![\w-])\d{8}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{3}(?![\w-])")


def numbers(reading: Reading, known: Collection[str] = (), *, every: bool = False) -> Iterator[Found]:
    """Find what digits tell. `known` are digits by which the author is reached; `every` masks our protocols too."""
    folded = reading.folded
    ours = {place for match in _OURS.finditer(folded) for place in range(*match.span())} if "-" in folded else set()
    if every:
        yield from (Found(*match.span(), Kind.PROTOCOL, match.group()) for match in _OURS.finditer(folded))
    for run in _RUN.finditer(folded):
        if run.start() in ours:
            continue
        yield from _in_run(folded, run.start(), run.end(), known)


def _in_run(folded: str, start: int, end: int, known: Collection[str]) -> Iterator[Found]:
    groups = [match.span() for match in _GROUP.finditer(folded, start, end)]
    if _BILL.fullmatch(folded, start, end):
        yield Found(start, end, Kind.NUMBER, folded[start:end])
        return
    if len(groups) > _MOST_GROUPS:  # a table, or somebody who tries how long we read
        yield Found(start, end, Kind.NUMBER, folded[start : start + _MOST_GROUPS], Why.LONG)
        return
    label, near = _label(folded, start)
    first = 0
    while first < len(groups):
        found, last = _one(folded, groups, first, label, near, known)
        if found is not None:
            yield found
            label, near = None, False
        first = last


def _one(  # noqa: PLR0917 - what is known of the place
    folded: str, groups: list[tuple[int, int]], first: int, label: Kind | None, near: bool, known: Collection[str]
) -> tuple[Found | None, int]:
    """Give the number that begins with a group, and the group after it."""
    windows = list(_windows(folded, groups, first))
    if not windows:  # one group longer than any number that we know
        start, end = groups[first]
        return Found(start, end, Kind.NUMBER, folded[start : min(end, start + 64)], Why.LONG), first + 1
    start = groups[first][0]
    if (date := _DATE.match(folded, start)) is not None and folded[start - 1 : start] not in {".", "-", "/"}:
        return None, next((place for place in range(first, len(groups)) if groups[place][0] >= date.end()), len(groups))
    if _left_alone(folded, start, groups[first][1]):
        return None, _after(folded, groups, first)
    for chosen, why in ((_labelled, Why.LABELLED), (_checked, Why.CHECKED), (_grouped, Why.SHAPED)):
        for digits, last in reversed(windows):
            end = groups[last - 1][1]
            kind = chosen(folded, start, end, digits, label, near, known)
            if kind is not None:
                if kind is Kind.RG and (issuer := _ISSUER.match(folded, end)) is not None:
                    end = issuer.end()
                is_right = _RIGHT.get(kind)
                told = Why.CHECKED if is_right is not None and is_right(digits) else why
                return Found(_opened(folded, start, kind), end, kind, _key(kind, digits), told), last
    digits, last = windows[0]
    if len(digits) >= _LEAST:
        return Found(start, groups[last - 1][1], Kind.NUMBER, digits, Why.LONG), last
    return None, first + 1


def _windows(folded: str, groups: list[tuple[int, int]], first: int) -> Iterator[tuple[str, int]]:
    digits = ""
    for last in range(first, min(len(groups), first + _MOST_DIGITS)):
        start, end = groups[last]
        if len(digits) + end - start > _MOST_DIGITS:
            return
        digits += folded[start:end]
        yield digits, last + 1


def _label(folded: str, start: int) -> tuple[Kind | None, bool]:
    """Give the last label before a place, and whether nothing but a sign stands between."""
    begin = max(0, start - _BEFORE)
    for match in reversed(list(_LABEL.finditer(folded, begin, start))):
        word = match.group()
        kind = _LABELS.get(word) or _LABELS.get(word.removesuffix("s"))
        if kind is None or (match.start() == begin and begin and folded[begin - 1].isalpha()):
            continue
        between = folded[match.end() : start]
        if "\n\n" in between:
            break
        return kind, len(between) <= _NEAR and not any(each in between for each in ".;!?\n")
    return None, False


def _labelled(  # noqa: PLR0917 - one signature for the three ways
    folded: str, start: int, end: int, digits: str, label: Kind | None, near: bool, known: Collection[str]
) -> Kind | None:
    if len(digits) >= _LOCAL and any(digits.endswith(each) or each.endswith(digits) for each in known):
        return Kind.PHONE
    if label is Kind.PHONE or folded[max(0, start - 1) : start] == "+":
        return Kind.PHONE if is_phone(digits, folded[start:end], told=True) else None
    if label is None:
        return None
    least, most = _LENGTHS[label]
    fits = least <= len(digits) <= most and (near or (len(digits) >= _LEAST and label not in _NEAR_ONLY))
    if label in _NEAR_ONLY and _YEAR.fullmatch(digits):
        return None
    if label is Kind.ACCOUNT and (_NO_ACCOUNT.match(folded, end) or not _is_account(folded, start)):
        return None
    if not near and label in _IF_FAR:
        fits = fits and _IF_FAR[label](digits)
    return label if fits else None


def _is_account(folded: str, start: int) -> bool:
    """Does nothing but what belongs to an account stand after the word? "A conta foi de 96 para 240" is a bill."""
    words = list(_LABEL.finditer(folded, max(0, start - _BEFORE), start))
    last = next((each for each in reversed(words) if _LABELS.get(each.group()) is Kind.ACCOUNT), None)
    return last is not None and _ACCOUNT_WORDS.fullmatch(folded, last.end(), start) is not None


def _checked(  # noqa: PLR0917 - the same
    folded: str, start: int, end: int, digits: str, label: Kind | None, near: bool, known: Collection[str]
) -> Kind | None:
    del label, near, known
    if len(digits) == 11 and is_phone(digits, folded[start:end]) and _is_grouped_as_phone(folded, start, end):  # noqa: PLR2004 - a mobile with its area
        return Kind.PHONE
    return next((kind for kind, is_one in _CHECKED.get(len(digits), ()) if is_one(digits)), None)


def _grouped(  # noqa: PLR0917 - the same
    folded: str, start: int, end: int, digits: str, label: Kind | None, near: bool, known: Collection[str]
) -> Kind | None:
    del label, near, known
    written = folded[start:end]
    for kind, shape in _SHAPES:
        if shape.fullmatch(written):
            return kind
    return Kind.PHONE if is_phone(digits, written) else None


def _is_grouped_as_phone(folded: str, start: int, end: int) -> bool:
    lengths = [match.end() - match.start() for match in _GROUP.finditer(folded, start, end)]
    return lengths in ([2, 5, 4], [2, 9], [2, 1, 4, 4], [2, 1, 8]) or folded[max(0, start - 1) : start] == "("


def _left_alone(folded: str, start: int, end: int) -> bool:
    return bool(
        _MONEY.search(folded, max(0, start - 8), start)
        or _PUBLIC.match(folded, start, end)
        or folded[max(0, start - 1) : start] == ","
    )


def _after(folded: str, groups: list[tuple[int, int]], first: int) -> int:
    """Give the group after what is left alone: all of an amount or a service's number."""
    last = first + 1
    while last < len(groups) and folded[groups[last - 1][1] : groups[last][0]] in {".", "-", " "}:
        last += 1
        if last - first > 3:  # noqa: PLR2004 - 0800 123 45 67
            break
    return last


def _opened(folded: str, start: int, kind: Kind) -> int:
    """Take the + or ( before a phone's digits with it."""
    if kind is Kind.PHONE:
        while start > 0 and folded[start - 1] in "+(":
            start -= 1
    return start


def _key(kind: Kind, digits: str) -> str:
    return phone_key(digits) if kind in {Kind.PHONE, Kind.PIX} else digits
