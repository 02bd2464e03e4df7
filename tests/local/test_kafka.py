from collections.abc import Callable

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from ouvidor.local.kafka import LocalKafka


async def create_topic(broker: LocalKafka, name: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1)])
    finally:
        await admin.close()


async def produce(broker: LocalKafka, topic: str, value: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap) as producer:
        await producer.send_and_wait(topic, value)


async def consume_one(broker: LocalKafka, topic: str) -> bytes | None:
    async with AIOKafkaConsumer(topic, bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest") as consumer:
        return (await consumer.getone()).value


async def test_what_is_produced_is_consumed(kafka: LocalKafka, fresh_name: Callable[[str], str]):
    topic = fresh_name("messages")
    await create_topic(kafka, topic)
    await produce(kafka, topic, "não chegou".encode())
    assert await consume_one(kafka, topic) == "não chegou".encode()
