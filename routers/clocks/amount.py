"""How long: `24 h`, `10 business days`, `30 calendar days`, `8 weeks`, `1 month`.

Hours are business hours where nothing else is said (the words of the issue that asked for them), and `24 calendar h`
leaves out nothing. Days must say which they are: "10 days" has been read both ways, in court too.
"""

import re
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator

__all__ = ["Amount", "Length", "Unit", "read_amount"]

_WRITTEN = re.compile(r"(?P<number>[1-9]\d{0,4}) ?(?P<unit>[a-z][a-z ]*)")
_EXPECTED = "a length is expected, such as 24 h, 10 business days, 30 calendar days or 8 weeks"


class Unit(StrEnum):
    """What is counted."""

    BUSINESS_TIME = "business time"
    TIME = "time"
    BUSINESS_DAYS = "business days"
    CALENDAR_DAYS = "calendar days"
    WEEKS = "weeks"
    MONTHS = "months"

    @property
    def in_days(self) -> bool:
        """Is it counted in whole days, or longer?"""
        return self not in {Unit.BUSINESS_TIME, Unit.TIME}


class Amount(NamedTuple):
    """So many of a unit; time is counted in minutes."""

    number: int
    unit: Unit

    @property
    def time(self) -> timedelta:
        """The length of an amount of time."""
        return timedelta(minutes=self.number)


_UNITS = {
    "min": (1, Unit.BUSINESS_TIME),
    "h": (60, Unit.BUSINESS_TIME),
    "business min": (1, Unit.BUSINESS_TIME),
    "business h": (60, Unit.BUSINESS_TIME),
    "calendar min": (1, Unit.TIME),
    "calendar h": (60, Unit.TIME),
    "business day": (1, Unit.BUSINESS_DAYS),
    "calendar day": (1, Unit.CALENDAR_DAYS),
    "week": (1, Unit.WEEKS),
    "month": (1, Unit.MONTHS),
}


def read_amount(given: Any) -> Any:  # noqa: ANN401 - whatever the YAML holds
    """Read an amount. Raises `ValueError` with what is expected."""
    if isinstance(given, Amount):
        return given
    found = _WRITTEN.fullmatch(str(given).strip())
    if found is None:
        raise ValueError(_EXPECTED)
    unit = found["unit"].strip()
    if unit in {"day", "days"}:
        raise ValueError(f"say which days: {found['number']} business days, or {found['number']} calendar days")
    factor = _UNITS.get(unit) or _UNITS.get(unit.removesuffix("s"))
    if factor is None:
        raise ValueError(_EXPECTED)
    return Amount(int(found["number"]) * factor[0], factor[1])


Length = Annotated[Amount, BeforeValidator(read_amount)]
"""An amount, as a file has it."""
