"""Our protocol number, where a customer quotes it: in a subject, in an address of ours, in the text. For all networks.

Whatever looks like one is tried, and its check symbol decides: of strings that only look so one in 32 would pass, and
of mistyped numbers with one wrong or two swapped symbols none.
"""

import re
from collections.abc import Iterable
from itertools import islice
from typing import Final

from ouvidor.errors import Rejected
from ouvidor.protocol import normalise

__all__ = ["find_protocol"]

_DASHES: Final = str.maketrans("\u2010\u2011\u2012\u2013\u2014\u2212", "------")
_CANDIDATE: Final = re.compile(
    r"(?<![0-9A-Za-z])2[0Oo][0-9OoIiLl]{6}[- ./]?(?:[0-9A-Za-z][- .]?){10}[0-9A-Za-z](?![0-9A-Za-z])"
)
_BEGINNING: Final = re.compile(r"2[0Oo][0-9OoIiLl]{6}")
_MOST: Final = 200


def find_protocol(places: Iterable[str]) -> str | None:
    """Give the first protocol number in these texts, in their order; None where there is none."""
    for place in places:
        if _BEGINNING.search(place) is None:
            continue
        for found in islice(_CANDIDATE.finditer(place.translate(_DASHES)), _MOST):
            try:
                return normalise(found[0])
            except Rejected:
                continue
    return None
