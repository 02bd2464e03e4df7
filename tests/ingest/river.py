"""What tests of the pull edge need of a river: its topics on the session's broker, and a look at what was committed."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from secrets import token_hex
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from ouvidor.events import Incoming
from ouvidor.kafka import client_options
from ouvidor.settings import Settings
from ouvidor.topic_admin import create
from ouvidor.topics import plan


def own_river(bootstrap: str) -> dict[str, Any]:
    """Give the settings `kafka` of topics that no other test has: an inherited test has the name of its siblings."""
    return {"bootstrap": bootstrap, "prefix": f"{token_hex(8)}.", "session_timeout": 6}


async def make_topics(settings: Settings) -> None:
    await create(settings, plan(settings.kafka, departments=()))


class Watch:
    """What a `read_committed` consumer sees of a topic, from its beginning on."""

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer
        self.records: list[Incoming] = []

    async def at_least(self, count: int, within: float = 60) -> list[Incoming]:
        """Wait until there are so many, and give them in the order of partition and offset."""
        async with asyncio.timeout(within):
            while len(self.records) < count:
                await self._look()
        return self._sorted()

    async def to_the_end(self) -> list[Incoming]:
        """Give all that is committed now."""
        ends = await self._consumer.end_offsets(self._consumer.assignment())
        for partition, end in ends.items():
            while await self._consumer.position(partition) < end:
                await self._look()
        return self._sorted()

    async def _look(self) -> None:
        for found in (await self._consumer.getmany(timeout_ms=100)).values():
            self.records.extend(found)

    def _sorted(self) -> list[Incoming]:
        return sorted(self.records, key=lambda record: (record.partition, record.offset))


@asynccontextmanager
async def watching(settings: Settings, topic: str) -> AsyncIterator[Watch]:
    """Watch a topic."""
    consumer = AIOKafkaConsumer(
        **client_options(settings.kafka), isolation_level="read_committed", auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        await consumer._client.add_topic(topic)
        consumer.assign([TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()])
        yield Watch(consumer)
    finally:
        await consumer.stop()


async def committed(settings: Settings, topic: str) -> list[Incoming]:
    """Give all that is committed now, in the order of partition and offset."""
    async with watching(settings, topic) as watch:
        return await watch.to_the_end()


async def arrived(settings: Settings, topic: str, count: int) -> list[Incoming]:
    """Wait until so many are committed, and give them."""
    async with watching(settings, topic) as watch:
        return await watch.at_least(count)


async def until(holds: Callable[[], bool], within: float = 60) -> None:
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
        await asyncio.wait({work}, timeout=60)
        assert work.done()
