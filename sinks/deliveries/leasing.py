"""Leasing and settling rows: the statements, within a transaction of the store's.

Where a destination wants order, a row is due only when no earlier one of its protocol is open. One that failed or was
refused is open: what follows it waits until a person has sent it again or skipped it.

PostgreSQL's dispatchers on several machines step over each other's rows (`SKIP LOCKED`); SQLite has one writer at once.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, Select, and_, exists, or_, select, text, update

from sinks.deliveries.contract import Delivery
from sinks.deliveries.tables import OPEN, WAITING, State, deliveries

_FORMER_OPEN = text("former.state IN ('waiting', 'failed', 'refused')")
"""`OPEN`, of the table under a second name. In words too, since its index would not be used with parameters."""

__all__ = ["Leased", "Room", "Settlement", "lease", "settle"]


@dataclass(frozen=True, slots=True)
class Room:
    """How many tries a destination has room for now."""

    destination: str
    free: int
    lasting: timedelta
    """How long a row may be in hand."""
    ordered: bool = False
    in_hand: Collection[UUID] = ()
    """What it is trying now: not again, though its lease has ended where a clock leapt."""


@dataclass(frozen=True, slots=True)
class Leased:
    """A row in hand."""

    delivery: Delivery
    lease: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """What came of a row in hand."""

    id: UUID
    lease: str
    state: State
    at: datetime
    next_try: datetime
    words: str = ""
    status: int | None = None
    untried: bool = False
    """It does not count as a try."""


def lease(connection: Connection, room: Room, now: datetime, token: str) -> list[Leased]:
    """Lease what is due of a destination, the longest due first."""
    rows = connection.execute(_due(room, now)).all()
    if not rows:
        return []
    its = deliveries.c
    until = now + room.lasting
    taken = its.place.in_([row.place for row in rows])
    connection.execute(update(deliveries).where(taken).values(lease=token, next_try=until, tries=its.tries + 1))
    return [
        Leased(
            Delivery(
                id=UUID(row.id),
                destination=room.destination,
                department=row.department,
                protocol=row.protocol,
                attributes=row.attributes,
                body=row.body or b"",
                number=row.tries + 1,
                at=now,
            ),
            token,
        )
        for row in rows
    ]


def _due(room: Room, now: datetime) -> Select[tuple[int, str, str, str, dict[str, str], bytes, int]]:
    its = deliveries.c
    asked = select(its.place, its.id, its.department, its.protocol, its.attributes, its.body, its.tries)
    asked = asked.where(its.destination == room.destination, WAITING, its.next_try <= now)
    if room.in_hand:
        asked = asked.where(its.id.not_in([str(each) for each in room.in_hand]))
    if room.ordered:
        former = deliveries.alias("former")
        before = select(former.c.place).where(
            former.c.destination == room.destination,
            former.c.protocol == its.protocol,
            former.c.place < its.place,
            _FORMER_OPEN,
        )
        asked = asked.where(~exists(before))
    return asked.order_by(its.next_try, its.place).limit(room.free).with_for_update(skip_locked=True)


def settle(connection: Connection, came: Settlement) -> None:
    """Write what came of a row. A lease that ended meanwhile is the next one's: only good news counts then."""
    its = deliveries.c
    mine = its.lease == came.lease
    held = or_(mine, OPEN) if came.state is State.DELIVERED else and_(mine, OPEN)
    connection.execute(
        update(deliveries)
        .where(its.id == str(came.id), held)
        .values(
            state=came.state,
            next_try=came.next_try,
            lease=None,
            status=came.status,
            answer=came.words or None,
            **(
                {"tries": its.tries - 1}
                if came.untried
                else {"tried_at": came.at, "settled_at": None if came.state is State.WAITING else came.at}
            ),
        )
    )
