"""The store as the services use it: rows come in, are leased, and are settled.

A turn of the dispatcher is one transaction: what came of earlier tries is written, and what is due is leased. A lease
is a due time in the future and a token: whoever dies with rows in hand leaves them due again when it ends, and who
comes back late with a row that another has leased since may still say that it was delivered, and nothing else.

Each row's tries are counted when it is leased, so that a delivery that kills its process comes to an end, too.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from types import MappingProxyType
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL

from sinks.deliveries.engine import connect, migrate, ours, reading
from sinks.deliveries.leasing import Leased, Room, Settlement, lease, settle
from sinks.deliveries.rows import Row
from sinks.deliveries.switches import disabled, switch
from sinks.deliveries.tables import DONE, OPEN, State, deliveries

__all__ = ["REMEMBERED", "Counted", "Store"]

REMEMBERED: Final = timedelta(days=400)
"""How long a delivery that has arrived is known: longer than its topic holds the event, so that none is made anew."""
_SWEPT_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class Counted:
    """How many deliveries of a destination are in a state that is no end."""

    destination: str
    state: State
    count: int
    oldest: datetime


class Store:
    """Opened, and brought up to date, when it is first used. For any thread."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._engine: Engine | None = None
        self._opening = Lock()

    @property
    def engine(self) -> Engine:
        """The engine. Raises `Unavailable`, `Misconfigured`."""
        with self._opening:
            if self._engine is None:
                engine = connect(self._url)
                try:
                    migrate(engine)
                except BaseException:
                    engine.dispose()
                    raise
                self._engine = engine
            return self._engine

    def close(self) -> None:
        """Close it. It opens again when it is used."""
        with self._opening:
            if self._engine is not None:
                self._engine.dispose()
                self._engine = None

    def add(self, rows: Iterable[Row], now: datetime) -> None:
        """Add rows in their order, synced. Those that are there already stay as they are."""
        values = [_values(row, now) for row in rows]
        if not values:
            return
        engine = self.engine
        dialect = postgresql if engine.dialect.name == "postgresql" else sqlite
        adding = dialect.insert(deliveries).on_conflict_do_nothing(index_elements=["id"])
        with ours(engine), engine.begin() as connection:
            connection.execute(adding, values)

    def turn(
        self,
        settled: Sequence[Settlement],
        rooms: Sequence[Room],
        now: datetime,
        gone: Mapping[str, str] = MappingProxyType({}),
    ) -> list[Leased]:
        """Settle rows, disable destinations that are gone (name to why), and lease what is due where there is room."""
        engine = self.engine
        with ours(engine), engine.begin() as connection:
            for each in settled:
                settle(connection, each)
            for name, why in gone.items():
                switch(connection, name, why, now)
            off = disabled(connection)
            token = str(uuid4())
            return [
                leased
                for room in rooms
                if room.free > 0 and room.destination not in off
                for leased in lease(connection, room, now, token)
            ]

    def counted(self) -> list[Counted]:
        """Count what has not arrived."""
        columns = (deliveries.c.destination, deliveries.c.state)
        asked = select(*columns, func.count(), func.min(deliveries.c.added_at)).where(OPEN).group_by(*columns)
        with reading(self.engine) as connection:
            found = connection.execute(asked).all()
        return [Counted(name, State(state), count, oldest) for name, state, count, oldest in found]

    def disabled(self) -> dict[str, str]:
        """Give the destinations that nothing is sent to, and why."""
        with reading(self.engine) as connection:
            return disabled(connection)

    def sweep(self, now: datetime, keep: timedelta) -> None:
        """Forget what deliveries said that arrived so long ago, and in the end that there were any."""
        its = deliveries.c
        engine = self.engine
        old = select(its.place).where(DONE, its.settled_at < now - REMEMBERED).limit(_SWEPT_AT_ONCE)
        told = select(its.place).where(DONE, its.settled_at < now - keep, its.body.is_not(None)).limit(_SWEPT_AT_ONCE)
        with ours(engine), engine.begin() as connection:
            connection.execute(delete(deliveries).where(its.place.in_(old.scalar_subquery())))
            connection.execute(update(deliveries).where(its.place.in_(told.scalar_subquery())).values(body=None))


def _values(row: Row, now: datetime) -> Mapping[str, Any]:
    return {
        "id": str(row.id),
        "event": row.event,
        "topic": row.topic,
        "partition": row.partition,
        "offset": row.offset,
        "destination": row.destination,
        "sink": row.sink,
        "department": row.department,
        "protocol": row.protocol,
        "attributes": dict(row.attributes),
        "body": row.body,
        "state": State.WAITING,
        "tries": 0,
        "next_try": now,
        "added_at": now,
    }
