"""Dispatch: whose a message is, who is told, until when, and what travels together on the topics."""

from typing import Literal

from pydantic import Field

from ouvidor.records.base import Record, Utc
from ouvidor.records.message import Message
from ouvidor.records.verdict import Verdict

__all__ = ["Classified", "Dispatch", "Dispatched", "Team", "Term"]


class Team(Record):
    """Who works on a complex matter together: departments, each of which is told."""

    lead: str = Field(description="The department that leads")
    members: tuple[str, ...] = ()


class Term(Record):
    """By when one step of a message's profile has to be done, and by whom."""

    step: str = Field(description="The profile's name of it: `acknowledge`, `answer`, `department`…")
    binds: Literal["house", "department", "customer"] = Field(
        description="Who has to do it: what binds the house is owed to the customer"
    )
    until: Utc
    extended_until: Utc | None = Field(None, description="Until when it may be extended, once and with a reason")
    warn_at: Utc | None = Field(None, description="When the customer is told at the latest, if it can't be held")


class Dispatch(Record):
    """Where a message goes, and why."""

    owner: str = Field(description="The department that answers")
    informed: tuple[str, ...] = Field((), description="Departments that are told and need not answer")
    ombudsman: bool
    why: tuple[str, ...] = Field((), description="Why the ombudsman sees it: the clauses that spoke")
    deadline: Utc
    profile: str = Field(description="Which clock counted the deadline")
    terms: tuple[Term, ...] = Field((), description="All dates of that clock, the deadline among them")
    rule: str = Field(description="The line of the routing table that spoke, and the table's hash: `name@hash`")
    extract: bool = Field(description="Is the author withheld from the department?")
    handed_back: tuple[str, ...] = Field(
        (), description="Who had it before and handed it back, in order, each with the reason in words"
    )
    deputy_for: str | None = Field(None, description="The department that the owner stands in for while it is away")
    team: Team | None = Field(None, description="Who works on it together")
    triage: str | None = Field(
        None,
        description="Why a person of the default department sorts it by hand: "
        "`area_unknown`, `area_unowned` or `area_unsure`; `area_by_opinion`: the owner was named by another model that "
        "was asked, and that person looks whether it is theirs; none: the table knows whose it is",
    )


class Classified(Record):
    """The data of `ouvidor.message.classified.v1`."""

    message: Message
    verdict: Verdict


class Dispatched(Record):
    """The data of `ouvidor.message.dispatched.v1`: all that a department needs."""

    message: Message
    verdict: Verdict
    dispatch: Dispatch
