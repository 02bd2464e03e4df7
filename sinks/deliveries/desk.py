"""The store as people use it, by `ouvidor deliveries`: look, send again, skip, switch a destination off and on.

It never brings the store up to date: that is for the services to do when they start, not for a command beside them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Engine, Row, and_, or_, select, update
from sqlalchemy.engine import URL

from ouvidor.errors import Misconfigured
from ouvidor.settings import Settings
from sinks.deliveries.engine import address, connect, ours, reading, revision
from sinks.deliveries.switches import disabled, switch
from sinks.deliveries.tables import OPEN, State, deliveries

__all__ = ["Desk", "Wanted", "switched_off"]

_IN_LIST = [column for column in deliveries.c if column.name not in {"attributes", "body"}]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deliveries are meant: by their ids, or all that are open and fit."""

    ids: Sequence[UUID] = ()
    states: Sequence[State] = ()
    destination: str | None = None
    protocol: str | None = None

    def condition(self) -> ColumnElement[bool]:
        """Give it as the store asks."""
        its = deliveries.c
        if self.ids:
            return its.id.in_([str(each) for each in self.ids])
        wanted: list[Any] = [its.state.in_(self.states) if self.states else OPEN]
        if self.destination is not None:
            wanted.append(its.destination == self.destination)
        if self.protocol is not None:
            wanted.append(its.protocol == self.protocol)
        return and_(*wanted)


def switched_off(url: URL) -> dict[str, str]:
    """Give the destinations that are disabled, and why; none where there is no store yet."""
    if not _is_there(url):
        return {}
    engine = connect(url)
    try:
        if revision(engine) is None:
            return {}
        with reading(engine) as connection:
            return disabled(connection)
    finally:
        engine.dispose()


def _is_there(url: URL) -> bool:
    return url.get_backend_name() != "sqlite" or Path(url.database or "").exists()


class Desk:
    """The store of the settings, which must be there. Raises `Misconfigured` where it is not, `Unavailable`."""

    def __init__(self, settings: Settings) -> None:
        url = address(settings)
        if not _is_there(url):
            raise Misconfigured(f"{url.database}: there are no deliveries yet: `ouvidor run sinks` makes them")
        self._engine: Engine = connect(url)
        if revision(self._engine) is None:
            raise Misconfigured("the store of deliveries is empty: `ouvidor run sinks` makes it")

    def close(self) -> None:
        """Close it."""
        self._engine.dispose()

    def listed(self, wanted: Wanted, most: int) -> list[Row[Any]]:
        """Give deliveries without what they say, the oldest first."""
        asked = select(*_IN_LIST).where(wanted.condition()).order_by(deliveries.c.place).limit(most)
        with reading(self._engine) as connection:
            return list(connection.execute(asked).all())

    def whole(self, delivery: UUID) -> Row[Any] | None:
        """Give one delivery with what it says; None where there is none of that id."""
        with reading(self._engine) as connection:
            return connection.execute(select(deliveries).where(deliveries.c.id == str(delivery))).one_or_none()

    def retry(self, wanted: Wanted, now: datetime) -> list[str]:
        """Have deliveries tried at once, with all their tries anew. Gives the ids of those that will be.

        Those in hand are left alone, and those that arrived so long ago that what they said is forgotten.
        """
        its = deliveries.c
        return self._change(
            and_(wanted.condition(), its.body.is_not(None), or_(its.lease.is_(None), its.next_try <= now)),
            {"state": State.WAITING, "next_try": now, "tries": 0, "lease": None, "settled_at": None},
        )

    def skip(self, wanted: Wanted, now: datetime) -> list[str]:
        """Have deliveries not tried any more. Gives the ids of those that will not be."""
        return self._change(and_(wanted.condition(), OPEN), {"state": State.SKIPPED, "lease": None, "settled_at": now})

    def disabled(self) -> dict[str, str]:
        """Give the destinations that nothing is sent to, and why."""
        with reading(self._engine) as connection:
            return disabled(connection)

    def switch(self, name: str, why: str | None, now: datetime) -> None:
        """Disable a destination, or enable it where `why` is None."""
        with ours(self._engine), self._engine.begin() as connection:
            switch(connection, name, why, now)

    def _change(self, condition: ColumnElement[bool], values: dict[str, Any]) -> list[str]:
        its = deliveries.c
        with ours(self._engine), self._engine.begin() as connection:
            found = connection.execute(select(its.place, its.id).where(condition).order_by(its.place)).all()
            for start in range(0, len(found), 500):
                places = [row.place for row in found[start : start + 500]]
                connection.execute(update(deliveries).where(its.place.in_(places)).values(**values))
        return [row.id for row in found]
