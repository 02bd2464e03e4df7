"""Case events: the history of a protocol, as far as departments make it. Each carries the reply that made it.

`CaseDispatched` tells, in the transaction of the dispatches themselves, whose a protocol is from now on.
"""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from pydantic import Field

from ouvidor.records.base import Record, Utc
from ouvidor.records.reply import Answer, AskCustomer, Extend, HandBack, ProposeClosing, Reply

__all__ = [
    "CASE_EVENTS",
    "CaseAnswered",
    "CaseClosingProposed",
    "CaseCustomerAsked",
    "CaseDispatched",
    "CaseEvent",
    "CaseExtended",
    "CaseHandedBack",
    "Place",
]


class Place(Record):
    """Where a record is."""

    topic: str
    partition: int = Field(ge=0)
    offset: int = Field(ge=0)


class CaseDispatched(Record):
    """The data of `ouvidor.case.dispatched.v1`: whose a protocol is, and until when."""

    protocol: str
    message: UUID
    owner: str
    partners: tuple[str, ...] = Field((), description="Departments that may reply beside the owner")
    informed: tuple[str, ...] = ()
    ombudsman: bool = Field(description="Does the ombudsman see it?")
    deadline: Utc
    extendable_until: Utc | None = Field(None, description="Until when the clock's law lets it be extended")
    profile: str
    rule: str
    at: Utc
    judged: Place = Field(description="Where the message is with its verdict")
    round: int = Field(0, ge=0, description="How often it was handed back before")


class CaseEvent(Record):
    """What all events have that follow from a reply."""

    protocol: str
    at: Utc = Field(description="When the reply was accepted")
    owner: str = Field(description="Whose it was then")
    deadline: Utc = Field(description="The customer's, as it is from now on")
    reply: Reply


class CaseAnswered(CaseEvent):
    """The data of `ouvidor.case.answered.v1`."""

    reply: Answer


class CaseHandedBack(CaseEvent):
    """The data of `ouvidor.case.handed-back.v1`: routers give it to the next. The customer's clock goes on."""

    reply: HandBack
    round: int = Field(ge=1, description="How often it was handed back, with this time")
    had: tuple[str, ...] = Field(description="The departments that had it, in order; the last is who hands it back")
    reasons: tuple[str, ...] = Field(description="Their reasons, in the same order")
    profile: str = Field(description="Which clock counted the deadline")
    rule: str = Field(description="The line of the routing table that had sent it there")
    judged: Place


class CaseCustomerAsked(CaseEvent):
    """The data of `ouvidor.case.customer-asked.v1`."""

    reply: AskCustomer


class CaseExtended(CaseEvent):
    """The data of `ouvidor.case.extended.v1`."""

    reply: Extend
    before: Utc = Field(description="The deadline that was")


class CaseClosingProposed(CaseEvent):
    """The data of `ouvidor.case.closing-proposed.v1`."""

    reply: ProposeClosing


CASE_EVENTS: Final[Mapping[str, type[CaseEvent]]] = {
    "answered": CaseAnswered,
    "handed-back": CaseHandedBack,
    "customer-asked": CaseCustomerAsked,
    "extended": CaseExtended,
    "closing-proposed": CaseClosingProposed,
}
"""What comes of replies, by the name that stands in `ce_type`: `ouvidor.case.<name>.v1`."""
