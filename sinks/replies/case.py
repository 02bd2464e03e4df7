"""What is remembered of a protocol: whose it is, who had it before, whether it was extended or answered.

Which replies there were is remembered beside it, each by its own key.
"""

from hashlib import sha256
from typing import Final
from uuid import UUID

from ouvidor.records import CaseDispatched, Place, Record, Reply, Utc

__all__ = ["Case", "case_key", "dispatched", "fingerprint", "reply_key"]

OMBUDSMAN: Final = "ombudsman"
"""Who has what nobody else took: no department of the table may have this name."""


class Case(Record):
    """A protocol as the rules for replies see it."""

    message: UUID
    owner: str | None = None
    """None: it was handed back, and the routers have not given it to anybody yet."""
    partners: tuple[str, ...] = ()
    informed: tuple[str, ...] = ()
    ombudsman: bool
    deadline: Utc
    extendable_until: Utc | None = None
    profile: str
    rule: str
    opened_at: Utc
    judged: Place
    had: tuple[str, ...] = ()
    """Who handed it back, in order."""
    reasons: tuple[str, ...] = ()
    extended: bool = False
    answered: bool = False


def dispatched(case: Case | None, told: CaseDispatched) -> Case:
    """Give the case after a dispatch. The customer's deadline is the first dispatch's, whoever gets it later."""
    if case is None:
        return Case(
            message=told.message,
            owner=told.owner,
            partners=told.partners,
            informed=told.informed,
            ombudsman=told.ombudsman,
            deadline=told.deadline,
            extendable_until=told.extendable_until,
            profile=told.profile,
            rule=told.rule,
            opened_at=told.at,
            judged=told.judged,
        )
    if told.round != len(case.had):  # routed once more, by a replay: it stays where its replies have brought it
        return case
    given = {"owner": told.owner, "partners": told.partners, "informed": told.informed, "rule": told.rule}
    return case.model_copy(update={**given, "ombudsman": case.ombudsman or told.ombudsman})


def case_key(protocol: str) -> bytes:
    """Give the key under which a case is remembered."""
    return f"case {protocol}".encode()


def reply_key(reply: Reply) -> bytes:
    """Give the key under which a reply is remembered."""
    return f"reply {reply.protocol} {reply.id}".encode()


def fingerprint(reply: Reply) -> bytes:
    """Tell a reply's content apart from another's; a sender that tries again may have written another moment."""
    how = {"at", "mail"}  # a mail that comes by two ways has other bytes and the same words
    said = reply.model_dump_json(
        exclude=how if reply.attachments else {*how, "attachments"}
    )  # as before there were any
    return sha256(type(reply).__name__.encode() + said.encode()).digest()[:16]
