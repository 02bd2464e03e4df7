"""An import: mails from files to originals, a few hundred in a transaction, together with how far it came.

It goes by the same topic as everything, under the account of the network that would have fetched them: so a mail that
is imported twice, or comes by that mailbox as well, is one message. Whatever ends it (Ctrl-C, a kill, a broker that
goes away), the last transaction is there as a whole or not at all, and the same command goes on from it. The files are
read in a thread, a batch ahead, so that memory does not grow with them.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from ingest.adapter import Delivery
from ingest.checkpoint import Checkpoint
from ingest.email.archive import RFC822, Archive, Filed, Unit, fingerprint, mails
from ingest.email.identity import order_of, own_id
from ingest.email.import_cursor import Place, chain, read_place, resume, write_place
from ingest.email.mbox import Dialect
from ingest.originals import Originals
from ouvidor.blobs import BlobStore
from ouvidor.settings import Kafka

__all__ = ["LARGEST", "Batch", "Import", "Tally", "batches", "job_name"]

LARGEST: Final = 128 * 2**20
"""Of a longer mail only so many bytes are read; its message says so."""
_MOST_AT_ONCE: Final = 300
_BYTES_AT_ONCE: Final = 8 * 2**20
_WRITES_AT_ONCE: Final = 8


@dataclass(slots=True)
class Tally:
    """What an import has done so far."""

    mails: int = 0
    size: int = 0
    """Bytes of mails."""
    read: int = 0
    """Bytes of files that are done, of `total`."""
    total: int = 0
    cut: int = 0
    unread: list[tuple[str, str]] = field(default_factory=list)
    """Files that could not be read, and why."""
    resumed: bool = False

    def add(self, batch: "Batch") -> None:
        """Count a batch."""
        self.mails += len(batch.deliveries)
        self.size += sum(len(each.body) for each in batch.deliveries)
        self.cut += sum("announced" in each.hints for each in batch.deliveries)
        self.read = batch.read
        self.unread += batch.unread


@dataclass(frozen=True, slots=True)
class Batch:
    """Some mails in their order, and the place after them."""

    deliveries: tuple[Delivery, ...]
    place: Place
    read: int
    """Bytes of files that are done."""
    unread: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Import:
    """One import."""

    archive: Archive
    dialect: Dialect
    kafka: Kafka
    originals: Originals
    blobs: BlobStore
    job: str
    again: bool = False
    hints: Mapping[str, str] = field(default_factory=dict)
    """What the account's settings tell the reader of each mail."""

    async def run(self, tell: Callable[[Tally], None]) -> Tally:
        """Hand all over; `tell` is called after each transaction. Raises `OuvidorError`."""
        checkpoint = Checkpoint(self.kafka, "import", self.job)
        tally = Tally(total=self.archive.size)
        try:
            cursor = await checkpoint.open()
            known = None if self.again else read_place(cursor)
            begin = await asyncio.to_thread(resume, known, self.archive.units)
            tally.resumed = begin != Place()
            tally.read = sum(unit.size for unit in self.archive.units[: begin.units]) + begin.offset
            tell(tally)
            if not begin.done or begin.units < len(self.archive.units):
                await self._hand_over(checkpoint, begin, tally, tell)
        finally:
            await checkpoint.close()
        return tally

    async def _hand_over(
        self, checkpoint: Checkpoint, begin: Place, tally: Tally, tell: Callable[[Tally], None]
    ) -> None:
        found = batches(self.archive.units, self.dialect, replace(begin, done=False, missed=0), self.hints)
        ahead = asyncio.ensure_future(asyncio.to_thread(next, found, None))
        try:
            while (batch := await asyncio.shield(ahead)) is not None:
                ahead = asyncio.ensure_future(asyncio.to_thread(next, found, None))
                await self._commit(checkpoint, batch)
                tally.add(batch)
                tell(tally)
        finally:
            await asyncio.wait({ahead})  # a thread cannot be cancelled: it ends with the batch that it reads

    async def _commit(self, checkpoint: Checkpoint, batch: Batch) -> None:
        now = datetime.now(UTC)
        registered = [self.originals.register(each, now) for each in batch.deliveries]
        room = asyncio.Semaphore(_WRITES_AT_ONCE)

        async def put(blob: bytes) -> None:
            async with room:
                await self.blobs.put(blob)

        await asyncio.gather(*(put(each.blob) for each in registered if each.blob is not None))
        await checkpoint.commit([each.output for each in registered], write_place(batch.place))


def job_name(network: str, account: str, paths: list[Path], dialect: Dialect) -> str:
    """Name an import: the same files for the same account, wherever the command is called, are the same one."""
    words = "\0".join([dialect, *(str(path.resolve()) for path in paths)])
    digest = sha256(words.encode("utf-8", "surrogateescape")).hexdigest()
    return f"{network}.{account}.{digest[:16]}"


def batches(
    units: list[Unit], dialect: Dialect, begin: Place, hints: Mapping[str, str] | None = None
) -> Iterator[Batch]:
    """Read all that comes after a place. The last batch says that it is done."""
    gathered = _Gathered(hints or {})
    read = sum(unit.size for unit in units[: begin.units])
    place = begin
    for number, unit in enumerate(units[begin.units :], 1):
        offset = place.offset
        try:
            for filed in mails(unit, dialect=dialect, largest=LARGEST, start=offset):
                gathered.add(filed)
                offset = filed.end
                if offset and gathered.full:
                    place = replace(place, offset=offset, before=fingerprint(unit, offset))
                    yield gathered.batch(place, read + filed.read)
        except OSError as error:
            gathered.unread.append((unit.path, error.strerror or type(error).__name__))
            place = replace(place, missed=place.missed + 1)
            offset = 0
        read += unit.size
        if number + begin.units < len(units) or not offset:
            place = replace(place, units=place.units + 1, chain=chain(place.chain, unit), offset=0, before="")
        elif offset != place.offset:  # a mailbox that grows is read on from its end the next time
            place = replace(place, offset=offset, before=fingerprint(unit, offset))
        if gathered.full:
            yield gathered.batch(place, read)
    yield gathered.batch(replace(place, done=True), read)


@dataclass(slots=True)
class _Gathered:
    hints: Mapping[str, str]
    deliveries: list[Delivery] = field(default_factory=list)
    size: int = 0
    unread: list[tuple[str, str]] = field(default_factory=list)

    @property
    def full(self) -> bool:
        return len(self.deliveries) >= _MOST_AT_ONCE or self.size >= _BYTES_AT_ONCE

    def add(self, filed: Filed) -> None:
        hints = self.hints if filed.cut_from is None else {**self.hints, "announced": str(filed.cut_from)}
        body = filed.body
        if filed.media_type == RFC822:
            delivery = Delivery(body, RFC822, own_id=own_id(body), order=order_of(body), hints=hints)
        else:  # a file of another form is known by its bytes
            delivery = Delivery(body, filed.media_type, order=sha256(body).hexdigest(), hints=hints)
        self.deliveries.append(delivery)
        self.size += len(body)

    def batch(self, place: Place, read: int) -> Batch:
        batch = Batch(tuple(self.deliveries), place, read, tuple(self.unread))
        self.deliveries, self.size, self.unread = [], 0, []
        return batch
