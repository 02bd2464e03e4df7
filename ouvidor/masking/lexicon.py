"""Words by which names are known: first names and surnames, and what stands before, between and never in one.

The lists (`words/`) are our own, of what is common in Brazil and its neighbours, in lower case without accents. Names
that are words of the language too (Rosa, Campos, Reis: `ambiguous`) count only where capitals or another name say so.
"""

from importlib.resources import files
from typing import Final

__all__ = [
    "AMBIGUOUS",
    "CLOSERS",
    "CONNECTORS",
    "FIRST",
    "LAST",
    "NO_NAME",
    "PLACES",
    "RELATIONS",
    "ROLES",
    "SHORTENED",
    "TITLES",
]


def _words(name: str) -> frozenset[str]:
    return frozenset(files(__package__).joinpath("words", f"{name}.txt").read_text("ascii").split())


FIRST: Final = _words("first")
LAST: Final = _words("last")
AMBIGUOUS: Final = _words("ambiguous")
CONNECTORS: Final = _words("connectors")

TITLES: Final = _words("titles")
RELATIONS: Final = _words("relations")
"""What somebody is to somebody: the name after it is a private person's."""
ROLES: Final = _words("roles")
"""What somebody does: the name after it is of somebody at work."""
PLACES: Final = _words("places")
"""What a place's name begins with."""
CLOSERS: Final = _words("closers")
"""What stands before a signature."""
NO_NAME: Final = _words("no_name")
"""What is no name, with whatever capital."""
SHORTENED: Final = _words("shortened")
"""What is written with a point, after which the name goes on."""
