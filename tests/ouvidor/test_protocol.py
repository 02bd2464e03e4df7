"""Protocol numbers: the same for a redelivery, read as people type them, and every slip of one symbol found."""

from datetime import UTC, date, datetime
from itertools import pairwise
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ouvidor.errors import Rejected
from ouvidor.protocol import ALPHABET, day_in, normalise, protocol_number

MESSAGE = UUID("0189f7a2-7a3c-5f1e-9d8e-0b6f9a3e2c11")
DAYS = st.dates(date(2020, 1, 1), date(2099, 12, 31))
NUMBERS = st.builds(protocol_number, st.uuids(), DAYS)


def slow_check(symbols: str) -> str:
    """The check as the docstring defines it: a sum over GF(32) with weights x, x^2, x^3…, modulo x^5 + x^2 + 1."""

    def times(a: int, b: int) -> int:
        product = 0
        for bit in range(5):
            if b >> bit & 1:
                product ^= a << bit
        for bit in range(9, 4, -1):
            if product >> bit & 1:
                product ^= 0b100101 << (bit - 5)
        return product

    total, weight = 0, 1
    for symbol in symbols:
        weight = times(weight, 2)
        total ^= times(ALPHABET.index(symbol), weight)
    return ALPHABET[total]


def test_a_number_stays_what_it_is():
    """Changing this changes every customer's number at a redelivery."""
    assert protocol_number(MESSAGE, date(2026, 11, 21)) == "20261121-5B3X-BCZQ-S0X"


@given(st.uuids(), DAYS)
def test_a_redelivery_of_the_day_has_the_same_number(message: UUID, day: date):
    assert protocol_number(message, day) == protocol_number(UUID(str(message)), date.fromisoformat(day.isoformat()))


@given(NUMBERS)
def test_the_check_symbol_is_the_one_that_is_documented(number: str):
    symbols = number.replace("-", "")
    assert slow_check(symbols[:-1]) == symbols[-1]


@given(st.uuids(), DAYS)
def test_a_number_starts_with_its_day_and_has_its_form(message: UUID, day: date):
    number = protocol_number(message, day)
    assert number.startswith(day.strftime("%Y%m%d-"))
    assert [len(part) for part in number.split("-")] == [8, 4, 4, 3]
    assert set(number) <= set(ALPHABET) | {"-"}


def test_ten_thousand_messages_of_a_day_have_ten_thousand_numbers():
    day = date(2026, 11, 21)
    assert len({protocol_number(uuid5(MESSAGE, str(each)), day) for each in range(10_000)}) == 10_000


@given(NUMBERS)
def test_a_number_is_read_as_people_type_it(number: str):
    for typed in (
        number,
        number.lower(),
        number.replace("-", ""),
        number.replace("-", " "),
        f"  {number.replace('-', '.')} ",
        number.replace("0", "O").replace("1", "I"),
        number.lower().replace("0", "o").replace("1", "l"),
    ):
        assert normalise(typed) == number


@given(NUMBERS)
def test_every_wrong_symbol_is_found(number: str):
    symbols = number.replace("-", "")
    for place, right in enumerate(symbols):
        for wrong in ALPHABET if place >= 8 else "0123456789":
            if wrong != right:
                with pytest.raises(Rejected, match="mistyped"):
                    normalise(symbols[:place] + wrong + symbols[place + 1 :])


@given(NUMBERS)
def test_every_swap_of_neighbours_is_found(number: str):
    symbols = number.replace("-", "")
    for place, (one, other) in enumerate(pairwise(symbols)):
        if one != other:
            with pytest.raises(Rejected):
                normalise(symbols[:place] + other + one + symbols[place + 2 :])


@given(NUMBERS, st.integers(0, 18), st.integers(0, 18))
def test_every_swap_of_two_symbols_is_found(number: str, one: int, other: int):
    symbols = list(number.replace("-", ""))
    assume(symbols[one] != symbols[other])
    symbols[one], symbols[other] = symbols[other], symbols[one]
    with pytest.raises(Rejected):
        normalise("".join(symbols))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "it has 0 symbols, not 19"),
        ("20261121-GQ8N-FPV8-D4", "it has 18 symbols, not 19"),
        ("20261121-GQ8N-FPV8-D4U", "U is in none"),
        ("20261121-GQ8N-FPV8-D4ç", "Ç is in none"),
        ("2026112A-5B3X-BCZQ-S0X", "it starts with no day"),
        ("20261121-5B3X-BCZQ-S0Y", "was one mistyped?"),
    ],
)
def test_what_is_no_number_is_told_why(typed: str, words: str):
    with pytest.raises(Rejected) as refused:
        normalise(typed)
    assert words in str(refused.value)


@given(st.text(max_size=40))
def test_nothing_that_can_be_typed_breaks_the_reading(typed: str):
    try:
        number = normalise(typed)
    except Rejected:
        return
    assert normalise(number) == number


def test_the_day_is_the_organisations():
    moment = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
    assert day_in(ZoneInfo("America/Sao_Paulo"), moment) == date(2026, 11, 21)
    assert day_in(ZoneInfo("Europe/Lisbon"), moment) == date(2026, 11, 22)


def test_a_number_is_read_with_any_dash_that_an_editor_made_of_ours():
    assert normalise("20261123\u20137k3m\u20149qx2\u2011\u00a04w6") == "20261123-7K3M-9QX2-4W6"
