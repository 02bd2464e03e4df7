"""Protocol numbers: `AAAAMMDD-XXXX-XXXX-XXC`, readable over the phone.

The day of receipt in the organisation's zone, ten symbols (50 bits) that follow from the message's id, and a check
symbol, in Crockford's base 32: no I, L, O, U, so that `O` is read as 0 and `I` or `L` as 1. The ten symbols say nothing
about the person, and a protocol number is no key to a case: reading one also needs the access code.

The check symbol is a linear code over GF(32), whose places weigh consecutive powers of a primitive element: every
single wrong symbol and every swap of two symbols is found, which Crockford's own check (modulo 37) finds too, but with
five symbols (`*~$=U`) that nobody can say on the phone.

Source: D. Crockford, "Base 32"; the code is the shortened Reed-Solomon code with one check symbol.
"""

from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from hashlib import blake2b
from uuid import UUID

from ouvidor.errors import Rejected

__all__ = ["day_in", "normalise", "protocol_number", "written_after"]

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SYMBOLS = 10
_BITS = 5 * _SYMBOLS
_DAY = 8
_READ_AS = str.maketrans(
    {
        "O": "0",
        "I": "1",
        "L": "1",
        "-": None,
        "\u2010": None,
        "\u2011": None,
        "\u2012": None,
        "\u2013": None,
        "\u2014": None,
        "\u2212": None,
        "\u00a0": None,
        " ": None,
        ".": None,
        "/": None,
    }
)


def _powers() -> tuple[int, ...]:
    """The powers of x modulo x^5 + x^2 + 1, a primitive polynomial over GF(2)."""
    found, value = [], 1
    for _ in range(31):
        found.append(value)
        value <<= 1
        if value & 0b100000:
            value ^= 0b100101
    return tuple(found)


_POWER = _powers()
_LOG = {value: exponent for exponent, value in enumerate(_POWER)}
_TIMES = tuple(
    tuple(0 if value == 0 else _POWER[(_LOG[value] + place) % 31] for value in range(32))
    for place in range(1, _DAY + _SYMBOLS + 1)
)  # _TIMES[place][value]: what a value at a place adds to the check; the check's own place has the power 0
_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}


def _sum(symbols: str) -> int:
    """Add up what symbols at the first places give to the check."""
    total = 0
    for times, symbol in zip(_TIMES, symbols, strict=False):
        total ^= times[_VALUE[symbol]]
    return total


# Ten bits at once: the two symbols, and what they add to the check at each of their five places.
_PAIRS = tuple(one + other for one in ALPHABET for other in ALPHABET)
_PAIR_CHECKS = tuple(
    tuple(_TIMES[place][pair >> 5] ^ _TIMES[place + 1][pair & 31] for pair in range(1024))
    for place in range(_DAY, _DAY + _SYMBOLS, 2)
)


@lru_cache(maxsize=64)
def _of_day(day: date) -> tuple[str, int]:
    """Give a day's symbols, and what they add to the check."""
    written = f"{day:%Y%m%d}"
    return written, _sum(written)


def protocol_number(message: UUID, day: date) -> str:
    """Give a message its number: the same at every redelivery of the same day (3 µs).

    `day` is the day of receipt in the organisation's zone (see `day_in`).
    """
    digest = blake2b(message.bytes, digest_size=8, person=b"ouvidor protocol").digest()
    number = int.from_bytes(digest, "big") >> (64 - _BITS)
    written, check = _of_day(day)
    first, second, third, fourth, fifth = (
        number >> 40,
        (number >> 30) & 1023,
        (number >> 20) & 1023,
        (number >> 10) & 1023,
        number & 1023,
    )
    one, two, three, four, five = _PAIR_CHECKS
    check ^= one[first] ^ two[second] ^ three[third] ^ four[fourth] ^ five[fifth]
    pairs = _PAIRS
    return f"{written}-{pairs[first]}{pairs[second]}-{pairs[third]}{pairs[fourth]}-{pairs[fifth]}{ALPHABET[check]}"


def day_in(zone: tzinfo, moment: datetime) -> date:
    """Tell the day of a moment where the organisation is."""
    return moment.astimezone(zone).date()


def written_after(protocol: str) -> datetime:
    """Tell a moment after which all that speaks of a protocol number was written: two days before its own day.

    A day begins elsewhere in another zone, and clocks differ. Raises `Rejected` where it starts with no day.
    """
    try:
        return datetime.strptime(protocol[:_DAY], "%Y%m%d").replace(tzinfo=UTC) - timedelta(days=2)
    except (ValueError, OverflowError):
        raise Rejected(f"{protocol} is no protocol number: it starts with no day (AAAAMMDD)") from None


def normalise(typed: str) -> str:
    """Read a protocol number as people type it: in any case, with O for 0 and I or L for 1, with or without dashes.

    Raises `Rejected` where it cannot be one, saying why.
    """
    symbols = typed.upper().translate(_READ_AS)
    if len(symbols) != _DAY + _SYMBOLS + 1:
        raise Rejected(
            f"{typed!r} is no protocol number: it has {len(symbols)} symbols, not 19 (AAAAMMDD-XXXX-XXXX-XXC)"
        )
    if strange := sorted({symbol for symbol in symbols if symbol not in _VALUE}):
        raise Rejected(f"{typed!r} is no protocol number: {', '.join(strange)} is in none")
    if not symbols[:_DAY].isdigit():
        raise Rejected(f"{typed!r} is no protocol number: it starts with no day (AAAAMMDD)")
    if ALPHABET[_sum(symbols[:-1])] != symbols[-1]:
        raise Rejected(f"{typed!r} is no protocol number: its last symbol does not fit the others; was one mistyped?")
    return f"{symbols[:8]}-{symbols[8:12]}-{symbols[12:16]}-{symbols[16:]}"
