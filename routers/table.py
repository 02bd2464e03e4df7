"""The routing table as it is written: departments, rules in order, clocks. An ops person can read it aloud.

Clocks are named: those of `routers/clocks/profiles/` need no more than their name, own ones stand under `profiles`.

A message's owner is named by the first rule that holds and names one; where none does, by the department whose areas
have the verdict's; where none has, it is the default department: nothing is unroutable. Every rule that holds adds the
departments that are to be informed, and may add the ombudsman. The ombudsman's rule of `docs/labels.md` always holds:
it is in `routers/ombudsman.py`, where no table can switch it off.
"""

from collections.abc import Iterator
from datetime import time
from difflib import get_close_matches
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field

from ouvidor.config import Section
from routers.clocks import builtin
from routers.clocks.profile import Name, Profile
from routers.clocks.short_form import OwnProfile

__all__ = ["Department", "Outcome", "Path", "Rule", "TableFile"]

Path: TypeAlias = tuple[str | int, ...]
"""Where in the file: keys and places in lists."""


def _read_interval(given: Any) -> Any:  # noqa: ANN401 - whatever the YAML holds
    if isinstance(given, tuple):
        return given
    try:
        opening, closing = str(given).split("-")
        return time.fromisoformat(opening.strip()), time.fromisoformat(closing.strip())
    except ValueError:
        raise ValueError("an interval is expected, such as 08:00-12:00") from None


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
    address: str | None = None
    """Where its people are reached: a mail address of the house."""
    hours: tuple[Annotated[tuple[time, time], BeforeValidator(_read_interval)], ...] = ()
    """When its people are there, on business days. Customers' deadlines count whole business days all the same."""
    identity: Literal["full", "extract"] = "full"
    """`extract` withholds the author from it."""


class Outcome(Section):
    """What a rule that holds brings about."""

    owner: Name | None = None
    informed: tuple[Name, ...] = ()
    ombudsman: bool = False
    profile: Name | None = None
    """Which deadlines hold instead of the usual ones."""


class Rule(Section):
    """When a condition holds, this is so."""

    name: Name
    when: str = Field(min_length=1)
    """CEL over `message` and `verdict`."""
    then: Outcome


class TableFile(Section):
    """All of a routing table's file."""

    default: Name
    """The department that has what nobody else has."""
    departments: tuple[Department, ...]
    rules: tuple[Rule, ...] = ()
    profile: Name
    """The deadlines that hold where no rule names others."""
    profiles: dict[Name, OwnProfile] = Field(default_factory=dict)
    """Own ones; one with the name of one that comes with Ouvidor takes its place."""

    def profile_of(self, name: str) -> Profile:
        """Give a profile by its name: the table's own, or the one that comes with Ouvidor."""
        own = self.profiles.get(name)
        return builtin.builtin(name) if own is None else own

    def faults(self) -> Iterator[tuple[Path, str]]:
        """Say what does not fit together, and where."""
        names = [department.name for department in self.departments]
        yield from self._departments(names)
        if self.default not in names:
            yield ("default",), f"no such department{_nearest(self.default, names)}"
        profiles = sorted({*self.profiles, *builtin.NAMES})
        if self.profile not in profiles:
            yield ("profile",), f"no such profile{_nearest(self.profile, profiles)}"
        rules = [rule.name for rule in self.rules]
        for at, rule in enumerate(self.rules):
            if rule.name in rules[:at]:
                yield ("rules", at, "name"), f"there is a rule {rule.name} already"
            if rule.then.owner is not None and rule.then.owner not in names:
                yield ("rules", at, "then", "owner"), f"no such department{_nearest(rule.then.owner, names)}"
            for place, name in enumerate(rule.then.informed):
                if name not in names:
                    yield ("rules", at, "then", "informed", place), f"no such department{_nearest(name, names)}"
            if rule.then.profile is not None and rule.then.profile not in profiles:
                yield ("rules", at, "then", "profile"), f"no such profile{_nearest(rule.then.profile, profiles)}"
            if rule.then == Outcome():
                yield ("rules", at, "then"), "nothing is brought about: name owner, informed, ombudsman or profile"

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


def _nearest(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"; did you mean {near[0]}?" if near else f"; known are {', '.join(known) or 'none'}"
