"""The pull edge on the real broker: what was on the shelf is in `originals` once, whatever happens on the way."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog

from ingest.adapter import Account
from ingest.checkpoint import Away, Fenced
from ingest.originals import LARGEST_VALUE, Originals, claim_of
from ingest.pull import LastSuccess, Poller, pause_after
from ouvidor import metrics
from ouvidor.blobs import BlobStore
from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.health import Heart
from ouvidor.identity import Pseudonyms
from ouvidor.local.kafka import LocalKafka
from ouvidor.records import Channel
from ouvidor.settings import Settings
from ouvidor.topics import Topics
from tests.ingest.letters import Shelf, adapter_of
from tests.ingest.river import arrived, committed, make_topics, own_river, running, until


@pytest.fixture
async def settings(kafka: LocalKafka) -> Settings:
    settings = Settings(kafka={**own_river(kafka.bootstrap), "partitions": 1})
    await make_topics(settings)
    return settings


def made(settings: Settings, where: Path, shelf: Shelf) -> Poller:
    blobs = BlobStore.local(where / "blobs")
    originals = Originals(
        channel=Channel.DESK,
        network="letter",
        account="counter",
        topics=Topics(settings.kafka.prefix),
        pseudonyms=Pseudonyms(b"k" * 32),
        zone=settings.organisation.tz,
        uri_of=blobs.uri_of,
    )
    account = Account(network="letter", account="counter")
    return Poller(adapter_of(shelf), account, settings.kafka, originals, blobs, LastSuccess(), draw=lambda: 0.0)


@pytest.fixture
def poller(settings: Settings, tmp_path: Path) -> Callable[[Shelf], Poller]:
    return lambda shelf: made(settings, tmp_path, shelf)


def failures() -> float:
    labels = {"network": "letter", "kind": "unavailable"}
    return metrics.REGISTRY.get_sample_value("ouvidor_channel_failures_total", labels) or 0.0


@asynccontextmanager
async def polling(poller: Poller) -> AsyncIterator[Heart]:
    heart = Heart("letter.counter")
    async with running(asyncio.ensure_future(poller.run(heart))):
        yield heart


async def on_shelf(settings: Settings, count: int) -> list[bytes | None]:
    """Wait until so many originals are committed, and give them."""
    return [record.value for record in await arrived(settings, Topics(settings.kafka.prefix).originals, count)]


def letters(first: int, last: int) -> list[bytes]:
    return [f"letter {number}".encode() for number in range(first, last + 1)]


async def test_what_is_on_the_shelf_is_published_in_order_and_a_restart_goes_on_behind_it(
    settings: Settings, poller: Callable[[Shelf], Poller]
):
    shelf = Shelf(letters(1, 7))
    async with polling(poller(shelf)):
        assert await on_shelf(settings, 7) == letters(1, 7)
    shelf.letters += letters(8, 9)
    async with polling(poller(shelf)):
        assert await on_shelf(settings, 9) == letters(1, 9)
    assert shelf.opened == [None, b"7"]
    assert shelf.closed == 2


async def test_a_failure_in_between_loses_nothing_and_repeats_nothing(
    settings: Settings, poller: Callable[[Shelf], Poller]
):
    shelf = Shelf(letters(1, 2), failures=[Unavailable("the shelf is locked")])
    async with polling(poller(shelf)) as heart:
        await until(lambda: heart.trouble == "the shelf is locked")
        await on_shelf(settings, 2)
        shelf.failures.append(KeyError("a defect of the adapter"))
        await until(lambda: not shelf.failures)
        shelf.letters += letters(3, 4)
        assert await on_shelf(settings, 4) == letters(1, 4)
        await until(lambda: heart.trouble is None)
        assert heart.ready
    assert shelf.opened == [None, None, b"2"]


async def test_an_unforeseen_error_is_told_without_its_words(settings: Settings, poller: Callable[[Shelf], Poller]):
    shelf = Shelf(failures=[ValueError("joana@example.org is not a number")])
    with structlog.testing.capture_logs() as logs:
        async with polling(poller(shelf)) as heart:
            await until(lambda: heart.trouble is not None)
            assert heart.trouble is not None
            assert "ValueError in letters.py" in heart.trouble
    assert "joana" not in str(logs)
    told = [line for line in logs if line["log_level"] == "error"]
    assert [(line["network"], line["account"]) for line in told] == [("letter", "counter")]


async def test_a_broker_that_is_away_is_no_failure_of_the_network_and_is_waited_for(
    own_kafka: Callable[..., Awaitable[LocalKafka]], tmp_path: Path
):
    broker = await own_kafka()
    settings = Settings(kafka={**own_river(broker.bootstrap), "partitions": 1})
    await make_topics(settings)
    shelf = Shelf(letters(1, 2))
    before = failures()
    async with polling(made(settings, tmp_path, shelf)) as heart:
        await on_shelf(settings, 2)
        await broker.stop()
        shelf.letters += letters(3, 4)
        await until(lambda: heart.trouble is not None, within=60)
        await broker.start()
        assert await on_shelf(settings, 4) == letters(1, 4)
    assert failures() == before


async def test_an_empty_shelf_keeps_the_heart_beating_and_writes_nothing(
    settings: Settings, poller: Callable[[Shelf], Poller]
):
    async with polling(poller(Shelf())) as heart:
        await until(lambda: heart.ready)
    assert await committed(settings, Topics(settings.kafka.prefix).checkpoints) == []


async def test_a_letter_that_is_too_large_for_a_record_lies_in_the_blob_store_before_it_is_told_of(
    settings: Settings, poller: Callable[[Shelf], Poller], tmp_path: Path
):
    large = b"x" * (LARGEST_VALUE + 1)
    async with polling(poller(Shelf([large]))):
        await on_shelf(settings, 1)
    [record] = await committed(settings, Topics(settings.kafka.prefix).originals)
    claim = claim_of(record)
    assert not record.value
    assert claim is not None
    assert await BlobStore.local(tmp_path / "blobs").get(claim) == large


async def test_leaving_in_the_middle_of_a_fetch_closes_the_network_at_once(
    settings: Settings, poller: Callable[[Shelf], Poller]
):
    shelf = Shelf(letters(1, 1))
    its = poller(shelf)
    work = asyncio.ensure_future(its.run(Heart("letter.counter")))
    await on_shelf(settings, 1)
    shelf.hang = True
    work.cancel()
    async with asyncio.timeout(30):
        with pytest.raises(asyncio.CancelledError):
            await work
    assert shelf.closed == 1


async def test_two_pollers_of_one_account_publish_each_letter_once_and_the_older_steps_back(
    settings: Settings, poller: Callable[[Shelf], Poller]
):
    older_shelf, newer_shelf = Shelf(letters(1, 2)), Shelf(letters(1, 2))
    async with polling(poller(older_shelf)) as older:
        await on_shelf(settings, 2)
        async with polling(poller(newer_shelf)) as newer:
            await until(lambda: newer.ready)
            older_shelf.letters += letters(3, 4)
            newer_shelf.letters += letters(3, 4)
            await until(lambda: older.trouble is not None)
            assert older.trouble is not None
            assert "another poller" in older.trouble
            assert await on_shelf(settings, 4) == letters(1, 4)
    assert newer_shelf.opened[0] == b"2"


def test_pauses_grow_to_a_minute_and_are_never_all_alike():
    away = Unavailable("away")
    assert [pause_after(away, n, 1.0) for n in (1, 2, 3, 7, 1000)] == [timedelta(seconds=s) for s in (1, 2, 4, 60, 60)]
    assert pause_after(away, 3, 0.0) == timedelta(seconds=2)


def test_a_broker_that_was_away_is_asked_again_within_seconds():
    assert [pause_after(Away("away"), n, 1.0) for n in (1, 3, 9)] == [timedelta(seconds=s) for s in (1, 4, 5)]


def test_a_network_that_says_when_is_not_asked_before():
    assert pause_after(Unavailable("too fast", retry_after=timedelta(seconds=33)), 1, 0.0) > timedelta(seconds=33)


def test_a_wrong_setting_is_tried_again_every_five_minutes():
    assert pause_after(Misconfigured("token"), 1, 0.0) == timedelta(minutes=5)


def test_who_was_fenced_comes_back_ever_later():
    fenced = Fenced("another poller")
    assert [pause_after(fenced, n, 1.0) for n in (1, 2, 100)] == [timedelta(seconds=s) for s in (5, 10, 600)]


def test_the_oldest_success_of_a_networks_accounts_is_told():
    successes = LastSuccess()
    successes.note("oldest-test", "one", datetime(2026, 1, 1, tzinfo=UTC))
    successes.note("oldest-test", "two", datetime(2026, 1, 2, tzinfo=UTC))
    told = metrics.REGISTRY.get_sample_value(
        "ouvidor_channel_last_success_timestamp_seconds", {"network": "oldest-test"}
    )
    assert told == datetime(2026, 1, 1, tzinfo=UTC).timestamp()
