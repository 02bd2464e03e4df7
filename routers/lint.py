"""What is odd in a table that is good: rules that never speak, departments that nothing reaches, rules that overlap.

Nothing here stops a table. A *warning* is what its author can hardly have meant; a *note* is worth a look. Which
messages can reach a rule is searched over labels (`routers/reach.py`): what is said to be never so is never so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ouvidor.records import Flag
from routers.compiled import Table
from routers.department import Path
from routers.grammar import Call, Constant, Field, Name, Node
from routers.reach import Given, Search, TooMany

__all__ = ["Finding", "findings"]

_AREA: Node = Field(Name("verdict"), "area")
_OVERLAPS = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """What is odd, where, and how much it matters."""

    level: Literal["warning", "note"]
    at: Path
    words: str


@dataclass(frozen=True, slots=True)
class _Owning:
    """A rule that names an owner."""

    at: int
    name: str
    owner: str
    tree: Node


def findings(table: Table) -> Iterator[Finding]:
    """Give all that is odd, in the file's order: departments, then rules."""
    lint = _Lint(table)
    yield from lint.departments()
    yield from lint.areas()
    yield from lint.rules()


class _Lint:
    def __init__(self, table: Table) -> None:
        self._file = table.file
        self._rules = table.rules
        self._search = Search(list(table.owners))
        self._owning = [
            _Owning(at, rule.name, rule.then.owner, compiled.tree)
            for at, (rule, compiled) in enumerate(table.rules)
            if rule.then.owner is not None
        ]

    def departments(self) -> Iterator[Finding]:
        owners = {each.owner for each in self._owning} | {self._file.default}
        told = set(self._told())
        for at, each in enumerate(self._file.departments):
            place = ("departments", at)
            if not each.areas and each.name not in owners:
                if each.name in told:
                    yield Finding("note", place, f"{each.name} answers for nothing of its own: it is only told")
                else:
                    yield Finding("warning", place, f"{each.name} has no area and no rule: nothing reaches it")
            if lacking := [key for key in ("handles", "examples") if not getattr(each, key)]:
                words = f"{each.name} has no {' and no '.join(lacking)}: its own words are what new areas are known by"
                yield Finding("note", place, words)
            if each.deputy is None and any(closure.first < closure.last for closure in each.closed):
                words = f"nobody answers for {each.name} while it is away: name a deputy"
                yield Finding("warning", (*place, "closed"), words)

    def areas(self) -> Iterator[Finding]:
        """Areas whose department never has them, since rules always take them."""
        for at, department in enumerate(self._file.departments):
            for place, area in enumerate(department.areas):
                where: Path = ("departments", at, "areas", place)
                is_it = Call("==", (_AREA, Constant(area)))
                found = self._try([is_it], [each.tree for each in self._owning])
                if isinstance(found, TooMany):
                    yield Finding(
                        "note", where, f"too many cases to tell whether rules leave {area} to {department.name}"
                    )
                elif found is None:
                    takers = {each.owner for each in self._owning if self._try([is_it, each.tree], []) is not None}
                    if others := ", ".join(sorted(takers - {department.name})):
                        yield Finding(
                            "warning", where, f"rules always give {area} to {others}, not to {department.name}"
                        )

    def rules(self) -> Iterator[Finding]:
        for at, (rule, compiled) in enumerate(self._rules):
            where: Path = ("rules", at, "when")
            if self._try([compiled.tree], []) is None:
                yield Finding("warning", where, f"{rule.name} can never hold: what it asks for excludes itself")
                continue
            if self._try([], [compiled.tree]) is None:
                yield Finding("warning", where, f"{rule.name} holds for every message")
            yield from (finding for each in self._owning if each.at == at for finding in self._owner(each))

    def _owner(self, rule: "_Owning") -> Iterator[Finding]:
        where: Path = ("rules", rule.at, "when")
        above = [each for each in self._owning if each.at < rule.at]
        found = self._try([rule.tree], [each.tree for each in above])
        if isinstance(found, TooMany):
            words = f"too many cases to tell whether rules above leave anything to {rule.name}"
            yield Finding("note", where, words)
        elif found is None:
            one = next((each.name for each in above if self._try([rule.tree], [each.tree]) is None), None)
            by = f"{one} above it takes" if one is not None else "the rules above it take"
            yield Finding("warning", where, f"{rule.name} never names the owner: {by} all that it holds for")
        else:
            yield from self._overlaps(rule, [each for each in above if each.owner != rule.owner])

    def _overlaps(self, rule: "_Owning", above: list["_Owning"]) -> Iterator[Finding]:
        where: Path = ("rules", rule.at, "when")
        both = [(each, case) for each in above if (case := self._try([rule.tree, each.tree], [])) is not None]
        for each, case in both[:_OVERLAPS]:
            told = "" if isinstance(case, TooMany) else _said(case)
            words = f"{rule.name} and {each.name} can both hold{f' ({told})' if told else ''}"
            yield Finding("note", where, f"{words}: {each.name} is above, {each.owner} answers")
        if more := both[_OVERLAPS:]:
            yield Finding("note", where, f"{rule.name} overlaps {len(more)} more rules above it")

    def _told(self) -> Iterator[str]:
        teams = [each.team for each in self._file.departments] + [rule.then.team for rule in self._file.rules]
        for team in teams:
            if team is not None:
                yield from (team.lead, *team.members)
        yield from (name for rule in self._file.rules for name in rule.then.informed)
        yield from (each.deputy for each in self._file.departments if each.deputy is not None)

    def _try(self, holds: list[Node], fails: list[Node]) -> Given | TooMany | None:
        try:
            return self._search.find(holds, fails)
        except TooMany as error:
            return error


def _said(given: Given) -> str:
    """Tell a case by the labels that matter in it."""
    labels = [f"{name.rpartition('.')[2]} {value or 'none'}" for name, value in given.items() if isinstance(value, str)]
    if "verdict.sure" in given:
        labels.append("sure" if given["verdict.sure"] else "not sure")
    flags = [flag.value for flag in Flag if given.get(f"flag:{flag}") is True]
    return ", ".join([*labels, *([f"flags {' and '.join(flags)}"] if flags else [])])
