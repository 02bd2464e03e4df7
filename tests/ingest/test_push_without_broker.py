"""The push edge while its broker is away: nobody waits, and what was answered with yes arrives in order."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from ingest.originals import claim_of
from ouvidor.blobs import BlobStore
from ouvidor.local.kafka import LocalKafka
from tests.ingest.edge import listening, numbers, settings_for, words_of
from tests.ingest.river import make_topics, until


@pytest.fixture(scope="module")
async def one_to_break(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LocalKafka]:
    async with LocalKafka(tmp_path_factory.mktemp("broker-to-break")) as broker:
        yield broker


@pytest.fixture
async def broker(one_to_break: LocalKafka) -> LocalKafka:
    """A broker that may be killed and frozen: it runs when a test begins."""
    await one_to_break.start()
    return one_to_break


class TestWithoutABroker:
    async def test_what_came_while_the_broker_was_away_follows_in_order_and_then_it_goes_on_directly(
        self, broker: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path
    ):
        settings = settings_for(broker.bootstrap, f"{fresh_name('p')}.", tmp_path)
        await make_topics(settings)
        async with listening(settings, direct=True) as edge:
            for words in numbers(1, 20):
                await edge.post(words)
            broker.kill()
            for words in numbers(21, 60):
                await edge.post(words)
            assert edge.prompt
            assert edge.spooled >= 39  # what was in flight when the broker went may have been confirmed
            assert edge.heart.alive
            assert edge.heart.trouble
            await broker.start()
            await until(lambda: edge.spooled == 0)
            for words in numbers(61, 80):
                await edge.post(words)
            assert edge.spooled == 0
            assert edge.heart.trouble is None
            assert words_of(await edge.originals(80)) == numbers(1, 80)

    async def test_a_frozen_broker_keeps_nobody_waiting(
        self, broker: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path
    ):
        settings = settings_for(broker.bootstrap, f"{fresh_name('p')}.", tmp_path)
        await make_topics(settings)
        async with listening(settings, direct=True) as edge:
            await edge.post("palavra 1")
            broker.freeze()
            try:
                for words in numbers(2, 30):
                    await edge.post(words)
                assert edge.prompt
                assert edge.spooled >= 29  # the first may have been late for its own reasons
            finally:
                broker.thaw()
            await until(lambda: edge.spooled == 0)
            await edge.post("palavra 31")
            assert words_of(await edge.originals(31)) == numbers(1, 31)

    async def test_what_waits_survives_a_restart(
        self, broker: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path
    ):
        settings = settings_for(broker.bootstrap, f"{fresh_name('p')}.", tmp_path)
        await make_topics(settings)
        broker.kill()
        async with listening(settings) as edge:
            for words in numbers(1, 10):
                await edge.post(words)
        async with listening(settings) as edge:
            assert edge.spooled == 10
            await edge.post("palavra 11")
            await broker.start()
            await until(lambda: edge.spooled == 0)
            assert words_of(await edge.originals(11)) == numbers(1, 11)

    async def test_while_much_waits_and_more_comes_the_order_holds_and_the_spool_runs_dry(
        self, broker: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path
    ):
        settings = settings_for(broker.bootstrap, f"{fresh_name('p')}.", tmp_path)
        await make_topics(settings)
        broker.kill()
        async with listening(settings) as edge:
            sent: list[str] = []

            async def send(sender: int, until_dry: Callable[[], bool]) -> None:
                number = 0
                while not until_dry() or number < 100:
                    number += 1
                    sent.append(f"{sender} {number}")
                    await edge.post(f"{sender} {number}")
                    await asyncio.sleep(0.01)  # the broker needs the processor too

            dry = asyncio.Event()
            senders = [asyncio.ensure_future(send(sender, dry.is_set)) for sender in range(8)]
            await until(lambda: edge.spooled > 500)
            await broker.start()
            await until(lambda: edge.spooled == 0, within=60)
            dry.set()
            await asyncio.gather(*senders)
            found = words_of(await edge.originals(len(sent)))
            assert sorted(found) == sorted(sent)
            for sender in range(8):
                mine = [words for words in found if words.startswith(f"{sender} ")]
                assert mine == [f"{sender} {number}" for number in range(1, len(mine) + 1)]

    async def test_a_topic_that_is_missing_is_waited_for(
        self, kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path
    ):
        settings = settings_for(kafka.bootstrap, f"{fresh_name('p')}.", tmp_path)
        async with listening(settings) as edge:
            await edge.post("antes do tópico")
            await until(lambda: "originals" in (edge.heart.trouble or ""))
            await make_topics(settings)
            await until(lambda: edge.spooled == 0)
            assert words_of(await edge.originals(1)) == ["antes do tópico"]

    async def test_a_blob_store_that_is_away_keeps_nobody_waiting_and_nothing_is_lost(
        self, kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path
    ):
        settings = settings_for(kafka.bootstrap, f"{fresh_name('p')}.", tmp_path)
        await make_topics(settings)
        async with listening(settings, direct=True) as edge:
            await edge.post("antes")
            (tmp_path / "blobs").chmod(0o500)
            (tmp_path / "blobs").rename(tmp_path / "away")
            (tmp_path / "blobs").write_bytes(b"no directory")
            large = "x" * 100_000
            await edge.post(large)
            await edge.post("depois")
            assert edge.spooled >= 2
            (tmp_path / "blobs").unlink()
            (tmp_path / "away").rename(tmp_path / "blobs")
            (tmp_path / "blobs").chmod(0o700)
            await until(lambda: edge.spooled == 0)
            records = await edge.originals(3)
            store = BlobStore.from_settings(settings)
            claim = next(record for record in records if claim_of(record))
            assert json.loads(await store.get(claim_of(claim) or ""))["message"] == large
            assert [record for record in records if record.value][-1].value == b'{"message": "depois"}'
