"""The cursor and what it covers are one: on the real broker, with other accounts' transactions in the way."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from aiokafka import AIOKafkaProducer

from ingest.checkpoint import LARGEST_CURSOR, Checkpoint, Fenced
from ouvidor.errors import Rejected, Unavailable
from ouvidor.events import Output
from ouvidor.local.kafka import LocalKafka
from ouvidor.settings import Settings
from ouvidor.topics import Topics
from tests.ingest.river import committed, make_topics, own_river


@pytest.fixture
async def settings(kafka: LocalKafka) -> Settings:
    settings = Settings(kafka={**own_river(kafka.bootstrap), "partitions": 1})
    await make_topics(settings)
    return settings


@pytest.fixture
async def opened(settings: Settings) -> AsyncIterator[Callable[[str], Checkpoint]]:
    """Makes checkpoints, and closes them at the end."""
    made: list[Checkpoint] = []

    def make(account: str) -> Checkpoint:
        made.append(Checkpoint(settings.kafka, "letters", account))
        return made[-1]

    yield make
    for checkpoint in made:
        await checkpoint.close()


def original(settings: Settings, value: bytes) -> Output:
    return Output(Topics(settings.kafka.prefix).originals, value, b"key")


async def originals(settings: Settings) -> list[bytes | None]:
    return [record.value for record in await committed(settings, Topics(settings.kafka.prefix).originals)]


async def test_an_account_that_was_never_read_has_no_cursor(opened: Callable[[str], Checkpoint]):
    assert await opened("new").open() is None


async def test_the_cursor_is_the_one_of_the_last_transaction_of_this_account(
    settings: Settings, opened: Callable[[str], Checkpoint]
):
    ours, others = opened("ours"), opened("others")
    await ours.open()
    await others.open()
    await ours.commit([original(settings, b"1")], b"after 1")
    await ours.commit([original(settings, b"2")], b"after 2")
    await others.commit([original(settings, b"3")], b"after 3")
    assert await opened("ours").open() == b"after 2"


async def test_records_without_a_cursor_leave_the_cursor_as_it_was(
    settings: Settings, opened: Callable[[str], Checkpoint]
):
    first = opened("ours")
    await first.open()
    await first.commit([original(settings, b"1")], b"after 1")
    await first.commit([original(settings, b"2")], None)
    assert await opened("ours").open() == b"after 1"
    assert await originals(settings) == [b"1", b"2"]


async def test_our_cursor_is_found_behind_another_accounts_open_transaction(
    settings: Settings, opened: Callable[[str], Checkpoint]
):
    ours = opened("ours")
    await ours.open()
    checkpoints = Topics(settings.kafka.prefix).checkpoints
    other = AIOKafkaProducer(
        bootstrap_servers=settings.kafka.servers, transactional_id=f"{checkpoints}-other", transaction_timeout_ms=60_000
    )
    await other.start()
    try:
        await other.begin_transaction()
        await other.send_and_wait(checkpoints, b"half-way", key=b"letters/other")
        await ours.commit([original(settings, b"1")], b"after 1")  # the last stable offset is before this one
        reading = asyncio.create_task(opened("ours").open())
        done, _ = await asyncio.wait({reading}, timeout=2)
        assert not done, "it told a cursor while it could not know the last one"
        await other.commit_transaction()
        assert await reading == b"after 1"
    finally:
        await other.stop()


async def test_the_older_of_two_pollers_can_no_longer_commit(settings: Settings, opened: Callable[[str], Checkpoint]):
    older, newer = opened("ours"), opened("ours")
    await older.open()
    await older.commit([original(settings, b"1")], b"after 1")
    assert await newer.open() == b"after 1"
    with pytest.raises(Fenced, match="letters/ours: another poller"):
        await older.commit([original(settings, b"2 by the older")], b"after 2")
    await newer.commit([original(settings, b"2 by the newer")], b"after 2")
    assert await originals(settings) == [b"1", b"2 by the newer"]


async def test_a_transaction_that_was_left_open_is_gone_when_the_fence_is_taken(
    settings: Settings, opened: Callable[[str], Checkpoint]
):
    left = opened("ours")
    await left.open()
    assert left._producer is not None
    await left._producer.begin_transaction()
    await left._producer.send_and_wait(Topics(settings.kafka.prefix).originals, b"never committed", key=b"key")
    assert await opened("ours").open() is None
    assert await originals(settings) == []


async def test_a_transaction_that_fails_leaves_neither_records_nor_cursor(
    settings: Settings, opened: Callable[[str], Checkpoint]
):
    failing = opened("ours")
    await failing.open()
    too_large = original(settings, b"x" * 2_000_000)
    with pytest.raises(Unavailable, match="letters/ours"):
        await failing.commit([original(settings, b"1"), too_large], b"after 2")
    await failing.close()
    assert await opened("ours").open() is None
    assert await originals(settings) == []


async def test_a_commit_that_is_cancelled_is_either_whole_or_nothing(
    settings: Settings, opened: Callable[[str], Checkpoint]
):
    cut = opened("ours")
    await cut.open()
    doing = asyncio.create_task(cut.commit([original(settings, bytes([each])) for each in range(50)], b"after 50"))
    await asyncio.sleep(0)
    doing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await doing
    await cut.close()
    cursor = await opened("ours").open()
    assert (cursor, len(await originals(settings))) in {(b"after 50", 50), (None, 0)}


async def test_a_cursor_that_is_too_large_is_refused_before_anything_is_sent(
    settings: Settings, opened: Callable[[str], Checkpoint]
):
    checkpoint = opened("ours")
    await checkpoint.open()
    with pytest.raises(Rejected, match="65536"):
        await checkpoint.commit([original(settings, b"1")], b"x" * LARGEST_CURSOR)
    assert await originals(settings) == []


async def test_a_broker_that_is_away_is_told_in_seconds():
    away = Checkpoint(Settings(kafka={"bootstrap": "127.0.0.1:9"}).kafka, "letters", "ours")
    async with asyncio.timeout(60):
        with pytest.raises(Unavailable, match=r"127\.0\.0\.1:9"):
            await away.open()
        await away.close()
