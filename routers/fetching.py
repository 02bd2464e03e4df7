"""Messages with their verdicts, read again at the places where they are.

A handed-back message is asked for rarely, so that a consumer is opened for a batch and closed after it. What is not
there any more is gone: the event becomes a dead letter, and a person takes the case.
"""

import asyncio
from collections.abc import Collection
from contextlib import suppress
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from ouvidor.closing import close_client
from ouvidor.errors import OuvidorError, Rejected, Unavailable
from ouvidor.events import CLASSIFIED, Incoming, decode
from ouvidor.kafka import as_ours, client_options
from ouvidor.records import Classified, Place
from ouvidor.settings import Kafka

__all__ = ["fetch"]

_CONNECT_SECONDS: Final = 5.0
_READ_SECONDS: Final = 3.0
_WAIT_MS: Final = 20
"""How long the broker may hold an answer back for more records: ours are there already."""
_FETCH_BYTES: Final = 256 * 1024


async def fetch(places: Collection[Place], kafka: Kafka) -> dict[Place, Classified | OuvidorError]:
    """Give what is at each place, or why it cannot be had. What is not read in time waits for the next batch.

    They are read in the given order, so that a batch always goes on by some. Raises `OuvidorError` where the broker is
    away.
    """
    wanted = list(dict.fromkeys(places))
    found: dict[Place, Classified | OuvidorError] = {}
    consumer = AIOKafkaConsumer(
        **client_options(kafka),
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        fetch_max_wait_ms=_WAIT_MS,
        max_partition_fetch_bytes=_FETCH_BYTES,
    )
    try:
        async with asyncio.timeout(_CONNECT_SECONDS):
            await consumer.start()
            partitions = {TopicPartition(place.topic, place.partition) for place in wanted}
            begins = await consumer.beginning_offsets(partitions)
            ends = await consumer.end_offsets(partitions)
        with suppress(TimeoutError):
            async with asyncio.timeout(_READ_SECONDS):
                for place in wanted:
                    at = TopicPartition(place.topic, place.partition)
                    is_there = begins[at] <= place.offset < ends[at]
                    found[place] = await _at(consumer, place, at) if is_there else _gone(place)
    except (KafkaError, TimeoutError) as error:
        raise as_ours(error, "reading messages again", kafka) from error
    finally:
        await close_client(consumer)
    later = Unavailable(f"{len(wanted) - len(found)} messages wait to be read again in the next batch")
    return {place: found.get(place, later) for place in wanted}


async def _at(consumer: AIOKafkaConsumer, place: Place, at: TopicPartition) -> Classified | OuvidorError:
    consumer.assign([at])  # anew: aiokafka rests 0.1 s before it fetches for a partition that was read from already
    consumer.seek(at, place.offset)
    record: Incoming = await consumer.getone(at)
    if record.offset != place.offset:
        return _gone(place)
    try:
        return decode(record, Classified, type=CLASSIFIED)
    except Rejected as error:
        return error


def _gone(place: Place) -> Rejected:
    return Rejected(f"the message is not at {place.topic}/{place.partition}/{place.offset} any more")
