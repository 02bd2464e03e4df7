"""The routing table as it is written: departments, rules in order, clocks. An ops person can read it aloud.

A message's owner is named by the first rule that holds and names one; where none does, by the department whose areas
have the verdict's, if the classifier is certain enough of it; where none has, it is the default department, which sorts
it by hand: nothing is unroutable. Every rule that holds adds the
departments that are to be informed, and may add the ombudsman. The ombudsman's rule of `docs/labels.md` always holds:
it is in `routers/ombudsman.py`, where no table can switch it off.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from ouvidor.config import Section
from ouvidor.records import Severity
from routers.department import Department, Name, Path, TeamOf, nearest
from routers.example import Example

__all__ = ["Clock", "Deadlines", "Outcome", "Rule", "TableFile"]

_SPAN = re.compile(r"(?P<number>[1-9]\d{0,4}) ?(?P<unit>h|min)")
_UNIT = {"h": timedelta(hours=1), "min": timedelta(minutes=1)}


def _read_span(given: Any) -> Any:  # noqa: ANN401 - whatever the YAML holds
    if isinstance(given, timedelta):
        return given
    if not (match := _SPAN.fullmatch(str(given))):
        raise ValueError("a number of hours or minutes is expected, such as 24 h")
    return int(match["number"]) * _UNIT[match["unit"]]


def _read_clock(given: Any) -> Any:  # noqa: ANN401 - whatever the YAML holds
    return given if isinstance(given, dict | Clock) else {"within": given}


class Outcome(Section):
    """What a rule that holds brings about."""

    owner: Name | None = None
    informed: tuple[Name, ...] = ()
    ombudsman: bool = False
    profile: Name | None = None
    """Which deadlines hold instead of the usual ones."""
    team: TeamOf | None = None
    """Who works on it together, whatever its difficulty."""


class Rule(Section):
    """When a condition holds, this is so."""

    name: Name
    when: str = Field(min_length=1)
    """CEL over `message` and `verdict`."""
    then: Outcome


class Clock(Section):
    """A promise: how much time, of which."""

    within: Annotated[timedelta, BeforeValidator(_read_span)]
    """Hours or minutes, such as 24 h."""
    time: Literal["business", "calendar"] = "business"
    """Business time leaves out weekends and holidays; calendar time leaves out nothing."""


Promise = Annotated[Clock, BeforeValidator(_read_clock)]


class Deadlines(Section):
    """A profile: a promise for each severity."""

    critical: Promise
    high: Promise
    medium: Promise
    low: Promise

    def of(self, severity: Severity) -> Clock:
        """Give the promise for a severity."""
        found: Clock = getattr(self, severity.value)
        return found


class TableFile(Section):
    """All of a routing table's file."""

    default: Name
    """The department that has what nobody else has."""
    departments: tuple[Department, ...]
    area_confidence: float = Field(0.5, ge=0, le=1)
    """Where the classifier is less certain of the subject than this, the subject decides nothing."""
    rules: tuple[Rule, ...] = ()
    examples: tuple[Example, ...] = ()
    """What is expected of the table: run whenever it is read."""
    profile: Name
    """The deadlines that hold where no rule names others."""
    profiles: dict[Name, Deadlines]

    def faults(self) -> Iterator[tuple[Path, str]]:
        """Say what does not fit together, and where."""
        names = [department.name for department in self.departments]
        yield from self._departments(names)
        if self.default not in names:
            yield ("default",), f"no such department{nearest(self.default, names)}"
        profiles = list(self.profiles)
        if self.profile not in profiles:
            yield ("profile",), f"no such profile{nearest(self.profile, profiles)}"
        yield from self._rules(names, profiles)

    def _rules(self, names: list[str], profiles: list[str]) -> Iterator[tuple[Path, str]]:
        rules = [rule.name for rule in self.rules]
        for at, rule in enumerate(self.rules):
            if rule.name in rules[:at]:
                yield ("rules", at, "name"), f"there is a rule {rule.name} already"
            if rule.then.owner is not None and rule.then.owner not in names:
                yield ("rules", at, "then", "owner"), f"no such department{nearest(rule.then.owner, names)}"
            for place, name in enumerate(rule.then.informed):
                if name not in names:
                    yield ("rules", at, "then", "informed", place), f"no such department{nearest(name, names)}"
            if rule.then.profile is not None and rule.then.profile not in profiles:
                yield ("rules", at, "then", "profile"), f"no such profile{nearest(rule.then.profile, profiles)}"
            if rule.then.team is not None:
                yield from _team(rule.then.team, ("rules", at, "then", "team"), names)
            if rule.then == Outcome():
                yield (
                    ("rules", at, "then"),
                    "nothing is brought about: name owner, informed, ombudsman, profile or team",
                )

    def _departments(self, names: list[str]) -> Iterator[tuple[Path, str]]:
        owners: dict[str, str] = {}
        for at, department in enumerate(self.departments):
            if department.name in names[:at]:
                yield ("departments", at, "name"), f"there is a department {department.name} already"
            if department.name == "ombudsman":
                yield ("departments", at, "name"), "ombudsman is the ombudsman's own queue: choose another name"
            for place, area in enumerate(department.areas):
                if area in owners:
                    yield ("departments", at, "areas", place), f"{area} belongs to {owners[area]} already"
                owners.setdefault(area, department.name)
            for path, words in department.faults():
                yield ("departments", at, *path), words
            if department.deputy is not None and department.deputy not in names:
                yield ("departments", at, "deputy"), f"no such department{nearest(department.deputy, names)}"
            if department.team is not None:
                yield from _team(department.team, ("departments", at, "team"), names)


def _team(team: TeamOf, at: Path, names: Sequence[str]) -> Iterator[tuple[Path, str]]:
    if team.lead not in names:
        yield (*at, "lead"), f"no such department{nearest(team.lead, names)}"
    for place, name in enumerate(team.members):
        if name not in names:
            yield (*at, "members", place), f"no such department{nearest(name, names)}"
