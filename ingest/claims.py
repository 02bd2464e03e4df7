"""Originals that are too long for a record: fetched from the blob store for a batch, a bounded lot of bytes at a time.

A batch of the intake may hold some hundred claims of 25 MB each. What is beyond the room waits for the next batch, and
one whose bytes are lost goes to the dead letters alone: neither stops the others.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Final

from aiokafka import ConsumerRecord

from ingest.originals import claim_of
from ouvidor.blobs import BlobStore
from ouvidor.errors import OuvidorError, Rejected, Unavailable
from ouvidor.events import ORIGINAL, Incoming, header

__all__ = ["fetch", "whole"]

_ROOM: Final = 64 * 2**20
_AT_ONCE: Final = 4


@dataclass
class _Without(ConsumerRecord[bytes | None, bytes | None]):  # type: ignore[misc]  # aiokafka ships no types
    """A record without its bytes, and why."""

    error: OuvidorError


async def fetch(records: Sequence[Incoming], blobs: BlobStore) -> list[Incoming]:
    """Give the records with their bytes, in their order. Raises `Unavailable` where the blob store is away."""
    found = list(records)
    waiting = [
        (place, claim)
        for place, record in enumerate(records)
        if header(record, "ce_type") == ORIGINAL and (claim := claim_of(record)) is not None
    ]
    room = _ROOM
    while waiting and room > 0:
        now, waiting = waiting[:_AT_ONCE], waiting[_AT_ONCE:]
        for (place, _), record in zip(
            now, await asyncio.gather(*(_fetch(records[place], claim, blobs) for place, claim in now)), strict=True
        ):
            found[place] = record
            room -= len(record.value or b"")
    later = Unavailable(f"{len(waiting)} long originals wait for the next batch")
    for place, _ in waiting:
        found[place] = _without(records[place], later)
    return found


def whole(record: Incoming) -> Incoming:
    """Give the record back if it has its bytes. Raises why it has not."""
    if isinstance(record, _Without):
        raise record.error
    return record


async def _fetch(record: Incoming, claim: str, blobs: BlobStore) -> Incoming:
    try:
        return replace(record, value=await blobs.get(claim))
    except Rejected as error:
        return _without(record, error)


def _without(record: Incoming, error: OuvidorError) -> _Without:
    return _Without(**{each.name: getattr(record, each.name) for each in fields(record)}, error=error)
