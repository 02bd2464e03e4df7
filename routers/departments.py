"""Which departments there are: those of the routing table in force. Their topics are made from it."""

from ouvidor.settings import Settings
from routers.reading import read_table

__all__ = ["departments"]


def departments(settings: Settings) -> list[str]:
    """Give the departments' names, in the table's order. Raises `Misconfigured` where the table is broken."""
    return list(read_table(settings.routing.table).departments)
