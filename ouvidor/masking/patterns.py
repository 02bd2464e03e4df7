"""What is known by its own shape: mail addresses, links, handles, plates, coordinates, keys, and what a label names.

A pattern is tried only where a text has a sign that all its matches have, and each begins at something rare and takes
a bounded number of characters: no text makes one slow.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from ouvidor.masking.check_digits import is_cnpj
from ouvidor.masking.masked import Found, Kind, Why
from ouvidor.masking.reading import Reading

__all__ = ["patterns"]


class _Pattern(NamedTuple):
    signs: tuple[str, ...]
    kind: Kind
    regex: re.Pattern[str]


_ANGLE: Final = r"\d{{1,3}}°\d{{1,2}}'\d{{1,2}}(?:[.,]\d{{1,4}})?[\"”]? ?{}"
_DIGIT: Final = re.compile(r"\d")
_WRITTEN_LONG: Final = 4
_PATTERNS: Final = (
    _Pattern(
        ("nasc", "born", "nacid", "nacim", "birth"),
        Kind.BIRTH,
        re.compile(
            r"\b(?:nasc\w{0,8}|born|birth\w{0,4}|dob|nacid[oa]|nacimiento)\b[^\d\n]{0,25}"
            r"(\d{1,2}(?:[/.-]| de | )(?:\d{1,2}|[a-z]{3,9})(?:[/.-]| de | )\d{2,4})"
        ),
    ),
    _Pattern(
        ("rg", "identidade", "rn", "dni"),
        Kind.RG,
        re.compile(
            r"\b(?:rg|rne|rnm|dni|identidade)\b[^\w\n]{0,4}(?:(?:n[o.]{0,2}|numero|e|meu)[^\w\n]{1,3}){0,2}"
            r"((?:[a-z]{1,2}[ -]?)?\d(?:[.\- ]?\d){4,12}(?:[.\- ]?[a-z\d]\b)?"
            r"(?:[ /-]{1,3}(?:ssp|sesp|detran|dic)\w{0,3}(?:[ /-][a-z]{2})?\b)?)"
        ),
    ),
    _Pattern(
        ("pass", "pasa"),
        Kind.PASSPORT,
        re.compile(r"\b(?:passaporte|passport|pasaporte)\b[^\n]{0,20}?\b([a-z]{1,2}[ -]?\d{6,7}|[a-z]\d{8})\b"),
    ),
    _Pattern((), Kind.PLATE, re.compile(r"\b(?<!-)([a-z]{3}[ -]?\d[a-j\d]\d{2})\b(?!-)")),
    _Pattern((), Kind.NUMBER, re.compile(r"\b([a-z]{2}\d{9}[a-z]{2})\b")),
    _Pattern(
        ("placa", "plate"),
        Kind.PLATE,
        re.compile(r"\b(?:placas?|plate)\b[^\n\d]{0,16}?\b([a-z]{3}[ -]?\d[a-j\d]\d{2})\b"),
    ),
    _Pattern(
        ("cnpj", "/"),
        Kind.CNPJ,
        re.compile(
            r"(?<!\w)([0-9a-z]{2}\.?[0-9a-z]{3}\.?[0-9a-z]{3}/[0-9a-z]{4}-?\d{2}|(?<=cnpj )[0-9a-z]{12}\d{2})(?!\w)"
        ),
    ),
    _Pattern(
        ("-",),
        Kind.PIX,
        re.compile(r"(?<![\w-])([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?![\w-])"),
    ),
    _Pattern(
        (",", ";"),
        Kind.COORDINATES,
        re.compile(r"(?<![\w.,-])(-?\d{1,2}\.\d{4,10} ?[,;] ?-?\d{1,3}\.\d{4,10})(?![\w])"),
    ),
    _Pattern(
        ("°",),
        Kind.COORDINATES,
        re.compile(rf"({_ANGLE.format('[ns]')}[ ,e]{{1,3}}{_ANGLE.format('[welo]')})"),
    ),
    _Pattern(
        ("agencia", "ag", "conta", "cc", "c/c", "iban", "cuenta", "account"),
        Kind.ACCOUNT,
        re.compile(
            r"\b(?:agencia|ag|conta(?: corrente| poupanca)?|c/c|cc|poupanca|op)\b[.: ]{0,3}(?:n[o.º°]{0,2} ?|e )?"
            r"(\d[\d.]{1,12}\d(?:-[\dx])?)\b(?! ?(?:reais|kwh|m3|%|,\d\d))"
        ),
    ),
    _Pattern(
        (
            "protocolo",
            "processo",
            "ticket",
            "reclamacao",
            "chamado",
            "boletim",
            "b.o",
            " bo ",
            "manifestacao",
            "os n",
            "expediente",
            "case",
        ),
        Kind.PROTOCOL,
        re.compile(
            r"\b(?:protocolos?|processo|ticket|reclamacao|chamado|boletim de ocorrencia|b\.o\.?|bo|manifestacao|"
            r"expediente|case)\b[: ]{0,2}(?:(?:sei|n[o.º°]{0,2}|numero|number|de|e|foi|anterior|#)[: ]{0,2}){0,3}"
            r"#?((?=[a-z./-]{0,8}\d)[a-z\d][a-z\d./-]{3,28}[a-z\d])"
        ),
    ),
)
_SECRET: Final = re.compile(
    r"\b(?:senha|password)(?: [a-z]{2,12}){0,2}(?: ?[:=] ?| eh? | is )(?:\"|"
    r"')?((?=[^\s]{0,30}[\d#@$!*])[^\s,;\"']{3,40})"
)
_LOGIN: Final = re.compile(
    r"\b(?:usuario|login|user(?:name)?|nick|perfil|insta(?:gram)?|face(?:book)?|tiktok|twitter|telegram)"
    r"(?: (?:d[oa] [a-z]{2,12}|eh?|no [a-z]{2,12}|is))?[ :]{1,3}((?=[a-z]{0,20}(?:\d|[._]\w))[a-z][\w.]{2,30}\w)"
)
_TOLD_BEFORE: Final = re.compile(r"senha|passw|usuario|login|user|nick|perfil|insta|face|tiktok|twitter|telegram")
_UNDERSCORED: Final = re.compile(
    r"(?<![\w@./|-])[a-z][a-z0-9.]{1,20}_[a-z0-9_.]{0,20}[a-z0-9](?![\w@|])(?<!\.jpg)(?<!\.png)(?<!\.pdf)(?<!\.jpeg)"
)
_CODE: Final = re.compile(r"(?<![\w./-])[a-z0-9]{1,20}(?:[./-][a-z0-9]{1,20}){0,5}(?![\w/-])")
_CODE_DIGITS, _CODE_LETTERS = 6, 6
_NO_CODE: Final = re.compile(
    r"\d{8}(?:-[0-9a-z]{4}){2}-[0-9a-z]{3}|\d+(?:[.,]\d+)*[a-z]{1,3}\d?|\d{4}-\d\d-\d\dt\d.*|\d+[a-z]-\d+"
)
_NAMED_BY_WORDS: Final = frozenset({Kind.BIRTH, Kind.RG, Kind.PASSPORT, Kind.ACCOUNT, Kind.PROTOCOL})
_MAIL: Final = re.compile(r"[a-z0-9_.+-]{1,64}$")
_DOMAIN: Final = re.compile(r" ?[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}")
_HANDLE: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_.]{0,28}[a-z0-9_])?")
_LINK: Final = re.compile(
    r"\b(?:https?://|www\.|(?:instagram|facebook|fb|linkedin|tiktok|twitter|x|wa|t)\.(?:com|me)/)[^\s<>\"]{1,500}"
)
_TELLING: Final = re.compile(
    r"\d{4}|[?&#]|@|(?:instagram|facebook|fb|linkedin|tiktok|twitter|wa|t|x)\.(?:com|me)/|maps|goo\.gl|drive|"
    r"docs\.g|forms"
)
_HOUSES: Final = re.compile(r"^(?:ouvidoria|prefeitura|procon|gov|camara|tribunal|inss|anatel|reclameaqui)")
_ROLE: Final = re.compile(r"^(?:ouvidoria|contato|sac|atendimento|faleconosco|imprensa|suporte|protocolo|secretaria)\b")
_OFFICIAL: Final = re.compile(r"viatura|carro oficial|onibus|ambulancia|(?:caminhao|carro|veiculo|maquina) d[ao]")
_OFFICIAL_WITHIN: Final = 45
_PLATE_WITHIN: Final = 60
_VEHICLE: Final = re.compile(r"placa|carro|veiculo|moto\b|multa|automovel|caminhao|estacion|plate|car\b")


def patterns(reading: Reading, *, every: bool = False) -> Iterator[Found]:
    """Find what its own shape tells; `every` link and plate too, whoever's they are."""
    folded = reading.folded
    if "@" in folded:
        yield from _with_at(folded)
    yield from _links(folded, every=every)
    if "_" in folded:
        yield from (Found(*match.span(), Kind.HANDLE, match.group()) for match in _UNDERSCORED.finditer(folded))
    for regex, kind in ((_SECRET, Kind.SECRET), (_LOGIN, Kind.HANDLE)):
        if _TOLD_BEFORE.search(folded) is None:
            break
        yield from (Found(*match.span(1), kind, match.group(1), Why.LABELLED) for match in regex.finditer(folded))
    if _DIGIT.search(folded) is None:
        return
    yield from _codes(folded)
    for signs, kind, regex in _PATTERNS:
        if signs and not any(sign in folded for sign in signs):
            continue
        for match in regex.finditer(folded):
            start, end = match.span(1)
            if _holds(kind, reading, start, end, every=every):
                why = Why.LABELLED if kind in _NAMED_BY_WORDS else Why.SHAPED
                yield Found(start, end, kind, _plain(folded[start:end]), why)


