"""The direct way to the broker: a producer that sends groups of records, and is given up when it does not confirm.

Records that came together go as one batch a partition, with one future for all: a future, a timer and a partition's
hash for each record would cost more than the rest of the intake. An idempotent producer of aiokafka never gives up a
batch, and `stop` waits for it, so a producer whose broker is away is retired: it stops whenever its broker lets it, and
is ended by force with the process. What it held is in the spool as well.

Source: aiokafka 0.14, `Sender`, `MessageAccumulator`, `AIOKafkaProducer.stop`.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, ProducerClosed
from aiokafka.producer.message_accumulator import BatchBuilder

from ouvidor.errors import Unavailable
from ouvidor.events import Output
from ouvidor.kafka import as_ours, client_options, reach
from ouvidor.partitions import partition_of
from ouvidor.settings import Kafka

__all__ = ["Direct"]

_CONNECT: Final = 10.0
"""Seconds for a broker to answer who it is; it is asked again after them."""
_TELL: Final = 2.0
"""Seconds for a broker that answers to tell of the topic."""
_BATCH_BYTES: Final = 256 * 1024
_LAST_SECONDS: Final = 1.0


class Direct:
    """A started producer of one topic."""

    def __init__(self, producer: AIOKafkaProducer, kafka: Kafka, topic: str, partitions: int) -> None:
        self._producer = producer
        self._kafka = kafka
        self._topic = topic
        self._partitions = partitions
        self._retired: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, kafka: Kafka, topic: str) -> "Direct":
        """Connect. Raises `Unavailable`, or `Misconfigured` where the broker refuses us."""
        await reach(kafka)
        producer = AIOKafkaProducer(
            **client_options(kafka),
            acks="all",
            enable_idempotence=True,
            max_batch_size=_BATCH_BYTES,
            request_timeout_ms=int(_CONNECT * 1000),
        )
        direct = cls(producer, kafka, topic, 0)
        try:
            async with asyncio.timeout(_CONNECT):
                await producer.start()
            direct._partitions = await direct._count(topic)
        except (KafkaError, OSError) as error:  # a TimeoutError is an OSError
            await direct.end()
            raise as_ours(error, f"topic {topic}", kafka) from error
        except BaseException:
            await direct.end()
            raise
        return direct

    async def _count(self, topic: str) -> int:
        """Count the topic's partitions. aiokafka waits for a topic that is missing as long as one lets it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_TELL):
                if partitions := await self._producer.partitions_for(topic):
                    return len(partitions)
        raise Unavailable(f"topic {topic} is missing: `ouvidor topics create` makes it")

    async def send(self, records: Sequence[Output], within: float) -> None:
        """Send, and wait until all are confirmed. Raises `OuvidorError`: they may have arrived, or may yet."""
        confirmed: list[asyncio.Future[Any]] = []
        try:
            async with asyncio.timeout(within):
                for partition, batch in self._batches(records):
                    future = await self._producer.send_batch(batch, self._topic, partition=partition)
                    future.add_done_callback(_look)
                    confirmed.append(future)
                await asyncio.wait(confirmed)
        except TimeoutError as error:
            raise Unavailable(f"topic {self._topic}: not confirmed within {within:g} s") from error
        except KafkaError as error:
            raise as_ours(error, f"topic {self._topic}", self._kafka) from error
        for future in confirmed:
            if isinstance(found := future.exception(), Exception):
                raise as_ours(found, f"topic {self._topic}", self._kafka) from found

    def _batches(self, records: Sequence[Output]) -> Iterator[tuple[int, BatchBuilder]]:
        create = self._producer.create_batch
        filling: dict[int, BatchBuilder] = {}
        for record in records:
            number = partition_of(record.key, self._partitions)
            batch = filling.get(number)
            if batch is None:
                batch = filling[number] = create()
            headers = list(record.headers)
            if batch.append(timestamp=None, key=record.key, value=record.value, headers=headers) is None:
                yield number, batch
                batch = filling[number] = create()
                batch.append(timestamp=None, key=record.key, value=record.value, headers=headers)
        yield from filling.items()

    def retire(self) -> "asyncio.Task[None]":
        """Begin to close it; it ends when its broker has answered for what it holds."""
        if self._retired is None:
            self._retired = asyncio.create_task(self._stop(), name="producer-retired")
        return self._retired

    async def end(self) -> None:
        """Close it in bounded time, whatever its broker does."""
        task = self.retire()
        await asyncio.wait({task}, timeout=_LAST_SECONDS)
        if not task.done():
            # There is no public way to make it let go of batches; without it, its tasks would outlive the loop.
            self._producer._message_accumulator.fail_all(ProducerClosed())  # noqa: SLF001
            await asyncio.wait({task}, timeout=_LAST_SECONDS)
            task.cancel()
        await self._producer.client.close()

    async def _stop(self) -> None:
        with suppress(KafkaError, OSError, KeyError):  # KeyError: aiokafka looks for a batch that it was made to drop
            await self._producer.stop()


def _look(future: "asyncio.Future[Any]") -> None:
    """See an error that nobody waits for any more, so that it is not reported as forgotten."""
    if not future.cancelled():
        future.exception()
