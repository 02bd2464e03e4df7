"""Which departments there are: told by whoever routes, since the floor imports no room.

An entry point of the group `ouvidor.departments` is a function of the settings that gives names.
"""

from ouvidor.entry_points import load, offered
from ouvidor.settings import Settings

__all__ = ["department_names"]

_GROUP = "ouvidor.departments"


def department_names(settings: Settings) -> list[str]:
    """Give the departments' names, each once, in order."""
    return sorted({name for entry in offered(_GROUP).values() for name in load(entry)(settings)})
