"""Whose a protocol is, told to whoever keeps cases: in the transaction of the dispatches, before anybody can reply.

Beside the owner may reply who works on the matter with it, and the department that it stands in for.
"""

from datetime import datetime
from typing import Final

from ouvidor.events import CASE_DISPATCHED, Incoming, Output, encode
from ouvidor.records import CaseDispatched, Dispatch, Message, Place
from ouvidor.topics import Topics

__all__ = ["SOURCE", "announced"]

SOURCE: Final = "/stages/route"


def announced(
    message: Message,
    dispatch: Dispatch,
    judged: Place,
    at: datetime,
    *,
    topics: Topics,
    cause: Incoming,
    rounds: int = 0,
) -> Output:
    """Give the word of a dispatch. `judged` is the message's place with its verdict, `rounds` its hand-backs so far."""
    told = CaseDispatched(
        protocol=message.protocol,
        message=message.id,
        owner=dispatch.owner,
        partners=_partners(dispatch),
        informed=dispatch.informed,
        ombudsman=dispatch.ombudsman,
        deadline=dispatch.deadline,
        extendable_until=_extendable_until(dispatch),
        profile=dispatch.profile,
        rule=dispatch.rule,
        at=at,
        judged=judged,
        round=rounds,
    )
    return encode(
        told,
        topic=topics.case_commands,
        key=message.protocol,
        id=f"{message.id}:dispatched:{rounds}",
        type=CASE_DISPATCHED,
        source=SOURCE,
        time=at,
        subject=message.protocol,
        cause=cause,
    )


def _partners(dispatch: Dispatch) -> tuple[str, ...]:
    team = () if dispatch.team is None else (dispatch.team.lead, *dispatch.team.members)
    absent = () if dispatch.deputy_for is None else (dispatch.deputy_for,)
    return tuple(dict.fromkeys(name for name in (*team, *absent) if name != dispatch.owner))


def _extendable_until(dispatch: Dispatch) -> datetime | None:
    """Give until when the customer's own date may be extended."""
    dates = (term for term in dispatch.terms if term.binds == "house" and term.until == dispatch.deadline)
    return next((term.extended_until for term in dates), None)
