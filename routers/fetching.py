"""Messages with their verdicts, read again at the places where they are.

A handed-back message is asked for rarely, so that a consumer is opened for a batch and closed after it. What is not
there any more is gone: the event becomes a dead letter, and a person takes the case.
"""

import asyncio
from collections.abc import Collection
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from ouvidor.errors import OuvidorError, Rejected, Unavailable
from ouvidor.events import CLASSIFIED, Incoming, decode
from ouvidor.fence import close_client
from ouvidor.kafka import as_ours, client_options
from ouvidor.records import Classified, Place
from ouvidor.settings import Kafka

__all__ = ["fetch"]

_AT_ONCE: Final = 50
_WITHIN_SECONDS: Final = 5.0


async def fetch(places: Collection[Place], kafka: Kafka) -> dict[Place, Classified | OuvidorError]:
    """Give what is at each place, or why it cannot be had; of very many, some wait for the next batch.

    Raises `OuvidorError` where the broker is away.
    """
    wanted = list(dict.fromkeys(places))
    found: dict[Place, Classified | OuvidorError] = {
        place: Unavailable(f"{len(wanted) - _AT_ONCE} messages wait to be read again in the next batch")
        for place in wanted[_AT_ONCE:]
    }
    consumer = AIOKafkaConsumer(
        **client_options(kafka),
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    try:
        async with asyncio.timeout(_WITHIN_SECONDS):
            await consumer.start()
            for place in wanted[:_AT_ONCE]:
                found[place] = await _at(consumer, place)
    except (KafkaError, TimeoutError) as error:
        raise as_ours(error, "reading messages again") from error
    finally:
        await close_client(consumer)
    return found


async def _at(consumer: AIOKafkaConsumer, place: Place) -> Classified | OuvidorError:
    partition = TopicPartition(place.topic, place.partition)
    gone = Rejected(f"the message is not at {place.topic}/{place.partition}/{place.offset} any more")
    consumer.assign([partition])
    begin = (await consumer.beginning_offsets([partition]))[partition]
    end = (await consumer.end_offsets([partition]))[partition]
    if not begin <= place.offset < end:
        return gone
    consumer.seek(partition, place.offset)
    record: Incoming = await consumer.getone(partition)
    if record.offset != place.offset:
        return gone
    try:
        return decode(record, Classified, type=CLASSIFIED)
    except Rejected as error:
        return error
