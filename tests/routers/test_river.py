"""The routers' and sinks' stages on the real broker: from a verdict to each department's topic and file, once."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from aiokafka import AIOKafkaProducer

from ouvidor import metrics
from ouvidor.events import CLASSIFIED, DISPATCHED, Output, decode, encode, header
from ouvidor.health import Heart
from ouvidor.kafka import client_options
from ouvidor.local.kafka import LocalKafka
from ouvidor.protocol import protocol_number
from ouvidor.records import Author, Classified, Dispatched, Flag, Message, Severity, Verdict
from ouvidor.service import Stage, Task
from ouvidor.settings import Routing, Settings
from ouvidor.stage import Limits, StageRunner
from ouvidor.topic_admin import create, existing
from ouvidor.topics import Topics, plan
from routers.departments import departments
from routers.reading import DEFAULT, read_table
from routers.recorded import of_protocol, since
from routers.stage import services as routing
from sinks.stage import services as sinking
from tests.ingest.river import committed, until
from tests.routers.conftest import PLAIN
from tests.routers.samples import message, verdict


@pytest.fixture
async def settings(kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path) -> Settings:
    prefix = f"{sha256(fresh_name('river').encode()).hexdigest()[:12]}."
    found = Settings(
        kafka={"bootstrap": kafka.bootstrap, "prefix": prefix, "partitions": 2},  # type: ignore[arg-type]
        data=tmp_path,
    )
    await create(found, plan(found.kafka, departments(found)))
    return found


@asynccontextmanager
async def running(settings: Settings, services: Iterable[object]) -> AsyncIterator[None]:
    runners: list[StageRunner] = []
    faults: list[Exception] = []
    watching = []
    for service in services:
        if isinstance(service, Task):
            watching.append(asyncio.create_task(service.run(Heart(service.name))))
            continue
        assert isinstance(service, Stage)
        limits = Limits(max_records=50, session=timedelta(seconds=6))
        heart = Heart(service.name)
        runner = StageRunner(service, settings, heart, instance="1", on_misconfigured=faults.append, limits=limits)
        await runner.start()
        runners.append(runner)
    try:
        yield
    finally:
        for task in watching:
            task.cancel()
        for runner in runners:
            await runner.stop()
        assert not faults


def judged(number: int, said: Message, verdict: Verdict, protocol: str | None = None) -> Output:
    protocol = protocol or f"20261124-0000-0000-{number:03}"
    whole = said.model_copy(update={"id": UUID(int=number), "protocol": protocol})
    return encode(
        Classified(message=whole, verdict=verdict),
        topic="",
        key="conversation",
        id=f"verdict-{number}",
        type=CLASSIFIED,
        source="/tests",
        time=whole.received_at,
        subject=whole.protocol,
    )


async def send(settings: Settings, outputs: Iterable[Output]) -> None:
    topic = Topics(settings.kafka.prefix).classified
    async with AIOKafkaProducer(**client_options(settings.kafka), enable_idempotence=True) as producer:
        for out in outputs:
            await producer.send_and_wait(topic, out.value, key=out.key, headers=list(out.headers))


async def lines(settings: Settings, name: str) -> list[dict[str, object]]:
    path = settings.data / "departments" / f"{name}.ndjson"
    return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


async def test_each_message_is_in_its_department_s_topic_and_file_once_with_all_that_is_needed(settings: Settings):
    topics = Topics(settings.kafka.prefix)
    dispatches = metrics.DISPATCHES.labels("servicos-urbanos", "false")
    before = dispatches._value.get()
    async with running(settings, [*routing(settings), *sinking(settings)]):
        await send(settings, (judged(number, message(), verdict(area="vias")) for number in range(120)))
        path = settings.data / "departments" / "servicos-urbanos.ndjson"
        await until(lambda: path.exists() and path.read_bytes().count(b"\n") >= 120, 90)
    found = await committed(settings, topics.department("servicos-urbanos"))
    dispatched = [decode(record, Dispatched, type=DISPATCHED) for record in found]
    assert sorted(each.message.id.int for each in dispatched) == list(range(120))
    assert all(record.key == header(record, "ce_subject").encode() for record in found)
    assert dispatched[0].dispatch.owner == "servicos-urbanos"
    assert dispatches._value.get() == before + 120
    written = await lines(settings, "servicos-urbanos")
    assert sorted(line["ce"]["id"] for line in written) == sorted(header(record, "ce_id") for record in found)
    assert not await lines(settings, "ombudsman")


async def test_a_denunciation_goes_to_integrity_as_an_extract_to_the_informed_and_whole_to_the_ombudsman(
    settings: Settings,
):
    topics = Topics(settings.kafka.prefix)
    said = message(author=Author(name="Zulmira", address="zulmira@quixada.test", reference="0" * 32), body="Zulmira")
    denounced = verdict(Flag.MISCONDUCT, Flag.REGULATOR, severity=Severity.HIGH, area="saude")
    async with running(settings, [*routing(settings), *sinking(settings)]):
        await send(settings, [judged(1, said, denounced)])
        path = settings.data / "departments" / "ombudsman.ndjson"
        await until(lambda: path.exists() and path.read_bytes().endswith(b"\n"), 90)
        await until((settings.data / "departments" / "juridico.ndjson").exists, 90)
    for name in ("integridade", "juridico"):
        (record,) = await committed(settings, topics.department(name))
        everything = (record.value or b"") + (record.key or b"") + b"".join(value for _, value in record.headers)
        assert b"ulmira" not in everything
        copy = decode(record, Dispatched, type=DISPATCHED)
        assert (copy.dispatch.owner, copy.dispatch.extract) == ("integridade", True)
    (record,) = await committed(settings, topics.ombudsman)
    whole = decode(record, Dispatched, type=DISPATCHED)
    assert whole.message.author.name == "Zulmira"
    assert whole.dispatch.why == (
        "high_with_flag",
        "misconduct",
        "regulator",
    )
    assert not await committed(settings, topics.department("saude"))


async def test_a_changed_table_is_in_force_without_a_restart_and_a_broken_one_changes_nothing(
    settings: Settings, tmp_path: Path
):
    topics = Topics(settings.kafka.prefix)
    path = tmp_path / "table.yaml"
    path.write_text(PLAIN, encoding="utf-8")
    settings = settings.model_copy(update={"routing": Routing(table=path)})
    await create(settings, plan(settings.kafka, departments(settings)))
    (before,) = departments(settings)[2:3]
    async with running(settings, routing(settings)):
        await send(settings, [judged(1, message(), verdict(area="vias"))])
        await arrived(settings, topics.department(before), 1)
        failures = metrics.ROUTING_TABLE_FAILURES._value.get()
        exchange(path, "default: [")
        await until(lambda: metrics.ROUTING_TABLE_FAILURES._value.get() > failures, 90)
        await send(settings, [judged(2, message(), verdict(area="vias"))])
        old = await arrived(settings, topics.department(before), 2)
        exchange(path, PLAIN.replace("roads", "streets"))
        async with asyncio.timeout(90):  # its topic is there before its first message
            while topics.department("streets") not in {topic.name for topic in await existing(settings)}:
                pass
        await send(settings, [judged(3, message(), verdict(area="vias"))])
        (new,) = await arrived(settings, topics.department("streets"), 1)
    assert metrics.ROUTING_TABLE_FAILURES._value.get() == failures + 1
    hashes = {each.dispatch.rule for each in old}
    assert len(hashes) == 1
    assert new.dispatch.rule == f"area:vias@{read_table(path).hash}"
    assert new.dispatch.rule not in hashes
    assert len(await committed(settings, topics.department(before))) == 2


async def test_recorded_messages_are_found_by_protocol_and_routed_by_another_table(settings: Settings, tmp_path: Path):
    number = protocol_number(UUID(int=7), datetime.now(UTC).date())
    said = [judged(at, message(), verdict(area="vias")) for at in range(1, 30)]
    wanted = judged(30, message(), verdict(area="saude"), number)
    await send(settings, [*said, wanted, replace(wanted, value=b"{}", headers=said[0].headers)])
    asked: list[tuple[int, int]] = []
    found = await of_protocol(settings, number, lambda *steps: asked.append(steps))
    assert found is not None
    assert found.verdict.area == "saude"
    assert await of_protocol(settings, protocol_number(UUID(int=8), datetime.now(UTC).date()), lambda *_: None) is None
    assert asked[-1][0] <= asked[-1][1]
    recorded = [each async for each in since(settings, datetime.now(UTC) - timedelta(hours=1), lambda *_: None)]
    assert (len(recorded), recorded.count(None)) == (31, 1)
    assert [each async for each in since(settings, datetime.now(UTC) + timedelta(hours=1), lambda *_: None)] == []
    code, output = await command(settings, tmp_path, "explain", number.lower().replace("-", ""))
    assert (code, output.splitlines()[1].partition(". ")[0]) == (0, "  Responde: Saúde (saude)")
    other = tmp_path / "other.yaml"
    other.write_text(DEFAULT.read_text("utf-8").replace("[saude, plano-de-saude]", "[plano-de-saude]"), "utf-8")
    code, output = await command(settings, tmp_path, "diff", str(DEFAULT), str(other), "--since", "1h", "--json")
    assert code == 1, output
    assert json.loads(output)["owners"] == [{"old": "saude", "new": "atendimento", "messages": 1}]


async def command(settings: Settings, folder: Path, *arguments: str) -> tuple[int, str]:
    config = folder / "ouvidor.yaml"
    kafka = {"bootstrap": settings.kafka.bootstrap, "prefix": settings.kafka.prefix}
    config.write_text(json.dumps({"kafka": kafka, "data": str(folder)}))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ouvidor", "--config", str(config), "route", *arguments), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode()


async def arrived(settings: Settings, topic: str, count: int) -> list[Dispatched]:
    async with asyncio.timeout(90):
        while len(found := await committed(settings, topic)) < count:
            pass
    return [decode(record, Dispatched, type=DISPATCHED) for record in found]


def exchange(path: Path, text: str) -> None:
    """As one who exchanges a file does: beside it, and then in its place; of some time ago, for it stands still."""
    beside = path.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    os.utime(beside, (1_700_000_000 + len(text), 1_700_000_000 + len(text)))
    beside.replace(path)


async def test_what_is_no_verdict_is_a_dead_letter_and_holds_up_nobody(settings: Settings):
    topics = Topics(settings.kafka.prefix)
    poison = Output("", b'{"message": "Zulmira"}', b"k", judged(1, message(), verdict()).headers)
    async with running(settings, routing(settings)):
        await send(settings, [poison, judged(2, message(), verdict(area="saude"))])
        async with asyncio.timeout(90):
            while not await committed(settings, topics.department("saude")):
                pass
    (letter,) = await committed(settings, topics.dead_letter)
    told = json.loads(letter.value or b"")
    assert told["stage"] == "route"
    assert "data does not fit ouvidor.message.classified.v1" in told["reason"]
    assert "Zulmira" not in told["reason"]
