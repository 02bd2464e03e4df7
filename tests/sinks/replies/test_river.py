"""Replies on the real broker: dispatched, handed back, dispatched again, answered, each once, through a restart."""

import asyncio
import json
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from ouvidor.errors import Rejected, Unavailable
from ouvidor.events import DISPATCHED, Incoming, decode, header
from ouvidor.local.kafka import LocalKafka
from ouvidor.records import CaseAnswered, CaseHandedBack, Classified, Dispatched, Place, Refused
from ouvidor.settings import Routing, Settings
from ouvidor.topic_admin import create
from ouvidor.topics import Topics, plan
from routers import fetching
from routers.departments import departments
from routers.fetching import fetch
from routers.stage import services as routing
from sinks.replies.stage import services as replying
from tests.ingest.river import committed
from tests.routers.conftest import PLAIN
from tests.routers.samples import message, verdict
from tests.routers.test_river import judged, running, send
from tests.sinks.replies.samples import PROTOCOL, data


@pytest.fixture
async def settings(kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path) -> Settings:
    prefix = f"{sha256(fresh_name('replies').encode()).hexdigest()[:12]}."
    table = tmp_path / "table.yaml"
    table.write_text(PLAIN, encoding="utf-8")
    found = Settings(
        kafka={"bootstrap": kafka.bootstrap, "prefix": prefix, "partitions": 2},  # type: ignore[arg-type]
        data=tmp_path,
        routing=Routing(table=table),
    )
    await create(found, plan(found.kafka, departments(found)))
    return found


async def say(settings: Settings, command: str, given: dict[str, Any]) -> None:
    """Write a reply as any client may: without a key, and twice, to different partitions."""
    headers = [("ce_type", f"ouvidor.reply.{command}.v1".encode())]
    async with AIOKafkaProducer(bootstrap_servers=settings.kafka.servers) as producer:
        for partition in (1, 0):
            topic, value = Topics(settings.kafka.prefix).replies, json.dumps(given).encode()
            await producer.send_and_wait(topic, value, headers=headers, partition=partition)


async def command(settings: Settings, *arguments: str) -> tuple[int, str]:
    """`ouvidor reply …`, as a person types it."""
    config = settings.data / "ouvidor.yaml"
    kafka = {"bootstrap": settings.kafka.bootstrap, "prefix": settings.kafka.prefix}
    config.write_text(json.dumps({"kafka": kafka, "routing": {"table": str(settings.routing.table)}}))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ouvidor", "--config", str(config), "reply", *arguments, "--json"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, words = await process.communicate()
    assert len(words.splitlines()) == 1, words
    return process.returncode or 0, output.decode()


async def arrived(settings: Settings, topic: str, count: int) -> list[Incoming]:
    async with asyncio.timeout(60):
        while len(found := await committed(settings, topic)) < count:
            pass
    assert len(found) == count
    return found


async def test_a_wrong_address_goes_to_the_next_department_and_its_answer_is_history_each_once(settings: Settings):
    topics = Topics(settings.kafka.prefix)
    async with running(settings, [*routing(settings), *replying(settings)]):
        await send(settings, [judged(1, message(), verdict(area="vias"), PROTOCOL)])
        (first,) = await arrived(settings, topics.department("roads"), 1)
        await say(settings, "hand-back", data(department="roads", reason="isto é com o balcão"))
        (second,) = await arrived(settings, topics.department("counter"), 1)
    rmtree(settings.data / "state")  # another machine takes over: what is remembered is in the topic
    async with running(settings, [*routing(settings), *replying(settings)]):
        await say(settings, "answer", data(department="roads", text="Tarde demais."))
        told = await arrived(settings, topics.refused("roads"), 2)
        answering = ("answer", PROTOCOL.lower(), "-d", "counter", "--text", "Tapamos o buraco.")
        code, output = await command(settings, *answering, "--wait")
        assert (code, json.loads(output)["protocol"], json.loads(output)["outcome"]) == (0, PROTOCOL, "accepted")
        code, again = await command(settings, *answering, "--wait", "--id", json.loads(output)["id"])
        assert (code, again) == (0, output)
        extending = ("extend", PROTOCOL, "-d", "counter", "--reason", "falta um laudo", "--wait")
        code, output = await command(settings, *extending)
        assert (code, json.loads(output)["outcome"]) == (1, "refused")
        assert "prorrogação" in json.loads(output)["reason"]
        assert (await command(settings, "extend", PROTOCOL, "-d", "counter", "--reason", "falta"))[0] == 65
        await arrived(settings, topics.case_events, 2)
        await say(settings, "answer", data(department="Maria da Silva", text="Sim."))
        letters = await arrived(settings, topics.dead_letter, 2)
    handed, answered = await arrived(settings, topics.case_events, 2)
    assert CaseHandedBack.model_validate_json(handed.value or b"").had == ("roads",)
    assert CaseAnswered.model_validate_json(answered.value or b"").owner == "counter"
    before, after = (decode(record, Dispatched, type=DISPATCHED) for record in (first, second))
    assert after.dispatch.deadline == before.dispatch.deadline
    assert after.dispatch.handed_back == ("devolvido por roads: isto é com o balcão",)
    assert after.message == before.message
    assert "agora é de counter" in Refused.model_validate_json(told[0].value or b"").reason
    assert {header(record, "ce_subject") for record in (handed, answered, first, second, *told)} == {PROTOCOL}
    assert len(await committed(settings, topics.department("roads"))) == 1
    assert len(await committed(settings, topics.department("counter"))) == 1
    assert all(b"Maria" not in json.loads(letter.value or b"")["reason"].encode() for letter in letters)


async def test_messages_are_read_again_where_they_are_and_what_is_not_read_in_time_waits(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
):
    await send(settings, [judged(number, message(), verdict(area="vias")) for number in range(1, 31)])
    records = await arrived(settings, Topics(settings.kafka.prefix).classified, 30)
    places = [Place(topic=each.topic, partition=each.partition, offset=each.offset) for each in records]
    beyond = places[0].model_copy(update={"offset": 10_000})
    found = await fetch([places[20], beyond, places[3], places[20]], settings.kafka)
    assert list(found) == [places[20], beyond, places[3]]
    for place, record in ((places[20], records[20]), (places[3], records[3])):
        again = found[place]
        assert isinstance(again, Classified)
        assert again.message.protocol == header(record, "ce_subject")
    assert isinstance(found[beyond], Rejected)
    monkeypatch.setattr(fetching, "_READ_SECONDS", 0)
    waiting = await fetch(places, settings.kafka)
    assert {type(each) for each in waiting.values()} == {Unavailable}
