"""The dead letters: which are open, what is in one, and sending one again.

A letter is sent again as it came: the same bytes, key, headers and partition. In the same transaction goes a note that
it was (`Retried`), so that it is open no longer and can't be sent twice by two people; the producer's fence is taken
before the notes are read. A letter that fails again is a new dead letter.
"""

from collections.abc import AsyncGenerator, Collection
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, ProducerFenced

from ouvidor.closing import close_client
from ouvidor.errors import Misconfigured, Rejected, Unavailable
from ouvidor.events import DEAD_LETTERED, RETRIED, Incoming, decode, encode, header
from ouvidor.kafka import as_ours, client_options, reach
from ouvidor.records import DeadLetter, Retried
from ouvidor.settings import Settings
from ouvidor.tail import Span, tail
from ouvidor.topics import Topics

__all__ = ["Letter", "Place", "find", "open_letters", "retry"]

_LARGEST_BYTES = 8 * 2**20
_SOURCE = "/dead-letters"


class Place(NamedTuple):
    """Where a dead letter is in its topic; written `partition-offset`."""

    partition: int
    offset: int

    @classmethod
    def read(cls, written: str) -> "Place":
        """Read `partition-offset`. Raises `Rejected` where it is none."""
        partition, _, offset = written.partition("-")
        if not (partition.isdigit() and offset.isdigit()):
            raise Rejected(f"{written!r} is no dead letter: PARTITION-OFFSET is expected, as `list` shows it")
        return cls(int(partition), int(offset))

    def __str__(self) -> str:
        return f"{self.partition}-{self.offset}"


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter, and when it became one."""

    place: Place
    died_at: datetime
    protocol: str | None
    letter: DeadLetter


async def open_letters(settings: Settings, stage: str | None = None) -> list[Letter]:
    """Give the letters that nobody has sent again, oldest first; of one stage, if it is given."""
    return await _read(settings, stage)


async def find(settings: Settings, place: Place) -> Letter:
    """Give one letter, sent again or not. Raises `Rejected` where there is none."""
    async with aclosing(_all_records(settings)) as records:
        async for record in records:
            if place == (record.partition, record.offset) and header(record, "ce_type") == DEAD_LETTERED:
                return _letter(record)
    raise Rejected(f"{place}: no dead letter is there; `ouvidor dead-letters list` shows those that are open")


async def retry(settings: Settings, places: Collection[Place] | None, stage: str | None = None) -> list[Letter]:
    """Send open letters again: those of `places`, or all (of a stage). Gives those that were sent.

    Raises `Rejected`, and sends none, where one of `places` is not open.
    """
    kafka = settings.kafka
    await reach(kafka)
    producer = AIOKafkaProducer(
        **client_options(kafka), transactional_id=f"{kafka.prefix}dead-letters.retry", max_request_size=_LARGEST_BYTES
    )
    try:
        await producer.start()
        letters = {letter.place: letter for letter in await _read(settings, stage)}
        if places is not None and (gone := [str(place) for place in places if place not in letters]):
            raise Rejected(f"{', '.join(gone)}: no open dead letter, or sent again already; nothing was sent")
        wanted = list(letters.values()) if places is None else [letters[place] for place in places]
        for letter in wanted:  # one transaction each: a hundred large letters must not fail together
            async with producer.transaction():
                await _send(producer, letter, Topics(kafka.prefix).dead_letter)
    except ProducerFenced:
        raise Unavailable("somebody else began to send dead letters again; see what is still open") from None
    except (KafkaError, TimeoutError) as error:
        raise as_ours(error, "sending dead letters again", kafka) from error
    finally:
        await close_client(producer)
    return wanted


async def _send(producer: AIOKafkaProducer, letter: Letter, dead_letters: str) -> None:
    was = letter.letter
    known = await producer.partitions_for(was.topic)
    if not known:
        raise Misconfigured(f"topic {was.topic} is missing: `ouvidor topics create` makes it")
    await producer.send_and_wait(
        was.topic,
        was.value,
        key=was.key,
        headers=[(name, value) for name, value in was.headers],
        partition=was.partition if was.partition in known else None,
    )
    note = encode(
        Retried(partition=letter.place.partition, offset=letter.place.offset),
        topic=dead_letters,
        key=letter.protocol or str(letter.place),
        id=f"retried-{letter.place}",
        type=RETRIED,
        source=_SOURCE,
        time=datetime.now(UTC),
        subject=letter.protocol,
    )
    await producer.send_and_wait(note.topic, note.value, key=note.key, headers=list(note.headers))


async def _read(settings: Settings, stage: str | None) -> list[Letter]:
    letters: dict[Place, Letter] = {}
    retried: set[Place] = set()
    async for record in _all_records(settings):
        kind = header(record, "ce_type")
        if kind == DEAD_LETTERED:
            letter = _letter(record)
            letters[letter.place] = letter
        elif kind == RETRIED:
            note = decode(record, Retried, type=RETRIED)
            retried.add(Place(note.partition, note.offset))
    found = (letter for place, letter in letters.items() if place not in retried)
    return sorted(
        (letter for letter in found if stage is None or letter.letter.stage == stage), key=lambda each: each.died_at
    )


def _letter(record: Incoming) -> Letter:
    return Letter(
        place=Place(record.partition, record.offset),
        died_at=datetime.fromtimestamp(record.timestamp / 1000, UTC),
        protocol=header(record, "ce_subject"),
        letter=decode(record, DeadLetter, type=DEAD_LETTERED),
    )


def _all_records(settings: Settings) -> AsyncGenerator[Incoming, None]:
    return tail(settings, Topics(settings.kafka.prefix).dead_letter, Span(last=None, follow=False))
