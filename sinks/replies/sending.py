"""Replies on their way in: from a person's command line or the HTTP door to `replies`, with acks=all.

A reply that was not confirmed may have arrived all the same: sent again with its id it is taken once.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from ouvidor.closing import close_client
from ouvidor.errors import Unavailable
from ouvidor.kafka import as_ours, client_options, reach
from ouvidor.records import Reply
from ouvidor.reply_event import reply_event
from ouvidor.settings import Kafka
from ouvidor.topics import Topics
from ouvidor.tracing import new_traceparent

__all__ = ["Sender", "sender"]

_CONNECT_SECONDS: Final = 10.0
_CONFIRM_SECONDS: Final = 5.0


class Sender:
    """Sends replies, and waits until they are durable."""

    def __init__(self, producer: AIOKafkaProducer, kafka: Kafka) -> None:
        self._producer = producer
        self._kafka = kafka
        self._topic = Topics(kafka.prefix).replies

    async def send(self, reply: Reply, source: str) -> None:
        """Send a reply. Raises `OuvidorError` where it is not known to be durable."""
        output = reply_event(reply, self._topic, source, new_traceparent())
        try:
            async with asyncio.timeout(_CONFIRM_SECONDS):
                await self._producer.send_and_wait(
                    output.topic, output.value, key=output.key, headers=list(output.headers)
                )
        except TimeoutError as error:
            raise Unavailable(f"topic {self._topic}: not confirmed within {_CONFIRM_SECONDS:g} s") from error
        except KafkaError as error:
            raise as_ours(error, f"topic {self._topic}", self._kafka) from error


@asynccontextmanager
async def sender(kafka: Kafka) -> AsyncIterator[Sender]:
    """Open a sender. Raises `OuvidorError` where the broker is away or refuses us."""
    await reach(kafka)
    topic = Topics(kafka.prefix).replies
    producer = AIOKafkaProducer(**client_options(kafka), acks="all", enable_idempotence=True)
    try:
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                await producer.start()
        except (KafkaError, OSError) as error:
            raise as_ours(error, f"topic {topic}", kafka) from error
        yield Sender(producer, kafka)
    finally:
        await close_client(producer)
