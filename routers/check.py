"""Is the routing table good? What `ouvidor check` asks this room."""

from ouvidor.business_time import BusinessCalendar
from ouvidor.errors import Misconfigured
from ouvidor.settings import Settings
from routers.reading import read_table

__all__ = ["check"]


def check(settings: Settings, *, connect: bool) -> list[str]:  # noqa: ARG001 - nothing here is away from this machine
    """Give all that is wrong with the table and the calendar, a line each."""
    found: list[str] = []
    table = settings.routing.table
    if table is not None and not table.exists():
        found.append(f"{settings.file}: routing.table: {table.absolute()}: no such file")
    else:
        try:
            read_table(table)
        except Misconfigured as error:
            found.extend(str(error).splitlines())
    try:
        BusinessCalendar.from_settings(settings.organisation)
    except Misconfigured as error:
        found.extend(f"{settings.file}: {line}" for line in str(error).splitlines())
    return found
