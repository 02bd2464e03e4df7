"""Ending a Kafka client, whatever state it is in.

Told to Python's own logging: departments' programs, which bring no other, close theirs by it too.
"""

import asyncio
import logging
from typing import Any, Final

from aiokafka import AIOKafkaProducer

__all__ = ["close_client"]

_log = logging.getLogger(__name__)
_CLOSE_SECONDS: Final = 3.0


async def close_client(client: Any, within: float = _CLOSE_SECONDS) -> None:  # noqa: ANN401 - any of aiokafka's
    """Close a producer or consumer in any state, in bounded time: one that was fenced or cut off cannot end well."""
    try:
        async with asyncio.timeout(within):
            await client.stop()
    except asyncio.CancelledError:  # aiokafka's own, where the broker is gone: nobody cancelled us
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        _log.info("%s ended badly: cancelled", type(client).__name__)
    except Exception as error:  # noqa: BLE001 - whatever it was, there is nothing left to do with this client
        _log.info("%s ended badly: %s", type(client).__name__, type(error).__name__)
    if isinstance(client, AIOKafkaProducer):
        _hear_out(client)


def _hear_out(producer: AIOKafkaProducer) -> None:
    """Take note of what failed inside the client: asyncio tells each error that nobody asked for, with a traceback."""
    batches = producer._message_accumulator._batches.values()  # noqa: SLF001 - it has no other way to ask
    waiters = [batch._drain_waiter for of_partition in batches for batch in of_partition]  # noqa: SLF001
    if producer._txn_manager is not None:  # noqa: SLF001
        waiters.append(producer._txn_manager._transaction_waiter)  # noqa: SLF001
    for waiter in waiters:
        if waiter is not None and waiter.done() and not waiter.cancelled():
            waiter.exception()
