"""Check digits of Brazilian documents and of cards: what tells a document's number from any other of its length.

Written here, not taken from a library: each is a sum, and a run of digits is tried as several documents at once
(`docs/decisions/0020-masking.md` has what the libraries do and cost).

Source: Receita Federal (CPF; CNPJ with letters, IN RFB 2.229/2024: a character counts as its ASCII code less 48),
Caixa (PIS), TSE (título), Denatran (CNH), DATASUS (CNS), ISO/IEC 7812 (Luhn), CNJ resolution 65/2008 (process numbers).
"""

from collections.abc import Iterable

__all__ = ["is_card", "is_case", "is_cnh", "is_cnpj", "is_cns", "is_cpf", "is_pis", "is_voter"]

_CPF = (10, 9, 8, 7, 6, 5, 4, 3, 2)
_CNPJ = (5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
_PIS = (3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
_STATES = 28
_SAO_PAULO, _MINAS = "01", "02"


def _sum(values: Iterable[int], weights: Iterable[int]) -> int:
    return sum(value * weight for value, weight in zip(values, weights, strict=False))


def _digits(written: str) -> list[int]:
    return [ord(each) - 48 for each in written]


def _same(written: str) -> bool:
    return written == written[0] * len(written)


def is_cpf(written: str) -> bool:
    """Tell whether eleven digits are a CPF's."""
    if len(written) != 11 or _same(written):  # noqa: PLR2004 - the length that it has
        return False
    values = _digits(written)
    first = _sum(values, _CPF) * 10 % 11 % 10
    second = _sum(values, (11, *_CPF)) * 10 % 11 % 10
    return values[9:] == [first, second]


def is_cnpj(written: str) -> bool:
    """Tell whether fourteen characters are a CNPJ's, of digits or of capitals too; the last two are digits."""
    if len(written) != 14 or _same(written) or not written[12:].isdigit():  # noqa: PLR2004 - the same
        return False
    values = _digits(written)
    first = _sum(values, _CNPJ) % 11
    second = _sum(values, (6, *_CNPJ)) % 11
    return values[12:] == [11 - first if first > 1 else 0, 11 - second if second > 1 else 0]


def is_pis(written: str) -> bool:
    """Tell whether eleven digits are a PIS's (NIS, NIT, PASEP)."""
    if len(written) != 11 or _same(written):  # noqa: PLR2004 - the same
        return False
    values = _digits(written)
    return values[10] == -_sum(values, _PIS) % 11 % 10


def is_cns(written: str) -> bool:
    """Tell whether fifteen digits are a health card's: those that begin with 1 or 2 are made of a PIS."""
    if len(written) != 15 or written[0] not in "12789":  # noqa: PLR2004 - the same
        return False
    made = written[0] not in "12" or written[11:14] in {"000", "001"}
    return made and _sum(_digits(written), range(15, 0, -1)) % 11 == 0


def is_voter(written: str) -> bool:
    """Tell whether twelve digits are a voter's: eight of a sequence, two of a state, two to check."""
    if len(written) != 12 or not 1 <= int(written[8:10]) <= _STATES:  # noqa: PLR2004 - the same
        return False
    values = _digits(written)
    ones_for_zero = written[8:10] in {_SAO_PAULO, _MINAS}
    first = _voter_digit(_sum(values[:8], range(2, 10)), ones_for_zero)
    second = _voter_digit(_sum((*values[8:10], first), (7, 8, 9)), ones_for_zero)
    return values[10:] == [first, second]


def _voter_digit(total: int, ones_for_zero: bool) -> int:
    rest = total % 11
    if rest == 0 and ones_for_zero:
        return 1
    return rest % 10


def is_cnh(written: str) -> bool:
    """Tell whether eleven digits are a driving licence's."""
    if len(written) != 11 or _same(written):  # noqa: PLR2004 - the same
        return False
    values = _digits(written)
    first = _sum(values, range(9, 0, -1)) % 11
    off = 2 if first > 9 else 0  # noqa: PLR2004 - what a digit can't hold
    second = _sum(values, range(1, 10)) % 11 - off
    second = second + 11 if second < 0 else second
    return values[9:] == [first % 11 if first < 10 else 0, second if second < 10 else 0]  # noqa: PLR2004 - the same


def is_card(written: str) -> bool:
    """Tell whether 13 to 19 digits are a card's (Luhn); those that begin like no card are none."""
    if not 13 <= len(written) <= 19 or written[0] not in "23456" or _same(written):  # noqa: PLR2004 - as the norm has it
        return False
    values = _digits(written)
    doubled = sum(value * 2 - 9 * (value > 4) for value in values[-2::-2])  # noqa: PLR2004 - twice five has two digits
    return (sum(values[-1::-2]) + doubled) % 10 == 0


def is_case(written: str) -> bool:
    """Tell whether twenty digits are a court's process number (NNNNNNN-DD.AAAA.J.TR.OOOO)."""
    if len(written) != 20:  # noqa: PLR2004 - the same
        return False
    return int(written[:7] + written[9:] + written[7:9]) % 97 == 1