def _links(folded: str, *, every: bool) -> Iterator[Found]:
    if not any(sign in folded for sign in ("://", "www.", ".com/", ".me/")):
        return
    for match in _LINK.finditer(folded):
        end = match.end() - (len(match.group()) - len(match.group().rstrip(".,;:!?)]")))
        if every or _TELLING.search(folded, match.start(), end):
            yield Found(match.start(), end, Kind.LINK, folded[match.start() : end])


def _holds(kind: Kind, reading: Reading, start: int, end: int, *, every: bool) -> bool:
    written = reading.folded[start:end]
    if kind is Kind.PLATE and every:
        return True
    if kind is Kind.PLATE and (" " in written or written[3:].isdigit()):
        told = _VEHICLE.search(reading.folded, max(0, start - _PLATE_WITHIN), end + _PLATE_WITHIN) is not None
        if not told or not (reading.text[start].isupper() or "placa" in reading.folded[max(0, start - 30) : start]):
            return False
    if kind is Kind.PLATE:
        return not _OFFICIAL.search(reading.folded, max(0, start - _OFFICIAL_WITHIN), start)
    if kind is Kind.CNPJ:
        return (written.count("/") == 1 and not written.isalpha()) or is_cnpj(_plain(written).upper())
    if kind is Kind.PROTOCOL:
        return sum(map(str.isdigit, written)) >= _WRITTEN_LONG and not re.fullmatch(
            r"\d{1,2}/\d{1,2}(?:/\d{2,4})?|(?:19|20)\d\d|\d{8}(?:-[0-9a-z]{3,4}){3}", written
        )
    return True


