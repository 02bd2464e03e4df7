"""Mails that the server lists and does not give: when they are asked for again, and when a person must look. Pure.

A mail that is not given is asked for again with every look. It is given up after `GIVEN_UP` looks, an hour or so; a
look in which the server gave other mails counts for `_WHILE_OTHERS_COME`, since then the server is well and the mail is
not. While it gives nothing at all, the server is ill, and nothing is given up for a long time.
"""

from collections.abc import Collection, Mapping
from typing import Final, TypeVar

__all__ = ["GIVEN_UP", "MOST", "asked_again", "hopeless"]

MOST: Final = 100
"""More than so many in a folder mean that the server is ill."""
GIVEN_UP: Final = 60
Key = TypeVar("Key", int, str)
"""A UID, or an API's own id."""
_WHILE_OTHERS_COME: Final = 12


def asked_again(
    postponed: Mapping[Key, int], *, settled: Collection[Key], missing: Collection[Key], others_came: bool
) -> dict[Key, int]:
    """Give what is still to be asked for: without what was given or is gone (`settled`), with what was not given."""
    weight = _WHILE_OTHERS_COME if others_came else 1
    return {uid: tries + (weight if uid in missing else 0) for uid, tries in postponed.items() if uid not in settled}


def hopeless(postponed: Mapping[Key, int]) -> list[Key]:
    """Give those of which a person must be told."""
    return sorted(uid for uid, tries in postponed.items() if tries >= GIVEN_UP)
