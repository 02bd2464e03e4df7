"""Dead letters on the real broker: listed while open, sent again once, byte for byte."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.structs import ConsumerRecord

from ouvidor.batch import DeadLetters
from ouvidor.dead_letters import Place, find, open_letters, retry
from ouvidor.errors import Misconfigured, Rejected
from ouvidor.local.kafka import LocalKafka
from ouvidor.settings import Kafka, Settings
from ouvidor.topic_admin import create
from ouvidor.topics import Topics, plan

POISON = b"\xff\xfe not text, not JSON \x00"


@dataclass
class River:
    settings: Settings
    producer: AIOKafkaProducer

    @property
    def topics(self) -> Topics:
        return Topics(self.settings.kafka.prefix)

    async def bury(self, stage: str, value: bytes | None = POISON, *, partition: int = 1) -> Place:
        """Do as the stage does with a record that no function understands."""
        record = ConsumerRecord(
            self.topics.classified, partition, 7, 1_760_000_000_000, 0, b"key", value, None, 3, 0,
            (("ce_type", b"x"), ("ce_subject", b"20261121-0000-0000-000"), ("odd", None)),
        )  # fmt: skip
        letters = DeadLetters(stage, self.topics, clock=lambda: datetime(2026, 11, 21, tzinfo=UTC))
        letter, _case = letters.outputs(record, Rejected("data does not fit"), 1)
        sent = await self.producer.send_and_wait(
            letter.topic, letter.value, key=letter.key, headers=list(letter.headers)
        )
        return Place(sent.partition, sent.offset)

    async def read(self, topic: str, partition: int) -> list[ConsumerRecord]:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.settings.kafka.servers, isolation_level="read_committed", group_id=None
        )
        await consumer.start()
        try:
            at = TopicPartition(topic, partition)
            consumer.assign([at])
            await consumer.seek_to_beginning(at)
            found: list[ConsumerRecord] = []
            end = (await consumer.end_offsets([at]))[at]
            while await consumer.position(at) < end:
                found.extend((await consumer.getmany(at, timeout_ms=500)).get(at, []))
            return found
        finally:
            await consumer.stop()


@pytest.fixture
async def river(kafka: LocalKafka, fresh_name: Callable[[str], str]) -> AsyncIterator[River]:
    settings = Settings(kafka=Kafka(bootstrap=kafka.bootstrap, prefix=fresh_name("p") + "."))
    await create(settings, plan(settings.kafka, []))
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap)
    await producer.start()
    yield River(settings, producer)
    await producer.stop()


async def test_what_died_is_listed_with_its_reason(river: River):
    place = await river.bury("route")

    (letter,) = await open_letters(river.settings)

    assert letter.place == place
    assert letter.protocol == "20261121-0000-0000-000"
    assert (letter.letter.error, letter.letter.reason) == ("Rejected", "data does not fit")
    assert letter.letter.value == POISON


async def test_letters_of_one_stage_may_be_asked_for(river: River):
    await river.bury("route")
    place = await river.bury("sinks")

    assert [each.place for each in await open_letters(river.settings, stage="sinks")] == [place]


async def test_a_letter_is_sent_again_byte_for_byte_to_where_it_came_from(river: River):
    place = await river.bury("route", partition=3)

    sent = await retry(river.settings, [place])

    assert [each.place for each in sent] == [place]
    (record,) = await river.read(river.topics.classified, 3)
    assert (record.key, record.value) == (b"key", POISON)
    assert list(record.headers) == [("ce_type", b"x"), ("ce_subject", b"20261121-0000-0000-000"), ("odd", None)]


async def test_what_was_sent_again_is_open_no_longer_and_not_sent_twice(river: River):
    place, other = await river.bury("route"), await river.bury("route", b"{}")
    await retry(river.settings, [place])

    assert [each.place for each in await open_letters(river.settings)] == [other]
    with pytest.raises(Rejected, match=rf"{place}: no open dead letter, or sent again already; nothing was sent"):
        await retry(river.settings, [other, place])
    assert len(await river.read(river.topics.classified, 1)) == 1


async def test_two_who_retry_at_once_send_a_letter_once(river: River):
    for _ in range(5):
        await river.bury("route")

    found = await asyncio.gather(*(retry(river.settings, None) for _ in range(2)), return_exceptions=True)

    assert len(await river.read(river.topics.classified, 1)) == 5
    assert any(isinstance(each, list) for each in found)
    assert await open_letters(river.settings) == []


async def test_all_of_a_stage_are_sent_again_and_no_others(river: River):
    await river.bury("route", b"1", partition=0)
    kept = await river.bury("sinks", b"2", partition=0)
    await river.bury("route", b"3", partition=0)

    assert len(await retry(river.settings, None, stage="route")) == 2

    assert [record.value for record in await river.read(river.topics.classified, 0)] == [b"1", b"3"]
    assert [each.place for each in await open_letters(river.settings)] == [kept]


async def test_a_letter_is_found_whether_it_was_sent_again_or_not(river: River):
    place = await river.bury("route", None)
    assert (await find(river.settings, place)).letter.value is None
    await retry(river.settings, [place])
    assert (await find(river.settings, place)).place == place


async def test_the_note_of_a_retry_is_no_letter(river: River):
    place = await river.bury("route")
    await retry(river.settings, [place])
    with pytest.raises(Rejected, match="no dead letter is there"):
        await find(river.settings, Place(place.partition, place.offset + 1))


@pytest.mark.parametrize("written", ["0-999", "9-0"])
async def test_a_place_without_a_letter_is_told(river: River, written: str):
    with pytest.raises(Rejected, match=rf"{written}: no dead letter is there"):
        await find(river.settings, Place.read(written))


@pytest.mark.parametrize("written", ["", "7", "a-b", "1-", "-1-2", "1-2-3"])
def test_what_is_no_place_is_told(written: str):
    with pytest.raises(Rejected, match="PARTITION-OFFSET is expected"):
        Place.read(written)


async def test_a_topic_that_is_missing_is_named(kafka: LocalKafka, fresh_name: Callable[[str], str]):
    settings = Settings(kafka=Kafka(bootstrap=kafka.bootstrap, prefix=fresh_name("nothing") + "."))
    with pytest.raises(Misconfigured, match=r"dead-letter: no such topic"):
        await open_letters(settings)
