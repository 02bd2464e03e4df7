"""Feeds as departments find them: written by the real router on a broker with TLS, users and ACLs, and by another hand.

Each department has five cases to read, in this order: a compliment, two requests, one of which it is only informed,
and one by a later version of ours, with fields that nobody knows yet. Between them stand what no reader may take for a
case: the compliment a second time, what was written in transactions that were aborted, several of one producer, and
what is no event.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from ouvidor.events import Incoming
from ouvidor.grants.applying import apply, look, wanted
from ouvidor.grants.comparing import compare
from ouvidor.kafka import client_options
from ouvidor.protocol import protocol_number
from ouvidor.records import CaseAnswered, Kind
from ouvidor.settings import Kafka, Routing, Settings
from ouvidor.topic_admin import create
from ouvidor.topics import Topics
from routers.stage import services as routing
from sinks.replies.stage import services as replying
from tests.ingest.river import arrived, committed
from tests.routers.samples import message, verdict
from tests.routers.test_river import judged, running, send
from tests.secured import password

__all__ = ["CASES", "READERS", "House", "house", "running_program"]

CASES = 5
_TABLE = """
default: atendimento
departments:
  - {name: atendimento, title: Balcão}
  - {name: agua, title: Lê em Python, areas: [agua]}
  - {name: obras, title: Lê em Java, areas: [obras]}
  - {name: saude, title: Lê em JavaScript, areas: [saude]}
  - {name: limpeza, title: Lê em Go, areas: [limpeza]}
rules:
  - {name: told, when: "message.text.startsWith('De vocês')", then: {informed: [agua, obras, saude, limpeza]}}
profile: seed
profiles:
  seed: {critical: 24 h, high: 24 h, medium: 48 h, low: 72 h}
"""
READERS = {"python": "agua", "java": "obras", "javascript": "saude", "go": "limpeza"}
"""Which department reads in which language."""


@dataclass(frozen=True, slots=True)
class House:
    """A house of departments, each of which reads in a language of its own."""

    settings: Settings
    protocols: Mapping[str, Sequence[str]]
    """Of each department, those of its cases, in their order."""

    @property
    def topics(self) -> Topics:
        return Topics(self.settings.kafka.prefix)

    def environment(self, department: str, group: str | None = None) -> dict[str, str]:
        """Give what a department is told: as its README says."""
        user = f"dept-{department}"
        its = {
            "DEPARTMENT": department,
            "TOPIC_PREFIX": self.settings.kafka.prefix,
            "KAFKA_SERVERS": self.settings.kafka.servers,
            "KAFKA_USERNAME": user,
            "KAFKA_PASSWORD": password(user),
            "KAFKA_CA_FILE": str(self.settings.kafka.ca_file),
        }
        return its if group is None else its | {"KAFKA_GROUP": group}

    def group(self, department: str, *more: str) -> str:
        """Give a department's own group, or a further one."""
        return ".".join((self.topics.department(department), *more))

    async def read_to_the_end(self, department: str, group: str, within: float = 60) -> None:
        """Wait until a group has committed all of a department's feed."""
        last = (await committed(self.settings, self.topics.department(department)))[-1].offset
        admin = AIOKafkaAdminClient(**client_options(self.settings.kafka))
        await admin.start()
        try:
            async with asyncio.timeout(within):
                while True:
                    found = await admin.list_consumer_group_offsets(group)
                    if any(each.offset == last + 1 for at, each in found.items() if at.topic.endswith(department)):
                        return
        finally:
            await admin.close()

    async def answered(self, department: str) -> CaseAnswered:
        """Wait for the one answer of a department that was taken, and give it."""
        protocol = self.protocols[department][0]
        async with asyncio.timeout(60):
            while not (found := [each for each in await self._events() if each.protocol == protocol]):
                pass
        (event,) = found
        return event

    async def _events(self) -> list[CaseAnswered]:
        records = await committed(self.settings, self.topics.case_events)
        return [CaseAnswered.model_validate_json(each.value or b"") for each in records]


