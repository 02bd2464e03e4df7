"""What tests of the pull edge need of a river: its topics on the session's broker, and a look at what was committed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from ouvidor.events import Incoming
from ouvidor.settings import Settings
from ouvidor.topic_admin import create
from ouvidor.topics import plan


def own_river(bootstrap: str, name: str) -> dict[str, Any]:
    """Give the settings `kafka` of a test's own topics. `name` is one that no other test has."""
    return {"bootstrap": bootstrap, "prefix": f"{sha256(name.encode()).hexdigest()[:16]}.", "session_timeout": 6}


async def make_topics(settings: Settings) -> None:
    await create(settings, plan(settings.kafka, departments=()))


async def committed(settings: Settings, topic: str) -> list[Incoming]:
    """Give all records that a `read_committed` consumer sees up to the end, in the order of partition and offset."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka.servers, isolation_level="read_committed", auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        await consumer._client.add_topic(topic)
        partitions = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic) or ())]
        ends = await consumer.end_offsets(partitions)
        consumer.assign(partitions)
        found: list[Incoming] = []
        for partition in partitions:
            while await consumer.position(partition) < ends[partition]:
                found.extend((await consumer.getmany(partition, timeout_ms=200)).get(partition, ()))
        assert len({(record.partition, record.offset) for record in found}) == len(found), "this look read some twice"
        return sorted(found, key=lambda record: (record.partition, record.offset))
    finally:
        await consumer.stop()


async def until(holds: Callable[[], bool], within: float = 20) -> None:
    async with asyncio.timeout(within):
        while not holds():  # noqa: ASYNC110 - the condition is another's state
            await asyncio.sleep(0.02)


@asynccontextmanager
async def running(work: asyncio.Future[None]) -> AsyncIterator[asyncio.Future[None]]:
    """Run a task for the length of a block, and see that it leaves when it is cancelled."""
    try:
        yield work
    finally:
        work.cancel()
        await asyncio.wait({work}, timeout=15)
        assert work.done()
