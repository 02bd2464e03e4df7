"""The catalogue: the house's departments in a question, as JSON of a bounded size.

Every department has its title and as much of what it handles as its share of the room holds; then come examples, one of
each in turn, while there is room. So none is left out and none speaks louder for having written more. Examples may be
customers' own words, so personal data are masked in them.
"""

import json
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any, Final

from classifiers.opinion.choices import Choices
from classifiers.opinion.masking import mask

__all__ = ["ROOM", "catalogue"]

ROOM: Final = 8_000
"""Characters: some 2,500 tokens."""
_WORDS: Final = 0.6
"""The share of the room that titles and what is handled may take."""
_FRAME: Final = 52
"""Characters that a department takes besides its words."""
_TITLE: Final = 80
_HANDLES: Final = 400
_EXAMPLE: Final = 160
_FEW: Final = 12
"""Characters: no example is shorter."""


def catalogue(choices: Choices) -> str:
    """Give the departments with their ids as JSON; empty where there are none."""
    if not choices.departments:
        return ""
    several = len(choices.departments)
    free = (ROOM - several * _FRAME) // several
    told: dict[str, dict[str, Any]] = {}
    for id_, one in choices.by_id.items():
        title, handles = _line(one.title)[: min(_TITLE, free)], _line(one.handles)
        share = max(int(free * _WORDS) - len(title), 0)
        told[id_] = {"title": title, "handles": handles[: min(_HANDLES, share)], "examples": []}
    room = ROOM - len(_written(told))
    for id_, example in _in_turn(choices):
        if room < _FEW:
            break
        taken = len(json.dumps(example, ensure_ascii=False)) + 1
        if taken <= room:
            told[id_]["examples"].append(example)
            room -= taken
    return _written(told)


def _in_turn(choices: Choices) -> Iterator[tuple[str, str]]:
    """Give the first example of each department, then the second of each, as a question may hold them."""
    rounds = zip_longest(*([(id_, each) for each in one.examples] for id_, one in choices.by_id.items()))
    for one in rounds:
        for given in one:
            if given is not None:
                yield given[0], mask(_line(given[1])[: 2 * _EXAMPLE])[:_EXAMPLE]


def _line(words: str) -> str:
    return " ".join(words.split())


def _written(told: dict[str, dict[str, Any]]) -> str:
    listed = [{"id": id_, **words} for id_, words in told.items()]
    return json.dumps({"departments": listed}, ensure_ascii=False, separators=(",", ":"))
