"""What the table says of a message: whose it is and by which line, who is told, who works on it. Always an answer.

A message that a machine wrote goes to the default department without a look at rules or areas: it is judged as nobody's
customer, so a verdict on it decides nothing. Where no rule names an owner and the subject is not known, belongs to
nobody or is not certain enough, the default department has it *and* is told to sort it by hand (`triage`): an owner is
never missing, and a guess never passes for knowledge. Where another model was asked and named the subject, the message
goes to whose it is at once, and the default department is told, so that a person sees the guess all the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ouvidor.business_time import BusinessCalendar
from ouvidor.records import OPINION, Difficulty, Message, Team, Verdict
from routers.compiled import Table
from routers.department import TeamOf
from routers.ombudsman import clauses
from routers.standing_in import answering
from routers.table import Rule

__all__ = ["Decision", "decide"]

_BY_OPINION: Final = "area_by_opinion"


@dataclass(frozen=True, slots=True)
class Decision:
    """What the table says of a message, before the clock."""

    owner: str
    by: str
    """The rule that named the owner, or `area:…`, `opinion:…` (the area), `default`, `automatic`."""
    held: tuple[Rule, ...]
    """The rules that held, in the table's order."""
    failed: tuple[str, ...]
    """The rules whose conditions could not be tried on this message."""
    informed: tuple[str, ...]
    profile: str
    clauses: tuple[str, ...]
    """Why the ombudsman sees it; none: the ombudsman does not."""
    deputy_for: str | None
    """The department that the owner stands in for."""
    team: Team | None
    triage: str | None
    """Why the default department sorts it by hand, or looks after who has it; None: the table knows whose it is."""


def decide(message: Message, verdict: Verdict, table: Table, calendar: BusinessCalendar | None) -> Decision:
    """Read the table for a message; without a calendar, as if every department were there."""
    places = ((), ()) if message.automatic is not None else table.trying.outcome(message, verdict)
    held, failed = ([table.rules[place][0] for place in some] for some in places)
    named, by, triage = _owner(message, verdict, table, held)
    owner = named if calendar is None else answering(named, table.departments, message.received_at, calendar)
    team = _team(verdict, table, held, named)
    told = [name for rule in held for name in rule.then.informed]
    if team is not None:
        told += [team.lead, *team.members]
    if owner != named:
        told.append(named)
    if triage is not None:
        told.append(table.file.default)
    return Decision(
        owner=owner,
        by=by,
        held=tuple(held),
        failed=tuple(rule.name for rule in failed),
        informed=tuple(dict.fromkeys(name for name in told if name != owner)),
        profile=next((rule.then.profile for rule in held if rule.then.profile is not None), table.file.profile),
        clauses=(*clauses(message, verdict), *(f"rule:{rule.name}" for rule in held if rule.then.ombudsman)),
        deputy_for=named if owner != named else None,
        team=None if team is None else Team(lead=team.lead, members=team.members),
        triage=triage,
    )


def _owner(message: Message, verdict: Verdict, table: Table, held: Sequence[Rule]) -> tuple[str, str, str | None]:
    """Give the owner, by which line, and why a person has to sort it."""
    if message.automatic is not None:
        return table.file.default, "automatic", None
    for rule in held:
        if rule.then.owner is not None:
            return rule.then.owner, rule.name, None
    unknown = _why_unknown(verdict, table)
    if unknown == _BY_OPINION:
        return table.owners[verdict.area or ""], f"{OPINION}{verdict.area}", unknown
    if unknown is not None:
        return table.file.default, "default", unknown
    return table.owners[verdict.area or ""], f"area:{verdict.area}", None


def _why_unknown(verdict: Verdict, table: Table) -> str | None:
    """Say why the subject does not tell whose it is, or not for certain; None: it does."""
    if verdict.area is None:
        return "area_unknown"
    if verdict.area not in table.owners:
        return "area_unowned"
    if verdict.confidence.area < table.file.area_confidence:
        return _BY_OPINION if verdict.area_by_opinion else "area_unsure"
    return None


def _team(verdict: Verdict, table: Table, held: Sequence[Rule], owner: str) -> TeamOf | None:
    for rule in held:
        if rule.then.team is not None:
            return rule.then.team
    return table.departments[owner].team if verdict.difficulty is Difficulty.COMPLEX else None
