"""Whose areas there are: the departments of the routing table in force, or of a table that a command names."""

from pathlib import Path

from ouvidor.departments import DepartmentWords, department_words
from ouvidor.settings import Settings

__all__ = ["departments_of"]


def departments_of(settings: Settings, table: Path | None = None) -> tuple[DepartmentWords, ...]:
    """Give the departments' words. `table`: another than the settings'. Raises `Misconfigured` where it is broken."""
    if table is not None:
        settings = settings.model_copy(update={"routing": settings.routing.model_copy(update={"table": table})})
    return department_words(settings)