def _codes(folded: str) -> Iterator[Found]:
    """Find what mixes digits with a few letters: an order's number, a meter's, another body's protocol."""
    for match in _CODE.finditer(folded):
        code = match.group()
        digits = sum(map(str.isdigit, code))
        letters = sum(map(str.isalpha, code))
        if digits >= _CODE_DIGITS and 0 < letters <= _CODE_LETTERS and not _NO_CODE.fullmatch(code):
            yield Found(*match.span(), Kind.NUMBER, _plain(code))


def _plain(written: str) -> str:
    return "".join(each for each in written if each.isalnum())


def _with_at(folded: str) -> Iterator[Found]:
    at = folded.find("@")
    while at >= 0:
        before = _MAIL.search(folded, max(0, at - 64), at)
        domain = _DOMAIN.match(folded, at + 1)
        if before is not None and domain is not None:
            start, end = before.start(), domain.end()
            house = folded[at:end].endswith(".gov.br") and _ROLE.match(folded[start:end])
            if not house:
                yield Found(start, end, Kind.EMAIL, folded[start:end].replace(" ", ""))
        elif before is None and (handle := _HANDLE.match(folded, at + 1)) and not _HOUSES.match(handle.group()):
            yield Found(at, handle.end(), Kind.HANDLE, handle.group())
        at = folded.find("@", at + 1)
