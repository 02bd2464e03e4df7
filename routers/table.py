"""The routing table as it is written: departments, rules in order, clocks. An ops person can read it aloud.

Clocks are named: those of `routers/clocks/profiles/` need no more than their name, own ones stand under `profiles`.

A message's owner is named by the first rule that holds and names one; where none does, by the department whose areas
have the verdict's, if the classifier is certain enough of it; where none has, it is the default department, which sorts
it by hand: nothing is unroutable. Every rule that holds adds the
departments that are to be informed, and may add the ombudsman. The ombudsman's rule of `docs/labels.md` always holds:
it is in `routers/ombudsman.py`, where no table can switch it off.
"""

from collections.abc import Iterator, Sequence

from pydantic import Field

from ouvidor.config import Section
from routers.clocks import builtin
from routers.clocks.profile import Profile
from routers.clocks.short_form import OwnProfile
from routers.department import Department, Name, Path, TeamOf, nearest
from routers.example import Example

__all__ = ["Outcome", "Rule", "TableFile"]


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
            yield ("default",), f"no such department{nearest(self.default, names)}"
        profiles = sorted({*self.profiles, *builtin.NAMES})
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
