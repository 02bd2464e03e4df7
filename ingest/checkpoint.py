"""One account's cursor on the topic `checkpoints`, and the transactions that move it together with what it covers.

The order is: take the fence (a producer with the account's own transactional id), then read the cursor, then fetch. A
cursor that is read before the fence may be moved by the poller that is fenced out a moment later, and what it covers
would be fetched again.

Where the topic ends is the high watermark, not the last stable offset: while another account's transaction is open, a
`read_committed` reader is told an end that lies before our own last commit. So it reads on until it has passed the
watermark that was told after the fence, and waits for the other's transaction, which is open for seconds at most.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import InvalidProducerEpoch, KafkaError, ProducerFenced

from ouvidor.closing import close_client
from ouvidor.errors import OuvidorError, Rejected, Unavailable
from ouvidor.events import Output
from ouvidor.kafka import as_ours, client_options, reach
from ouvidor.settings import Kafka
from ouvidor.topics import Topics

__all__ = ["LARGEST_CURSOR", "Away", "Checkpoint", "Fenced"]

LARGEST_CURSOR: Final = 64 * 1024
_START_WITHIN = timedelta(seconds=30)
_CLOSE_WITHIN = timedelta(seconds=5)
_POLL_MS = 250
_BATCH_BYTES = 128 * 1024


class Away(Unavailable):
    """The broker is away, or slow: nothing is wrong with the account."""


class Fenced(Away):
    """Another poller of this account took its fence after us, or the broker gave our transaction up."""


class Checkpoint:
    """An account's fence. After any error it is closed, and opened anew: what was committed is then read again."""

    def __init__(self, kafka: Kafka, network: str, account: str) -> None:
        self._kafka = kafka
        self._name = f"{network}/{account}"
        self._topic = Topics(kafka.prefix).checkpoints
        self._transactional_id = f"{kafka.prefix}ingest.{network}.{account}"
        self._producer: AIOKafkaProducer | None = None

    async def open(self) -> bytes | None:
        """Take the fence, then read the cursor of the last committed transaction; None where there is none."""
        try:
            await reach(self._kafka)
            async with asyncio.timeout(_START_WITHIN.total_seconds()):
                await self._take_fence()
            async with asyncio.timeout(self._transaction_seconds + _START_WITHIN.total_seconds()):
                return await self._read_cursor()
        except TimeoutError:
            raise Away(
                f"{self._name}: no fence and cursor in time at {self._kafka.servers}: "
                f"is the topic {self._topic} there, and its transactions' coordinator?"
            ) from None
        except Unavailable as error:
            raise Away(str(error)) from error
        except KafkaError as error:
            raise _ours(error, f"{self._name}: fence and cursor", self._kafka) from error

    async def commit(self, outputs: Sequence[Output], cursor: bytes | None) -> None:
        """Send the records, and the cursor that covers them, in one transaction. A cursor of None stays as it was.

        Raises `Fenced` where another poller of the account has come. When it is cancelled it first brings the
        transaction to its end.
        """
        if cursor is not None and len(cursor) >= LARGEST_CURSOR:
            raise Rejected(f"{self._name}: a cursor of {len(cursor)} bytes: it must stay under {LARGEST_CURSOR}")
        transaction = asyncio.create_task(self._commit(outputs, cursor), name=f"commit {self._name}")
        try:
            async with asyncio.timeout(self._transaction_seconds):
                await asyncio.shield(transaction)
        except TimeoutError:
            raise Away(f"{self._name}: no end of a transaction in {self._transaction_seconds:g} s") from None
        except asyncio.CancelledError:
            await asyncio.wait({transaction}, timeout=_CLOSE_WITHIN.total_seconds())
            raise
        except (ProducerFenced, InvalidProducerEpoch) as error:
            words = f"{self._name}: another poller has taken this account, or our transaction took too long"
            raise Fenced(words) from error
        except KafkaError as error:
            raise _ours(error, f"{self._name}: transaction", self._kafka) from error
        finally:
            if transaction.cancel():  # it was cut off: whoever takes the fence next aborts it
                await asyncio.wait({transaction}, timeout=_CLOSE_WITHIN.total_seconds())

    async def close(self) -> None:
        """Let go of the fence's producer, in any state, without raising and within seconds."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await close_client(producer)

    @property
    def _transaction_seconds(self) -> float:
        """After so long the broker gives an open transaction up by itself: to wait for longer is of no use."""
        return self._kafka.session_timeout.total_seconds()

    async def _take_fence(self) -> None:
        self._producer = AIOKafkaProducer(
            **client_options(self._kafka),
            client_id=f"ouvidor-ingest-{self._name.replace('/', '-')}",
            transactional_id=self._transactional_id,
            transaction_timeout_ms=int(self._transaction_seconds * 1000),
            max_batch_size=_BATCH_BYTES,
            linger_ms=5,
        )
        await self._producer.start()

    async def _read_cursor(self) -> bytes | None:
        consumer = AIOKafkaConsumer(
            **client_options(self._kafka),
            client_id=f"ouvidor-ingest-{self._name.replace('/', '-')}",
            isolation_level="read_committed",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
        )
        found: bytes | None = None
        only = TopicPartition(self._topic, 0)
        key = self._name.encode()
        try:
            await consumer.start()
            consumer.assign([only])
            await consumer.seek_to_beginning(only)
            end: int | None = None
            while end is None or await consumer.position(only) < end:
                for record in (await consumer.getmany(only, timeout_ms=_POLL_MS)).get(only, ()):
                    if record.key == key:
                        found = record.value
                if end is None:  # the first one told: it is of after the fence, and later ones move on with others
                    end = consumer.highwater(only)
        finally:
            await close_client(consumer)
        return found

    async def _commit(self, outputs: Sequence[Output], cursor: bytes | None) -> None:
        producer = self._producer
        if producer is None:
            raise Away(f"{self._name}: no fence is held")
        await producer.begin_transaction()
        try:
            sent = [
                await producer.send(
                    output.topic,
                    output.value,
                    key=output.key,
                    partition=output.partition,
                    headers=list(output.headers),
                )
                for output in outputs
            ]
            if cursor is not None:
                sent.append(await producer.send(self._topic, cursor, key=self._name.encode(), partition=0))
            await asyncio.gather(*sent)
        except KafkaError:
            with suppress(KafkaError, AssertionError):  # of one that was fenced there is nothing to abort
                await producer.abort_transaction()  # an open one holds back every reader until it times out
            raise
        await producer.commit_transaction()


def _ours(error: KafkaError, doing: str, kafka: Kafka) -> OuvidorError:
    told = as_ours(error, doing, kafka)
    return Away(str(told)) if isinstance(told, Unavailable) else told
