"""How far an import came: written in the transaction of the mails that it covers, so that it can go on from there.

Files are told by their names and sizes, folded into one hash in their order; the mailbox in hand by the bytes before
its place. Where these are still the same, what comes later is read and nothing else: a mailbox that has grown since is
read from its old end on. Where they are not, all is read again, and the intake recognises what it has heard.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from ingest.email.archive import Unit, fingerprint
from ouvidor.errors import Misconfigured

__all__ = ["Place", "chain", "read_place", "resume", "write_place"]

_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Place:
    """Files that are done, and how far the next one is."""

    units: int = 0
    chain: str = ""
    """The hash of the files that are done."""
    offset: int = 0
    before: str = ""
    """What lies before the offset."""
    done: bool = False
    missed: int = 0
    """Files that could not be read."""


def chain(so_far: str, unit: Unit) -> str:
    """Add a file to the hash."""
    return sha256(f"{so_far}\0{unit.name}\0{unit.size}".encode("utf-8", "surrogateescape")).hexdigest()[:32]


def resume(place: Place | None, units: Sequence[Unit]) -> Place:
    """Say from where to go on: from the beginning where anything that was read is no longer the same."""
    if place is None or place.units > len(units) or (place.done and place.missed):
        return Place()
    found = ""
    for unit in units[: place.units]:
        found = chain(found, unit)
    if found != place.chain:
        return Place()
    if place.offset:
        if place.units == len(units) or (units[place.units].size < place.offset and not _compressed(place)):
            return Place()
        try:
            if fingerprint(units[place.units], place.offset) != place.before:
                return Place()
        except OSError:
            return Place()
    return place


def _compressed(place: Place) -> bool:
    return place.before.startswith("gzip")


def write_place(place: Place) -> bytes:
    """Write it as a cursor."""
    return json.dumps(
        {
            "version": _VERSION,
            "units": place.units,
            "chain": place.chain,
            "offset": place.offset,
            "before": place.before,
            "done": place.done,
            "missed": place.missed,
        }
    ).encode()


def read_place(cursor: bytes | None) -> Place | None:
    """Read a cursor; None: nothing was imported yet. Raises `Misconfigured`."""
    if cursor is None:
        return None
    try:
        given = json.loads(cursor)
        if given.pop("version") == _VERSION:
            return Place(**given)
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise Misconfigured("the checkpoint of this import was written by another version of Ouvidor: use --again")
