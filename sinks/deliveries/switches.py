"""Which destinations are disabled, and why: by their own word (410 Gone), or by a person's."""

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from sinks.deliveries.tables import destinations

__all__ = ["disabled", "switch"]


def disabled(connection: Connection) -> dict[str, str]:
    """Give those that nothing is sent to, and why."""
    its = destinations.c
    asked = select(its.name, its.disabled).where(its.disabled.is_not(None))
    return {row.name: row.disabled for row in connection.execute(asked)}


def switch(connection: Connection, name: str, why: str | None, now: datetime) -> None:
    """Disable a destination, or enable it where `why` is None."""
    changed = connection.execute(
        update(destinations).where(destinations.c.name == name).values(disabled=why, since=now)
    )
    if changed.rowcount == 0:
        connection.execute(insert(destinations).values(name=name, disabled=why, since=now))
