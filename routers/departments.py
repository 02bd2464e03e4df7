"""Which departments there are: those of the routing table in force. Their topics, and what they answer for, follow."""

from ouvidor.departments import DepartmentWords
from ouvidor.settings import Settings
from routers.reading import read_table

__all__ = ["departments", "words"]


def departments(settings: Settings) -> list[str]:
    """Give the departments' names, in the table's order. Raises `Misconfigured` where the table is broken."""
    return list(read_table(settings.routing.table).departments)


def words(settings: Settings) -> list[DepartmentWords]:
    """Give what each department says of itself, in the table's order. Raises `Misconfigured` as `departments` does."""
    file = read_table(settings.routing.table).file
    return [
        DepartmentWords(
            each.name,
            each.title,
            each.handles,
            each.examples,
            each.areas,
            withheld=each.identity == "extract",
            certain_from=file.area_confidence,
        )
        for each in file.departments
    ]
