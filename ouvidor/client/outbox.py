"""Replies on their way out: each durable when `send` returns. The connection is made when the first one goes."""

import asyncio
from typing import Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from ouvidor.closing import close_client
from ouvidor.errors import Unavailable
from ouvidor.events import Output
from ouvidor.kafka import Broker, as_ours, client_options

__all__ = ["Outbox"]

_CONFIRM_SECONDS: Final = 60.0
"""A broker that is started anew is away for half a minute: a program need not end for it."""


class Outbox:
    """Sends records with `acks=all`."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._opening = asyncio.Lock()
        self._producer: AIOKafkaProducer | None = None

    async def send(self, output: Output) -> None:
        """Send a record. Raises `OuvidorError` where it is not known to be durable."""
        try:
            async with asyncio.timeout(_CONFIRM_SECONDS):
                producer = await self._started()
                await producer.send_and_wait(output.topic, output.value, key=output.key, headers=list(output.headers))
        except TimeoutError as error:
            raise Unavailable(f"topic {output.topic}: not confirmed within {_CONFIRM_SECONDS:g} s") from error
        except (KafkaError, OSError) as error:
            raise as_ours(error, f"topic {output.topic}", self._broker) from error

    async def close(self) -> None:
        """Close the connection, if there is one."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await close_client(producer)

    async def _started(self) -> AIOKafkaProducer:
        async with self._opening:
            if self._producer is None:
                producer = AIOKafkaProducer(**client_options(self._broker), acks="all", enable_idempotence=True)
                try:
                    await producer.start()
                except BaseException:
                    await close_client(producer)
                    raise
                self._producer = producer
            return self._producer
