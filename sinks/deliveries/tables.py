"""The store's two tables, the same in SQLite and PostgreSQL. Their history is in `migrations/`; a test compares both.

`place` is the order in which rows came: that of their topic's partition, so that of a protocol. A row in hand is one
that is due again only when its lease ends: there is no state for it that a crash could leave behind.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    text,
)

__all__ = ["DONE", "OPEN", "WAITING", "Moment", "State", "deliveries", "destinations", "metadata"]


class State(StrEnum):
    """How a delivery is."""

    WAITING = "waiting"
    """For its next try, which may be now."""
    DELIVERED = "delivered"
    FAILED = "failed"
    """The last try was used up: a person has to look."""
    REFUSED = "refused"
    """The receiver will never take it: a person has to look."""
    SKIPPED = "skipped"
    """A person has decided that it need not arrive."""


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, aware: SQLite keeps no zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - theirs
        """Write it in UTC, whatever its zone."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401, ARG002 - theirs
        """Read it as aware."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


# As words and not as parameters: a partial index is used only where its condition stands in the query.
WAITING = text("state = 'waiting'")
OPEN = text("state IN ('waiting', 'failed', 'refused')")
DONE = text("state IN ('delivered', 'skipped')")

metadata = MetaData()

deliveries = Table(
    "deliveries",
    metadata,
    Column("place", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("event", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("destination", String(63), nullable=False),
    Column("sink", String(63), nullable=False),
    Column("department", Text, nullable=False),
    Column("protocol", Text),
    Column("attributes", JSON, nullable=False),
    Column("body", LargeBinary),
    Column("state", String(16), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_try", Moment, nullable=False),
    Column("lease", String(36)),
    Column("status", Integer),
    Column("answer", Text),
    Column("added_at", Moment, nullable=False),
    Column("tried_at", Moment),
    Column("settled_at", Moment),
    Index("deliveries_due", "destination", "next_try", "place", sqlite_where=WAITING, postgresql_where=WAITING),
    Index("deliveries_order", "destination", "protocol", "place", sqlite_where=OPEN, postgresql_where=OPEN),
    Index("deliveries_settled", "settled_at"),
    sqlite_autoincrement=True,
)

destinations = Table(
    "destinations",
    metadata,
    Column("name", String(63), primary_key=True),
    Column("disabled", Text),
    Column("since", Moment, nullable=False),
)
