"""Schemas are found before they are registered, records name theirs in a header, and no river waits for a registry."""

import asyncio
import json
import struct
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import UUID

import pytest
from aiohttp import web
from aiohttp.test_utils import RawTestServer
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from pydantic import ValidationError

from ouvidor.asyncapi.examples import example
from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.events import DEAD_LETTERED, DISPATCHED, Incoming, Output, decode
from ouvidor.health import Heart
from ouvidor.local.kafka import LocalKafka
from ouvidor.local.ports import free_ports
from ouvidor.metrics import SCHEMAS_REGISTERED
from ouvidor.records import Dispatched
from ouvidor.schema_registry.keeping import keep_registered, registered
from ouvidor.schema_registry.marks import HEADER, Marks, Registered
from ouvidor.schema_registry.settings import SchemaRegistry
from ouvidor.schemas import RECORDS, schema_of
from ouvidor.service import Stage, alone
from ouvidor.settings import Settings
from ouvidor.stage import StageRunner
from ouvidor.topic_admin import create
from ouvidor.topics import TopicPlan, Topics
from tests.ouvidor.schema_registry.registry import Registry

GUID = UUID("f0a9c1de-8a52-5e0b-9c9c-1d2f7c8b6a01")


@pytest.fixture
async def registry() -> AsyncIterator[tuple[Registry, SchemaRegistry]]:
    its = Registry()
    async with RawTestServer(its.answer) as server:
        yield its, SchemaRegistry(url=str(server.make_url("")))


async def all_of(settings: SchemaRegistry, *, register: bool = True) -> dict[str, Registered]:
    return {record: its async for record, its in registered(settings, "casa.", register=register)}


async def test_all_schemas_are_registered_once_by_subjects_of_their_own(registry: tuple[Registry, SchemaRegistry]):
    its, settings = registry
    found = await all_of(settings)
    assert found.keys() == RECORDS.keys()
    assert its.schemas.keys() == {f"casa.{record}" for record in RECORDS}
    assert json.loads(its.schemas["casa.dispatched"][0]) == schema_of("dispatched")
    assert set(its.rules.values()) == {"NONE"}
    its.calls.clear()
    assert await all_of(settings, register=False) == found
    assert {call.rpartition("/")[0] for call in its.calls} == {"POST /subjects"}  # nothing was written


async def test_a_newer_schema_of_a_subject_leaves_the_houses_rule_alone(registry: tuple[Registry, SchemaRegistry]):
    its, settings = registry
    its.schemas["casa.retried"] = ["{}"]
    await all_of(settings)
    assert "casa.retried" not in its.rules
    assert len(its.schemas["casa.retried"]) == 2


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (200, "[" * 200_000),
        (200, '{"id": ' + "9" * 5_000 + "}"),
        (200, '{"id": true}'),
        (200, '{"id": 1, "more": "' + "x" * 9_000_000 + '"}'),
        (404, '{"error_code": [40401]}'),
        (404, '{"error_code": {}}'),
    ],
    ids=["deep", "number", "boolean", "long", "list", "object"],
)
async def test_a_registry_that_answers_nonsense_is_told_as_one_that_is_none(status: int, text: str):
    async def answer(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=status, text=text)

    async with RawTestServer(answer) as server:
        with pytest.raises(Misconfigured, match=r"casa\.\S+ is not taken"):
            await all_of(SchemaRegistry(url=str(server.make_url(""))))


async def test_what_the_registry_refuses_is_told_with_its_mend(registry: tuple[Registry, SchemaRegistry]):
    its, settings = registry
    with pytest.raises(Misconfigured, match=r"casa\.message is missing: `ouvidor schema --register` makes it"):
        await all_of(settings, register=False)
    its.authorization = f"Basic {b64encode('ouvidor:ção'.encode()).decode()}"
    with pytest.raises(Misconfigured, match=r"Unauthorized.*check username and password"):
        await all_of(settings)
    assert await all_of(SchemaRegistry(url=settings.url, username="ouvidor", password="ção"))
    its.broken = 404
    with pytest.raises(Misconfigured, match=r"is it Confluent's API\? Apicurio's is at /apis/ccompat/v7"):
        await all_of(settings)
    its.broken = 503
    with pytest.raises(Unavailable, match="is out of order: 503"):
        await all_of(settings)
    (port,) = free_ports(1)
    with pytest.raises(Unavailable, match="does not answer"):
        await all_of(SchemaRegistry(url=f"http://127.0.0.1:{port}"))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"url": "registry:8081"}, "no address such as"),
        ({"url": "https://me:secret@r.example.org"}, "the secret goes into password_file"),
        ({"url": "https://r.example.org", "username": "me"}, "both are needed"),
        ({"url": "http://r.example.org", "username": "me", "password": "x"}, "would travel in the clear"),
    ],
)
def test_an_address_that_cannot_be_meant_is_refused(given: dict[str, str], told: str):
    with pytest.raises(ValidationError, match=told):
        SchemaRegistry.model_validate(given)


