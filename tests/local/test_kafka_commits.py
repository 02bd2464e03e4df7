"""A broker that is killed right after it has confirmed a commit keeps it, and lets readers of what is committed go on.

Apache Kafka 4.3.1 does not (`docs/decisions/0006-kafka-4.2.md`).
"""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from ouvidor.closing import close_client
from ouvidor.local.kafka import LocalKafka

_WORKERS = 6
_KILLS = 12
_TIMEOUT_SECONDS = 5.0
"""After so long, and ten seconds until the broker looks, a transaction that nobody ends is ended by the broker."""


async def _commit(broker: LocalKafka, producer: AIOKafkaProducer, round_: int) -> None:
    async with producer.transaction():
        await producer.send_and_wait("out", b"%d" % round_)
        await producer.send_offsets_to_transaction({TopicPartition("in", 0): round_}, "group")


@pytest.mark.faults
async def test_what_was_committed_is_read_though_the_broker_is_killed_at_once(
    own_kafka: Callable[..., Awaitable[LocalKafka]],
) -> None:
    broker = await own_kafka()
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic("in", 1, 1), NewTopic("out", 1, 1)])
    await admin.close()
    for kill in range(_KILLS):
        producers = [
            AIOKafkaProducer(
                bootstrap_servers=broker.bootstrap,
                transactional_id=f"worker-{kill}-{number}",
                transaction_timeout_ms=int(_TIMEOUT_SECONDS * 1000),
            )
            for number in range(_WORKERS)
        ]
        await asyncio.gather(*(producer.start() for producer in producers))
        commits = [asyncio.create_task(_commit(broker, producer, kill)) for producer in producers]
        await asyncio.wait(commits, return_when=asyncio.FIRST_COMPLETED)
        broker.kill()
        await broker.start()
        await asyncio.wait(commits, timeout=30)
        for commit in commits:
            commit.cancel()
        # What a killed broker did to those who were not done is none of this test's business.
        await asyncio.gather(*commits, return_exceptions=True)
        await asyncio.gather(*(close_client(producer) for producer in producers))
        await _assert_no_transaction_hangs(broker)


async def _assert_no_transaction_hangs(broker: LocalKafka) -> None:
    """Both kinds of readers get as far: a transaction that is open holds back those who read what is committed."""
    ends: dict[str, int] = {}
    for isolation in ("read_uncommitted", "read_committed"):
        consumer = AIOKafkaConsumer(bootstrap_servers=broker.bootstrap, isolation_level=isolation)
        await consumer.start()
        try:
            async with asyncio.timeout(_TIMEOUT_SECONDS + 40):
                while ends.get(isolation, -1) < ends.get("read_uncommitted", 0):
                    (ends[isolation],) = (await consumer.end_offsets([TopicPartition("out", 0)])).values()
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise AssertionError(f"a transaction hangs: {ends}") from None
        finally:
            await consumer.stop()
