"""Words by which names are known: first names and surnames, and what stands before, between and never in one.

First names are those of Brazil's census (`common`: at least 2,000 bearers, `rare`: at least 100; `benchmarks/
name_lists.py` writes both, and `ordinary`, the words of our own messages); all else is kept by hand. All stand in lower
case without accents. Names that are words of the language too (Rosa, Campos, Reis: `AMBIGUOUS`) count only where
capitals or another name say so.
"""

from importlib.resources import files
from typing import Final

__all__ = [
    "AFTER_ADDRESS",
    "AMBIGUOUS",
    "CLOSERS",
    "COMMON",
    "CONNECTORS",
    "FIRST",
    "LANDS",
    "LAST",
    "LIKELY",
    "LOOSE",
    "NO_NAME",
    "ORDINARY",
    "OWNED",
    "PLACES",
    "RELATIONS",
    "ROLES",
    "SHORTENED",
    "TITLES",
    "TOWNS",
    "USUAL",
    "WORKPLACES",
]


def _words(name: str) -> frozenset[str]:
    return frozenset(files(__package__).joinpath("words", f"{name}.txt").read_text("ascii").split())


USUAL: Final = _words("common") | _words("first")
"""First names that many have, words of the language among them."""
FIRST: Final = USUAL | _words("rare")
LAST: Final = _words("last")
ORDINARY: Final = _words("ordinary")
"""Words that people write in lower case: many, not all."""
AMBIGUOUS: Final = _words("ambiguous") | (ORDINARY & (FIRST | LAST))
COMMON: Final = USUAL - AMBIGUOUS
"""First names that many have and that mean nothing else: names even in lower case."""
CONNECTORS: Final = _words("connectors")

TITLES: Final = _words("titles")
RELATIONS: Final = _words("relations")
"""What somebody is to somebody: the name after it is a private person's."""
ROLES: Final = _words("roles")
"""What somebody does: the name after it is of somebody at work."""
PLACES: Final = _words("places")
"""What a place's name begins with."""
LIKELY: Final = _words("likely")
"""Words that with an article and a capital are somebody: `a Rosa`, `o Bento`."""
LOOSE: Final = _words("loose")
"""What somebody is to the house and not to somebody, and is said of things and in passing: `cliente`, `menina`."""
OWNED: Final = _words("owned")
"""Places that are somebody's: `o mercado do Juca`."""
AFTER_ADDRESS: Final = _words("after_address")
"""Words that go on after a street's name."""
LANDS: Final = _words("lands")
"""Countries, states, cities and peoples: persons only where something says so."""
TOWNS: Final = frozenset(town.replace("_", " ") for town in _words("towns"))
"""Municipalities that might be taken for persons: `Alfredo Wagner`."""
WORKPLACES: Final = _words("workplaces")
"""Where somebody of the house is found: "a Ana do caixa"."""
CLOSERS: Final = _words("closers")
"""What stands before a signature."""
NO_NAME: Final = _words("no_name")
"""What is no name, with whatever capital."""
SHORTENED: Final = _words("shortened")
"""What is written with a point, after which the name goes on."""
