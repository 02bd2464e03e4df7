"""The door: a reply is durable before it says so, each department speaks for itself, and a refusal names the field."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError

from ouvidor.errors import Misconfigured
from ouvidor.events import header
from ouvidor.health import Heart
from ouvidor.loading import load
from ouvidor.local.kafka import LocalKafka
from ouvidor.settings import Settings
from ouvidor.topic_admin import create
from ouvidor.topics import Topics, plan
from sinks.replies.check import check
from sinks.replies.door import Door
from sinks.replies.reading import LARGEST, Fault, command_of, read_reply
from sinks.replies.stage import services
from tests.docs.test_departments import after, words_of
from tests.ingest.river import committed, running, until
from tests.sinks.replies.samples import PROTOCOL

TOKEN = "t0k3n-of-saude-0123456789"
OLDER_TOKEN = "older-token-0123456789"
VIAS_TOKEN = "token-of-vias-0123456789"
ANSWER = {"command": "answer", "protocol": PROTOCOL, "by": "plantão", "text": "Sua consulta foi remarcada."}


class Caller:
    """Who calls the door, and what came of it."""

    def __init__(self, settings: Settings, url: str, session: aiohttp.ClientSession) -> None:
        self.settings = settings
        self.url = url
        self.session = session

    async def post(
        self, given: object, headers: dict[str, str] | None = None, *, method: str = "POST", path: str = "/v1/replies"
    ) -> tuple[int, dict[str, Any], dict[str, str]]:
        body = given if isinstance(given, bytes) else json.dumps(given).encode()
        usual = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        sent = {name: value for name, value in (usual | (headers or {})).items() if value}
        async with self.session.request(method, self.url + path, data=body, headers=sent) as answer:
            assert answer.headers["Server"] == "ouvidor"
            expected = "application/json" if answer.status == 202 else "application/problem+json"
            assert answer.content_type == expected
            found = await answer.json(content_type=None)
            if answer.status != 202:
                assert found["status"] == answer.status
            return answer.status, found, dict(answer.headers)


@pytest.fixture
async def caller(kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path) -> AsyncIterator[Caller]:
    settings = Settings(
        kafka={
            "bootstrap": kafka.bootstrap,
            "prefix": f"{sha256(fresh_name('d').encode()).hexdigest()[:12]}.",
            "partitions": 1,
        },
        data=tmp_path,
        replies={
            "port": 0,
            "tokens": {"saude": f"{TOKEN}\nolder-token-0123456789", "vias": "token-of-vias-0123456789"},
        },
    )
    await create(settings, plan(settings.kafka, ["saude", "vias"]))
    door = Door(settings)
    async with running(asyncio.ensure_future(door.run(Heart("door")))), aiohttp.ClientSession() as session:
        await until(lambda: door.port is not None)
        yield Caller(settings, f"http://127.0.0.1:{door.port}", session)


async def test_a_reply_is_in_kafka_before_it_is_accepted_and_has_the_id_that_its_sender_meant(caller: Caller):
    own = "6f1d1c52-9f0e-4a39-a1a5-0c5d3a5e7b10"
    status, found, _ = await caller.post(ANSWER | {"id": own, "department": "saude"})
    assert (status, found) == (202, {"id": own, "protocol": PROTOCOL, "command": "answer"})
    _, first, _ = await caller.post(ANSWER, {"Idempotency-Key": '"os-4711"'})
    _, again, _ = await caller.post(ANSWER, {"Idempotency-Key": "os-4711"})
    vias = {"Authorization": f"bearer {VIAS_TOKEN}"}
    _, other, _ = await caller.post(ANSWER, {"Idempotency-Key": "os-4711", **vias})
    assert first == again
    assert first["id"] != other["id"]
    _, same, _ = await caller.post(ANSWER, {"Idempotency-Key": own, "Authorization": f"Bearer {OLDER_TOKEN}"})
    assert same["id"] == own
    event = {name: value for name, value in ANSWER.items() if name != "command"}
    status, _, _ = await caller.post(event | {"id": own}, {"ce-type": "ouvidor.reply.answer.v1"})
    assert status == 202
    records = await committed(caller.settings, Topics(caller.settings.kafka.prefix).replies)
    assert len(records) == 6
    assert {record.key for record in records} == {PROTOCOL.encode()}
    replies = [read_reply(command_of(header(record, "ce_type")), record.value) for record in records]
    assert all(not isinstance(reply, Fault) for reply in replies)
    assert [header(record, "ce_id") for record in records][:2] == [own, first["id"]]
    assert [reply.department for reply in replies if not isinstance(reply, Fault)].count("vias") == 1


async def test_the_page_of_the_feed_is_at_the_same_door_and_needs_no_token(caller: Caller):
    async with caller.session.get(f"{caller.url}/asyncapi/saude") as answer:
        assert answer.status == 200
        assert Topics(caller.settings.kafka.prefix).department("saude") in await answer.text()
    async with caller.session.get(f"{caller.url}/asyncapi.json") as answer:
        assert (await answer.json())["servers"]["kafka"]["host"] == caller.settings.kafka.bootstrap


async def test_what_is_refused_is_a_problem_with_its_field_and_nothing_of_it_is_kept(caller: Caller):
    ok = {"id": "6f1d1c52-9f0e-4a39-a1a5-0c5d3a5e7b10"}

    async def refused(given: object, headers: dict[str, str] | None = None, **call: str) -> tuple[int, str | None]:
        status, found, answered = await caller.post(given, headers, **call)
        assert ("segredo" in json.dumps(found)) is False
        assert (answered.get("WWW-Authenticate") == "Bearer") is (status == 401)
        return status, found.get("field")

    assert await refused(ANSWER) == (400, "id")
    assert await refused(ANSWER, {"Idempotency-Key": "x" * 256}) == (400, "id")
    assert await refused(ANSWER | ok, {"Authorization": ""}) == (401, None)
    assert await refused(ANSWER | ok, {"Authorization": "Bearer segredo-segredo-segredo"}) == (401, None)
    assert await refused(ANSWER | ok, {"Authorization": f"Basic {TOKEN}"}) == (401, None)
    assert await refused(ANSWER | ok | {"department": "vias"}) == (403, "department")
    assert await refused(ANSWER | ok, path="/v1/segredo") == (404, None)
    assert await refused(ANSWER | ok, method="PUT") == (405, None)
    assert await refused(b"x" * (LARGEST + 1)) == (413, None)
    assert await refused(ANSWER | ok, {"Content-Type": "text/plain"}) == (415, None)
    assert await refused(b"[segredo") == (422, None)
    assert await refused(ANSWER | ok | {"command": "segredo"}) == (422, "command")
    assert await refused(ANSWER | ok | {"text": ""}) == (422, "text")
    assert await refused(ANSWER | ok | {"protocol": "segredo"}) == (422, "protocol")
    assert await refused(ANSWER | ok | {"segredo": 1}) == (422, None)
    assert await refused(ANSWER | ok | {"attachments": []}) == (422, "attachments")

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 1024

    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    async with caller.session.post(caller.url + "/v1/replies", data=endless(), headers=headers) as answer:
        assert answer.status == 413
    assert await committed(caller.settings, Topics(caller.settings.kafka.prefix).replies) == []


async def test_what_is_not_confirmed_is_told_to_be_sent_again(caller: Caller, monkeypatch: pytest.MonkeyPatch):
    async def lose(*_: object, **__: object) -> None:
        raise KafkaConnectionError("10.0.0.1: the broker is away")

    monkeypatch.setattr(AIOKafkaProducer, "send_and_wait", lose)
    status, found, headers = await caller.post(ANSWER, {"Idempotency-Key": "os-4711"})
    assert (status, headers["Retry-After"]) == (503, "5")
    assert "mesmo id" in found["detail"]
    assert "10.0.0.1" not in json.dumps(found)


async def test_the_manual_s_call_is_accepted(caller: Caller):
    words = words_of("curl")
    headers = dict(each.split(": ", 1) for each in after(words, "-H"))
    headers["Authorization"] = headers["Authorization"].replace("$TOKEN", TOKEN)
    status, found, _ = await caller.post(after(words, "-d")[0].encode(), headers, path="/" + words[1].split("/", 3)[3])
    assert (status, found["command"]) == (202, "hand-back")
    assert UUID(found["id"]).version == 5


def test_tokens_come_from_files_and_those_that_could_be_guessed_or_are_shared_are_refused(tmp_path: Path):
    path = tmp_path / "ouvidor.yaml"

    def told(tokens: str) -> str:
        path.write_text(f"replies: {{port: 0, tokens: {tokens}}}", encoding="utf-8")
        with pytest.raises(Misconfigured) as refused:
            load(path)
        return str(refused.value)

    (tmp_path / "token").write_text(f"{TOKEN}\n")
    path.write_text(f"replies: {{tokens: {{saude_file: {tmp_path / 'token'}}}}}", encoding="utf-8")
    assert load(path).replies.tokens["saude"].get_secret_value() == TOKEN
    assert "openssl rand" in told("{saude: short}")
    assert "the same token" in told(f"{{saude: {TOKEN}, vias: {TOKEN}}}")
    assert "empty" in told("{saude: ' '}")
    assert "cannot read" in told("{saude_file: /no/such}")
    assert TOKEN not in told(f"{{saude: {TOKEN}, saude_file: {tmp_path / 'token'}}}")


def test_a_door_without_keys_and_a_key_for_nobody_are_told_by_check_and_at_the_start():
    assert check(Settings()) == []
    (line,) = check(Settings(replies={"port": 0}))  # type: ignore[arg-type]
    assert line.endswith("replies.port: set, and nobody could reply; set replies.tokens.<department>_file")
    settings = Settings(replies={"port": 0, "tokens": {"saudee": TOKEN}})  # type: ignore[arg-type]
    (line,) = check(settings, connect=True)
    assert "replies.tokens.saudee: no such department; did you mean saude?" in line
    with pytest.raises(Misconfigured, match="did you mean saude"):
        services(settings)
    names = [service.name for service in services(Settings())]
    assert names == ["replies", "cases"]
    opened = services(Settings(replies={"port": 0, "tokens": {"saude": TOKEN}}))  # type: ignore[arg-type]
    assert [service.name for service in opened] == [*names, "replies-http"]
