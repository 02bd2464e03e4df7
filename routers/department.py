"""A department as the table writes it: what it answers for, where and when its people are, who stands in for them.

`closed` has two meanings that a reader could not guess: a day is a day on which nobody is there, and the message waits;
a stretch of days (`first` to `last`), or `absent_until`, is an absence for which the `deputy` answers. Capacity is told
and not enforced: which cases are open is the register's to know, not the river's.
"""

from collections.abc import Iterator, Sequence
from datetime import date, time
from difflib import get_close_matches
from itertools import pairwise
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field

from ouvidor.config import Section
from ouvidor.opening_hours import read_interval

__all__ = ["Address", "Closure", "Department", "Name", "Path", "TeamOf", "nearest"]

Path: TypeAlias = tuple[str | int, ...]
"""Where in the file: keys and places in lists."""

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
"""Lower-case letters, digits and dashes: names stand in topics, metrics and file names."""


def _read_interval(given: object) -> object:
    return given if isinstance(given, tuple) else read_interval(given)


def _read_addresses(given: Any) -> Any:  # noqa: ANN401 - whatever the YAML holds
    several = given if isinstance(given, list | tuple) else [given]
    return [{"mail": each} if isinstance(each, str) else each for each in several]


def _read_closure(given: Any) -> Any:  # noqa: ANN401 - whatever the YAML holds
    return {"first": given, "last": given} if isinstance(given, date | str) else given


class Address(Section):
    """Where a department's people are reached."""

    mail: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")
    """A mail address of the house."""


class Closure(Section):
    """When a department's people are not there: both days are in it."""

    first: date
    last: date
    why: str = ""
    """In words, for staff."""


class TeamOf(Section):
    """Which departments work on a matter together: each of them is told."""

    lead: Name
    members: tuple[Name, ...] = ()


def nearest(name: str, known: Sequence[str]) -> str:
    """Say which name was meant, or which there are."""
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else f"; known are {', '.join(known) or 'none'}"


class Department(Section):
    """Who answers for what."""

    name: Name
    title: str = Field(min_length=1)
    """As customers and staff read it."""
    handles: str = ""
    """What it answers for, in words."""
    examples: tuple[str, ...] = ()
    """What customers write to it."""
    areas: tuple[Name, ...] = ()
    """The subject areas that are its own, where no rule says otherwise."""
    address: Annotated[tuple[Address, ...], BeforeValidator(_read_addresses)] = ()
    """Where its people are reached: a mail address of the house, or several."""
    hours: tuple[Annotated[tuple[time, time], BeforeValidator(_read_interval)], ...] = ()
    """When its people are there, on business days. Customers' deadlines count whole business days all the same."""
    closed: tuple[Annotated[Closure, BeforeValidator(_read_closure)], ...] = ()
    """Days, and stretches of days, on which nobody is there."""
    absent_until: date | None = None
    """Nobody is there up to this day, and on it."""
    deputy: Name | None = None
    """Who answers in a stretch of `closed` and until `absent_until`."""
    capacity: int | None = Field(None, ge=1)
    """How many open cases a day its people can carry. Told to planners; nothing is held back by it."""
    team: TeamOf | None = None
    """Who works together on its complex matters."""
    identity: Literal["full", "extract"] = "full"
    """`extract` withholds the author from it."""

    @property
    def is_ever_away(self) -> bool:
        """Is there any absence, for which a deputy would answer?"""
        return self.absent_until is not None or any(each.first < each.last for each in self.closed)

    def faults(self) -> Iterator[tuple[Path, str]]:
        """Say what does not fit together in it, and where."""
        for at, (opening, closing) in enumerate(self.hours):
            if closing <= opening and closing != time(0):
                yield ("hours", at), "it ends before it begins"
        for at, (earlier, later) in enumerate(pairwise(self.hours), start=1):
            if later[0] < earlier[1] or earlier[1] == time(0):
                yield ("hours", at), "it begins before the one above it ends: write them in the day's order"
        for at, closure in enumerate(self.closed):
            if closure.last < closure.first:
                yield ("closed", at), "its last day is before its first"
        if self.deputy == self.name:
            yield ("deputy",), "nobody stands in for themselves: name another department"
        if self.absent_until is not None and self.deputy is None:
            yield ("absent_until",), "nobody would answer until then: name a deputy"
