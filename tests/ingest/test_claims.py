"""Originals that lie in the blob store: fetched for a batch, a bounded lot at a time."""

from dataclasses import replace
from pathlib import Path

import pytest

from ingest import claims
from ingest.adapter import Delivery
from ingest.originals import claim_of, read_original
from ingest.social.telegram import ADAPTER
from ouvidor.blobs import BlobStore
from ouvidor.errors import Rejected, Unavailable
from ouvidor.events import Incoming
from tests.ingest.hearing import RECEIVED, Hearing, incoming

LONG = 60_000


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore.local(tmp_path / "blobs")


async def claimed(blobs: BlobStore, where: Path, body: bytes, *, keep: bool = True) -> Incoming:
    """Give an original's record as it lies on the topic; its bytes are in the blob store where they are long."""
    registered = Hearing(ADAPTER, where).originals.register(Delivery(body, "application/json"), RECEIVED)
    if registered.blob is not None and keep:
        await blobs.put(registered.blob)
    return incoming(registered.output)


async def test_long_originals_are_whole_again_and_short_ones_are_left_alone(blobs: BlobStore, tmp_path: Path):
    records = [await claimed(blobs, tmp_path, body) for body in (b"short", b"a" * LONG, b"b" * LONG, b"short too")]
    assert [claim_of(record) is not None for record in records] == [False, True, True, False]
    found = [claims.whole(record) for record in await claims.fetch(records, blobs)]
    assert [read_original(record).body for record in found] == [b"short", b"a" * LONG, b"b" * LONG, b"short too"]
    assert [(record.offset, record.headers) for record in found] == [(each.offset, each.headers) for each in records]


async def test_one_whose_bytes_are_lost_is_refused_alone(blobs: BlobStore, tmp_path: Path):
    records = [
        await claimed(blobs, tmp_path, b"a" * LONG),
        await claimed(blobs, tmp_path, b"b" * LONG, keep=False),
        await claimed(blobs, tmp_path, b"c" * LONG),
    ]
    found = await claims.fetch(records, blobs)
    assert [each.offset for each in found] == [each.offset for each in records]
    with pytest.raises(Rejected, match="bring it back there from a backup"):
        claims.whole(found[1])
    assert found[1].value == b""
    assert [claims.whole(found[place]).value[:1] for place in (0, 2)] == [b"a", b"c"]


async def test_what_is_beyond_the_room_waits_for_the_next_batch(
    blobs: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(claims, "_ROOM", 5 * LONG)
    records = [await claimed(blobs, tmp_path, bytes([65 + number]) * LONG) for number in range(12)]
    found = await claims.fetch(records, blobs)
    assert [len(claims.whole(each).value or b"") for each in found[:8]] == [LONG] * 8
    for each in found[8:]:
        with pytest.raises(Unavailable, match="4 long originals wait"):
            claims.whole(each)


async def test_one_that_is_larger_than_the_room_is_fetched_all_the_same(
    blobs: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(claims, "_ROOM", 1)
    [found] = await claims.fetch([await claimed(blobs, tmp_path, b"a" * LONG)], blobs)
    assert len(claims.whole(found).value or b"") == LONG


async def test_a_strangers_record_is_left_as_it_is(blobs: BlobStore, tmp_path: Path):
    record = replace(await claimed(blobs, tmp_path, b"a" * LONG), headers=(("ce_dataref", b"file:///etc/passwd"),))
    assert await claims.fetch([record], blobs) == [record]
