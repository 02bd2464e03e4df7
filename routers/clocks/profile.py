"""A profile: the steps of one law or promise, each with its length, how its days are counted, and whom it binds.

Three questions decide a count of days, and laws answer them differently, so each step answers them itself: which day
is the first one (`first_day`), does an end on a day without business move (`end`), and until what o'clock is a message
received on its day (`received_until`). The answers of Lei 9.784/1999 (art. 66) and of the Código Civil (art. 132) are
the first day after receipt, and an end that moves to the next business day.

An extension goes on with the same count: it adds to the number, not to the day on which the first number came to end.
"""

from collections.abc import Mapping
from datetime import time
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from ouvidor.config import Section
from ouvidor.records import Severity
from routers.clocks.amount import Amount, Length, Unit, read_amount
from routers.department import Name

__all__ = ["RECEIPT", "Profile", "Source", "Step"]

RECEIPT = "receipt"
_MINUTES_OF_A_DAY = 24 * 60


class BySeverity(Section):
    """A length for each severity."""

    critical: Length
    high: Length
    medium: Length
    low: Length

    def of(self, severity: Severity) -> Amount:
        """Give the length for a severity."""
        found: Amount = getattr(self, severity.value)
        return found

    @property
    def each(self) -> frozenset[Amount]:
        """All lengths that there are."""
        return frozenset(self.of(severity) for severity in Severity)


def _read_lengths(given: Any) -> Any:  # noqa: ANN401 - whatever the YAML holds
    if isinstance(given, Mapping | BySeverity):
        return given
    amount = read_amount(given)
    return {severity.value: amount for severity in Severity}


def _read_clock(given: Any) -> Any:  # noqa: ANN401 - whatever the YAML holds
    """19:00 without quotes is a number to YAML 1.1: the minutes since midnight."""
    if isinstance(given, int) and 0 <= given < _MINUTES_OF_A_DAY:
        return time(*divmod(given, 60))
    if isinstance(given, int | float):
        raise ValueError("a time of the day is expected, such as 19:00")  # noqa: TRY004 - pydantic's way
    return given


class Source(Section):
    """Where it is written."""

    norm: str = Field(min_length=1)
    """The law, the rule, the promise: Lei 13.460/2017, art. 16."""
    says: str = Field(min_length=1)
    """What it says, in our words."""
    confirmed: bool = True
    """Has somebody read it in a public text? Where not, have your lawyers do so."""


class Step(Section):
    """One thing that somebody has to do in time."""

    title: str = Field(min_length=1)
    """As staff and customers read it."""
    within: Annotated[BySeverity, BeforeValidator(_read_lengths)]
    """How long: one length, or one for each severity."""
    extension: Length | None = None
    """How much longer, once and with a reason, in the same unit."""
    warn_before: Length | None = None
    """How long before the end the customer is told if it can't be held, in the same unit."""
    binds: Literal["house", "department", "customer"] = "house"
    """Who has to do it. What binds the house is owed to the customer, what binds a department to the ombudsman."""
    starts: Name = RECEIPT
    """What starts the clock. Only what starts at receipt has its date from the beginning."""
    first_day: Literal["next_day", "next_business_day", "same_day"] = "next_day"
    """Which day is the first that is counted."""
    end: Literal["stays", "next_business_day"] = "stays"
    """Where the last day is none of business."""
    ends_at: Literal["midnight", "closing"] = "midnight"
    """When the last day is over for this step."""
    received_until: Annotated[time | None, BeforeValidator(_read_clock)] = None
    """What comes in later than this, or on a day without business, was received on the next business day."""
    vacations: Literal["skip", "count"] = "skip"
    """Do days count on which the house has its vacation?"""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        units = {amount.unit for amount in self.within.each}
        shortest = min(amount.number for amount in self.within.each)
        for key, other in (("extension", self.extension), ("warn_before", self.warn_before)):
            if other is not None and units != {other.unit}:
                raise ValueError(f"{key} is in {other.unit}, and within in {', '.join(sorted(units))}: take one unit")
        if self.warn_before is not None and self.warn_before.number >= shortest:
            raise ValueError("warn_before is as long as within or longer: the warning would come before the message")
        if not any(unit.in_days for unit in units) and self.model_fields_set & {"first_day", "end", "ends_at"}:
            raise ValueError("first_day, end and ends_at are for days: hours begin and end on the minute")
        if self.first_day == "same_day" and self.ends_at == "closing":
            raise ValueError("same_day and closing: what comes in after closing would be late when it is received")
        if Unit.MONTHS in units and self.first_day == "same_day":
            raise ValueError("months go from a day to the day of the same number: their first day is not the same_day")
        return self

    def amount(self, severity: Severity, *, extended: bool = False) -> Amount:
        """Give the length for a severity, with its extension on demand."""
        found = self.within.of(severity)
        more = self.extension.number if extended and self.extension is not None else 0
        return found._replace(number=found.number + more)


class Profile(Section):
    """The clocks of one law or promise."""

    title: str = ""
    """As staff and customers read it."""
    source: tuple[Source, ...] = ()
    """Which law says so."""
    notes: str = ""
    """What a reader must know beside it."""
    answer: Name = "answer"
    """The step that is the customer's deadline."""
    steps: dict[Name, Step] = Field(min_length=1)

    @model_validator(mode="after")
    def _has_its_answer(self) -> Self:
        step = self.steps.get(self.answer)
        if step is None:
            raise ValueError(
                f"there is no step {self.answer}: it is the customer's deadline; `answer` may name another"
            )
        if step.starts != RECEIPT or step.binds != "house":
            raise ValueError(
                f"the step {self.answer} is the customer's deadline: it starts at receipt, and binds house"
            )
        return self
