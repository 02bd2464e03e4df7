"""What the rooms offer, found by entry points: the floor imports no room, and one that is broken is named.

A room that fails to load is never left out silently: a pipeline without its router would look healthy.
"""

from importlib.metadata import EntryPoint, entry_points
from typing import Any

from ouvidor.errors import Misconfigured

__all__ = ["load", "offered"]


def offered(group: str) -> dict[str, EntryPoint]:
    """Give the entry points of a group by name, in order of name. Raises `Misconfigured` where two have one name."""
    found: dict[str, EntryPoint] = {}
    for entry in sorted(entry_points(group=group), key=lambda entry: entry.name):
        if entry.name in found and entry.value != found[entry.name].value:
            raise Misconfigured(f"{described(entry)} and {described(found[entry.name])} have one name: uninstall one")
        found[entry.name] = entry
    return found


def load(entry: EntryPoint) -> Any:  # noqa: ANN401 - each group has its own contract
    """Load what an entry point names. Raises `Misconfigured` that says whose it is and what is wrong with it."""
    try:
        return entry.load()
    except Misconfigured:
        raise
    except Exception as error:
        raise Misconfigured(f"{described(entry)} cannot be loaded: {type(error).__name__}: {error}") from error


def described(entry: EntryPoint) -> str:
    """Name an entry point as its package's author and whoever installed it know it."""
    owner = f" of {entry.dist.name} {entry.dist.version}" if entry.dist is not None else ""
    return f"{entry.group}: {entry.name} = {entry.value}{owner}"
