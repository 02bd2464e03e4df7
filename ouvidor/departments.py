"""Which departments there are, and in which words: told by whoever routes, since the floor imports no room.

An entry point of the group `ouvidor.departments` is a function of the settings that gives names; one of the group
`ouvidor.department-words` gives `DepartmentWords`. So the classifiers can learn from the routing table which subject
areas there are and how people speak of them, and know nothing of routing. Each call reads the table anew.
"""

from dataclasses import dataclass

from ouvidor.entry_points import load, offered
from ouvidor.errors import Misconfigured
from ouvidor.settings import Settings

__all__ = ["DepartmentWords", "department_names", "department_words"]

_NAMES = "ouvidor.departments"
_WORDS = "ouvidor.department-words"


@dataclass(frozen=True, slots=True)
class DepartmentWords:
    """A department as its own people describe it, in the house's language."""

    name: str
    title: str
    """As customers and staff read it."""
    handles: str
    """What it answers for, in words; empty where nobody wrote it."""
    examples: tuple[str, ...]
    """What customers write to it."""
    areas: tuple[str, ...]
    """The subject areas that are its own."""
    withheld: bool = False
    """Does it never learn who wrote?"""
    certain_from: float = 0.5
    """From which `confidence.area` on one of its areas brings a message to it without a person's look."""


def department_names(settings: Settings) -> list[str]:
    """Give the departments' names, each once, in order. Raises `Misconfigured` where the table is broken."""
    if "routing" in settings.at_fault:
        raise Misconfigured("routing: which table is meant is not known")
    return sorted({name for entry in offered(_NAMES).values() for name in load(entry)(settings)})


def department_words(settings: Settings) -> tuple[DepartmentWords, ...]:
    """Give the departments' own words, in the table's order. Raises `Misconfigured` where the table is broken."""
    return tuple(words for entry in offered(_WORDS).values() for words in load(entry)(settings))
