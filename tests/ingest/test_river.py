"""The room whole: folder and Telegram in, `inbound.<channel>` out, on the real broker, each message once."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from ingest.adapter import Delivery
from ingest.originals import Originals
from ingest.registry import adapter
from ingest.stage import services
from ouvidor import metrics
from ouvidor.blobs import BlobStore
from ouvidor.demo.standin_telegram import TelegramStandIn
from ouvidor.events import INBOUND, Output, decode, header
from ouvidor.health import Heart
from ouvidor.identity import Pseudonyms
from ouvidor.local.kafka import LocalKafka
from ouvidor.records import Channel, DeadLetter, Message, NetworkEvent
from ouvidor.service import Stage
from ouvidor.settings import Settings
from ouvidor.stage import StageRunner
from ouvidor.topics import Topics
from tests.ingest.hearing import RECEIVED
from tests.ingest.river import arrived, committed, make_topics, own_river, running

TOKEN = "700000001:AAE-a_made_up_secret_of_35_characters"


def update(number: int, **content: object) -> dict[str, Any]:
    person = {"id": 900000001 + number % 3, "is_bot": False, "first_name": "Joana"}
    chat = {"id": person["id"], "type": "private"}
    said = {"message_id": number, "from": person, "chat": chat, "date": 1763647200, "text": f"palavra {number}"}
    return {"update_id": 1000 + number, "message": {**said, **content}}


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramStandIn]:
    standin = TelegramStandIn(TOKEN, patience=0.2)
    await standin.start()
    yield standin
    await standin.stop()


@pytest.fixture
async def settings(kafka: LocalKafka, tmp_path: Path, telegram: TelegramStandIn) -> Settings:
    (tmp_path / "calls").mkdir()
    settings = Settings(
        kafka=own_river(kafka.bootstrap),
        data=tmp_path / "var",
        ingest={
            "accounts": [
                {"network": "telegram", "account": "bot", "token": TOKEN, "api": telegram.url, "patience": 1},
                {"network": "webvtt", "account": "central", "folder": str(tmp_path / "calls"), "settle": 0.1},
            ]
        },
    )
    await make_topics(settings)
    return settings


@asynccontextmanager
async def room(settings: Settings) -> AsyncIterator[None]:
    """Run all that the room offers."""
    async with AsyncExitStack() as ends:
        for service in services(settings):
            heart = Heart(service.name)
            if isinstance(service, Stage):
                runner = StageRunner(service, settings, heart, instance="test", on_misconfigured=pytest.fail)
                ends.push_async_callback(runner.stop)
                await runner.start()
            else:
                await ends.enter_async_context(running(asyncio.ensure_future(service.run(heart))))
        yield


async def inbound(settings: Settings, channel: Channel, count: int) -> list[Message]:
    """Wait for so many messages of a channel, and give them."""
    records = await arrived(settings, Topics(settings.kafka.prefix).inbound(channel), count)
    return [decode(record, Message, type=INBOUND) for record in records]


async def send(settings: Settings, *outputs: Output) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka.servers)
    await producer.start()
    try:
        for each in outputs:
            await producer.send_and_wait(each.topic, each.value, key=each.key, headers=list(each.headers))
    finally:
        await producer.stop()


async def test_what_two_networks_hand_over_is_inbound_once_in_order_and_its_bytes_are_kept(
    settings: Settings, telegram: TelegramStandIn, tmp_path: Path
):
    topics = Topics(settings.kafka.prefix)
    for number in range(30):
        telegram.add(update(number))
    telegram.add(update(30, new_chat_members=[]), update(31, text="x" * 100_000), update(32))
    call = tmp_path / "calls" / "a.vtt"
    call.write_text(
        "WEBVTT\n\n00:00.000 --> 00:01.000\n<v URA>Digite 1\n\n00:01.000 --> 00:02.000\n<v Rui>Não há luz\n"
    )
    (tmp_path / "calls" / "b.vtt").write_bytes(b"\xff\x00 no transcript")
    async with room(settings):
        chats = await inbound(settings, Channel.SOCIAL, 32)
        calls = await inbound(settings, Channel.PHONE, 2)
        [event] = await committed(settings, topics.network_events)
    assert len({chat.id for chat in chats}) == 32
    for conversation in {chat.thread.conversation for chat in chats}:
        numbers = [int(chat.thread.message_id or 0) for chat in chats if chat.thread.conversation == conversation]
        assert numbers == sorted(numbers)
    assert {one.text for one in calls if not one.defects} == {"Não há luz"}
    [unread] = [one for one in calls if one.defects]
    assert unread.defects[0].startswith("o leitor de webvtt não entendeu o original")
    assert NetworkEvent.model_validate_json(event.value or b"").kind == "joined"
    blobs = BlobStore.from_settings(settings)
    assert await blobs.get(next(one for one in calls if not one.defects).original.uri) == call.read_bytes()
    [long] = [chat for chat in chats if chat.attachments]
    assert await blobs.get(long.attachments[0].uri) == b"x" * 100_000


async def test_the_record_is_an_event_that_others_can_read(settings: Settings, telegram: TelegramStandIn):
    topics = Topics(settings.kafka.prefix)
    telegram.add(update(7))
    async with room(settings):
        [message] = await inbound(settings, Channel.SOCIAL, 1)
    [original] = await committed(settings, topics.originals)
    [record] = await committed(settings, topics.inbound(Channel.SOCIAL))
    assert (header(record, "ce_id"), header(record, "ce_subject")) == (str(message.id), message.protocol)
    assert header(record, "ce_source") == "/ingest/telegram/bot"
    assert header(record, "content-type") == "application/json"
    assert record.key == (message.thread.conversation or "").encode()
    assert header(original, "ce_subject") == message.protocol
    assert b"900000" not in b"".join([record.key or b"", *(value or b"" for _, value in record.headers)])


async def test_a_redelivery_after_a_restart_with_a_lost_cache_is_dropped_and_counted(
    settings: Settings, telegram: TelegramStandIn
):
    topics = Topics(settings.kafka.prefix)
    telegram.add(*(update(number) for number in range(10)))
    async with room(settings):
        await inbound(settings, Channel.SOCIAL, 10)
    blobs, its = BlobStore.from_settings(settings), adapter("telegram")
    originals = Originals(
        channel=its.channel,
        network=its.network,
        account="bot",
        topics=topics,
        pseudonyms=Pseudonyms.from_file(settings.pseudonym_key),
        zone=settings.organisation.tz,
        uri_of=blobs.uri_of,
    )
    again = []
    for number in (3, 4, 10):
        found = update(number)
        chat = str(found["message"]["chat"]["id"])
        own_id = f"{found['update_id']}.{number}"
        delivery = Delivery(json.dumps(found).encode(), "application/json", own_id=own_id, order=chat)
        again.append(originals.register(delivery, RECEIVED).output)
    dropped = _counted("ouvidor_redeliveries_total")
    elsewhere = settings.model_copy(update={"data": settings.data.with_name("another-machine")})
    async with room(settings.model_copy(update={"data": elsewhere.data, "ingest": settings.ingest})):
        await send(settings, *again)
        found = await inbound(settings, Channel.SOCIAL, 11)
    assert Counter(one.text for one in found) == Counter(f"palavra {number}" for number in range(11))
    assert _counted("ouvidor_redeliveries_total") - dropped >= 2


async def test_what_is_no_original_goes_to_the_dead_letters_and_stops_nothing(
    settings: Settings, telegram: TelegramStandIn
):
    topics = Topics(settings.kafka.prefix)
    stranger = Output(topics.originals, b"what is this?", b"key", (("ce_type", b"ouvidor.original.received.v1"),))
    async with room(settings):
        await send(settings, stranger)
        telegram.add(update(1), update(4))
        await inbound(settings, Channel.SOCIAL, 2)
        [letter] = await arrived(settings, topics.dead_letter, 1)
    found = DeadLetter.model_validate_json(letter.value or b"")
    assert (found.value, found.stage) == (b"what is this?", "intake")
    assert found.reason == "ce_ouvidorchannel: missing in the headers of an original"


def _counted(name: str) -> float:
    return metrics.REGISTRY.get_sample_value(name, {"channel": "social", "network": "telegram"}) or 0.0