def output(kind: str, topic: str) -> Output:
    return Output(topic, b'{"plain": "json"}', b"k", (("ce_id", b"1"), ("ce_type", kind.encode())))


def test_the_header_is_confluents_by_guid_or_by_number():
    """The bytes that `SchemaId.from_bytes` of Confluent's client takes apart: '>b' and 16 bytes, or '>bI'."""
    assert Registered("s", 7, GUID).mark == struct.pack(">b16s", 1, GUID.bytes)
    assert Registered("s", 2**32 - 1, None).mark == struct.pack(">bI", 0, 2**32 - 1)


def test_a_record_of_the_feed_gets_the_header_and_its_value_stays():
    marks, topics = Marks(Topics()), Topics()
    plain = [output(DISPATCHED, topics.ombudsman), output("ouvidor.original.received.v1", topics.originals)]
    assert marks.on(plain) is plain
    marks.take({"dispatched": Registered("s", 7, GUID), "dead-letter": Registered("d", 8, None)})
    dispatched, original = marks.on(plain)
    assert dispatched.headers == (*plain[0].headers, (HEADER, b"\x01" + GUID.bytes))
    assert (dispatched.value, dispatched.key, original) == (plain[0].value, b"k", plain[1])
    letter, case = marks.on([output(DEAD_LETTERED, topics.dead_letter), output(DEAD_LETTERED, topics.ombudsman)])
    assert dict(letter.headers)[HEADER] == b"\x00\x00\x00\x00\x08"
    assert HEADER not in dict(case.headers)  # of the same type, with other data
    marks.take({"dead-letter-case": Registered("c", 9, None)})
    (case,) = marks.on([output(DEAD_LETTERED, topics.ombudsman)])
    assert dict(case.headers)[HEADER] == b"\x00\x00\x00\x00\x09"
    gone = Output(topics.cases, None, b"k", (("ce_type", DISPATCHED.encode()),))
    assert marks.on([gone]) == [gone]


async def test_a_registry_that_is_away_is_asked_again_and_nobody_waits(
    registry: tuple[Registry, SchemaRegistry], monkeypatch: pytest.MonkeyPatch
):
    its, settings = registry
    its.broken = 500
    monkeypatch.setattr("ouvidor.schema_registry.keeping._PAUSES", (0.01,))
    marks = Marks(Topics())
    SCHEMAS_REGISTERED.set(0)
    keeping = asyncio.create_task(keep_registered(settings, "casa.", marks))
    async with asyncio.timeout(60):
        while len(its.calls) < 3:  # noqa: ASYNC110 - the registry sets no event
            await asyncio.sleep(0.01)
        assert marks.on([output(DISPATCHED, "t")]) == [output(DISPATCHED, "t")]
        its.broken = None
        await keeping
    assert HEADER in dict(marks.on([output(DISPATCHED, "t")])[0].headers)
    assert SCHEMAS_REGISTERED._value.get() == len(RECORDS)


async def test_what_a_stage_sends_names_its_schema_and_every_plain_reader_reads_on(
    kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path
):
    prefix = fresh_name("p") + "."
    settings = Settings(kafka={"bootstrap": kafka.bootstrap, "prefix": prefix}, data=tmp_path)
    await create(settings, [TopicPlan(f"{prefix}{name}", 1, 1, {}) for name in ("in", "out", "dead-letter")])
    shown = example("dispatched", department="saude", topic=f"{prefix}out")
    headers = tuple((name, value.encode()) for name, value in shown["headers"].items())

    def passed_on(record: Incoming) -> list[Output]:
        return [Output(f"{prefix}out", record.value, record.key, headers)]

    marks = Marks(Topics(prefix))
    marks.take({"dispatched": Registered("s", 7, GUID)})
    stage = Stage("pass", alone(passed_on), topics=[f"{prefix}in"])
    runner = StageRunner(stage, settings, Heart("pass"), instance="1", on_misconfigured=lambda _: None, marks=marks)
    consumer = AIOKafkaConsumer(f"{prefix}out", bootstrap_servers=kafka.bootstrap, auto_offset_reset="earliest")
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap)
    await producer.start()
    await consumer.start()
    await runner.start()
    try:
        sent = json.dumps(shown["payload"]).encode()
        await producer.send_and_wait(f"{prefix}in", sent, key=b"k", headers=[("ce_type", b"x")])
        async with asyncio.timeout(60):
            arrived = await consumer.getone()
    finally:
        await runner.stop()
        await consumer.stop()
        await producer.stop()
    assert dict(arrived.headers)[HEADER] == b"\x01" + GUID.bytes
    assert arrived.value == sent
    assert decode(arrived, Dispatched, type=DISPATCHED).dispatch.owner == "saude"