@asynccontextmanager
async def house(kafka: Kafka, folder: Path) -> AsyncIterator[House]:
    """Open a house, with its cases written, and its router and replies running.

    On a broker with ACLs, departments are granted what `ouvidor topics apply` grants.
    """
    table = folder / "table.yaml"
    table.write_text(_TABLE, encoding="utf-8")
    settings = Settings(kafka=kafka, data=folder, routing=Routing(table=table))
    topics, planned = Topics(kafka.prefix), wanted(settings)
    if kafka.username is None:
        await create(settings, list(planned.topics))
    else:
        for each in await apply(settings, compare(planned, await look(settings, planned.topics)), lambda _: None):
            assert each.error is None
    protocols = {name: [_protocol(10 * at + step) for step in range(3)] for at, name in enumerate(READERS.values(), 1)}
    told = _protocol(5)
    async with running(settings, [*routing(settings), *replying(settings)]):
        for at, name in enumerate(READERS.values(), 1):
            texts = (("Obrigado!\nParabéns à equipe.", Kind.COMPLIMENT), ("Um", Kind.REQUEST), ("Dois", Kind.REQUEST))
            await send(
                settings,
                [
                    judged(10 * at + step, message(text=text), verdict(area=name, kind=kind), protocols[name][step])
                    for step, (text, kind) in enumerate(texts)
                ],
            )
        await send(settings, [judged(5, message(text="De vocês também."), verdict(area="x"), told)])
        for name in READERS.values():
            await _write_carelessly(
                settings, topics.department(name), await arrived(settings, topics.department(name), 4)
            )
        yield House(settings, {name: [*protocols[name], told, _protocol(999)] for name in READERS.values()})


async def _write_carelessly(settings: Settings, topic: str, cases: Sequence[Incoming]) -> None:
    first, last = cases[0], cases[-2]
    aborting = AIOKafkaProducer(**client_options(settings.kafka), transactional_id=f"{topic}.aborting")
    await aborting.start()
    for number in range(3):
        await aborting.begin_transaction()
        await aborting.send_and_wait(topic, *_as(first, number, "Never written"))
        await aborting.abort_transaction()
    await aborting.stop()
    async with AIOKafkaProducer(**client_options(settings.kafka)) as producer:
        await producer.send_and_wait(topic, first.value, key=first.key, headers=list(first.headers))
        await producer.send_and_wait(topic, b"hello", key=b"k")
        value, key, _, _, headers = _as(last, 7, "Later")
        await producer.send_and_wait(topic, value, key=key, headers=[*headers, ("ce_newer", b"1")])


def _as(record: Incoming, number: int, text: str) -> tuple[bytes, bytes, None, None, list[tuple[str, bytes]]]:
    """Give another case like one, by a later version of ours."""
    data = json.loads(record.value or b"")
    protocol = _protocol(999)
    data["message"] |= {"text": text, "protocol": protocol, "newer": {"of": ["a", "later", "version"]}}
    data["newer"] = True
    changed = {"ce_id": str(UUID(int=number)).encode(), "ce_subject": protocol.encode()}
    headers = [(name, changed.get(name, value)) for name, value in record.headers]
    return json.dumps(data).encode(), protocol.encode(), None, None, headers


def _protocol(number: int) -> str:
    return protocol_number(UUID(int=number), date(2026, 11, 23))


@asynccontextmanager
async def running_program(
    command: Sequence[str | Path], environment: Mapping[str, str], folder: Path
) -> AsyncIterator[asyncio.StreamReader]:
    """Run a department's program, give what it prints, and end it as an operating system does."""
    process = await asyncio.create_subprocess_exec(
        *map(str, command), cwd=folder, env={**os.environ, **environment}, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield process.stdout
    finally:
        if process.returncode is None:
            process.terminate()
        try:
            async with asyncio.timeout(60):
                assert await process.wait() in {0, 143, -15}  # Java tells that it was told to end, Python ends so
        except TimeoutError:
            process.kill()
            raise
