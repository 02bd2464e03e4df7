"""The history of one contact, off the real broker: all that speaks of it, and nothing that speaks of another."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaProducer

from ouvidor.errors import Rejected
from ouvidor.events import CASE_DISPATCHED, CLASSIFIED, CORRECTED, DISPATCHED, DOUBTED, INBOUND, Output
from ouvidor.history import history
from ouvidor.local.kafka import LocalKafka
from ouvidor.protocol import protocol_number
from ouvidor.records import Classified, Correction, Dispatched
from ouvidor.reply_event import reply_event
from ouvidor.settings import Kafka, Settings
from ouvidor.topic_admin import create
from ouvidor.topics import Topics, plan
from tests.history import announced, answer, dispatch, event
from tests.routers.samples import message, verdict

TODAY = datetime.now(UTC).date()


@dataclass
class River:
    settings: Settings
    producer: AIOKafkaProducer

    @property
    def topics(self) -> Topics:
        return Topics(self.settings.kafka.prefix)

    async def write(self, out: Output, partition: int | None = None) -> None:
        await self.producer.send_and_wait(
            out.topic, out.value, key=out.key, headers=list(out.headers), partition=partition
        )

    async def hear(self, number: str, partition: int) -> None:
        await self.write(
            self._event(message(protocol=number), self.topics.inbound("email"), INBOUND, number), partition
        )

    async def judge(self, number: str, identity: UUID, partition: int, *, doubted: bool = False) -> None:
        both = Classified(message=message(protocol=number, id=identity), verdict=verdict())
        topic, kind = (self.topics.doubtful, DOUBTED) if doubted else (self.topics.classified, CLASSIFIED)
        await self.write(self._event(both, topic, kind, number), partition)

    async def dispatch(self, number: str, identity: UUID) -> None:
        """As the router does: by the protocol number, wherever its hash says."""
        said = message(protocol=number, id=identity)
        copy = Dispatched(message=said, verdict=verdict(), dispatch=dispatch())
        await self.write(self._event(copy, self.topics.department("saude"), DISPATCHED, number))
        await self.write(self._event(copy, self.topics.ombudsman, DISPATCHED, number))
        await self.write(
            self._event(
                announced(protocol=number, message=identity), self.topics.case_commands, CASE_DISPATCHED, number
            )
        )

    async def correct(self, number: str | None, identity: UUID | None, partition: int) -> None:
        said = Correction(
            protocol=number, message=identity, severity="high", by="ombudsman", why="porque sim", at=datetime.now(UTC)
        )  # type: ignore[call-arg]
        await self.write(event(said, self.topics.corrections, CORRECTED, key="any", subject=number), partition)

    async def found(self, number: str) -> list[str]:
        records = await history(self.settings, number, lambda *_: None)
        return [record.topic.removeprefix(self.settings.kafka.prefix) for record in records]

    @staticmethod
    def _event(data: object, topic: str, kind: str, number: str) -> Output:
        return event(data, topic, kind, key=number, subject=number)  # type: ignore[arg-type]


@pytest.fixture
async def river(kafka: LocalKafka, fresh_name: Callable[[str], str]) -> AsyncIterator[River]:
    settings = Settings(kafka=Kafka(bootstrap=kafka.bootstrap, prefix=fresh_name("p") + "."))
    await create(settings, plan(settings.kafka, ["saude"]))
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap)
    await producer.start()
    yield River(settings, producer)
    await producer.stop()


async def test_all_that_speaks_of_a_contact_is_found_wherever_it_lies_and_in_order(river: River):
    ours, others = (protocol_number(uuid4(), TODAY) for _ in range(2))
    mine, theirs = uuid4(), uuid4()
    for number, identity, at in ((others, theirs, 0), (ours, mine, 2), (others, theirs, 2)):
        await river.hear(number, at)
        await river.judge(number, identity, at)
        await river.dispatch(number, identity)
    for partition in range(3):  # whoever corrects or replies with a client of their own writes anywhere
        await river.correct(ours, None, partition)
        await river.correct(None, mine, partition)
        await river.correct(None, theirs, partition)
        said = answer().model_copy(update={"protocol": ours, "id": uuid4()})
        await river.write(reply_event(said, river.topics.replies, "/test", None), partition)

    found = await river.found(ours)

    assert found[:4] == ["classified", "department.saude", "ombudsman", "case-commands"]
    assert found[4:] == ["corrections", "corrections", "replies"] * 3


async def test_what_anybody_may_write_is_taken_for_what_it_may_be_alone(river: River):
    """Departments write to `replies`: no event of ours is taken from there, and the data's number counts."""
    ours, identity = protocol_number(uuid4(), TODAY), uuid4()
    await river.write(event(message(), river.topics.classified, "x", key=ours, subject=ours), 1)
    await river.judge(ours, identity, 1)
    forged = announced(protocol=ours, owner="ninguem")
    await river.write(event(forged, river.topics.replies, CASE_DISPATCHED, key=ours, subject=ours))
    said = answer().model_copy(update={"protocol": ours, "id": uuid4()})
    unnamed = reply_event(said, river.topics.replies, "/test", None)
    headers = tuple(each for each in unnamed.headers if each[0] != "ce_subject")
    await river.write(Output(unnamed.topic, unnamed.value, unnamed.key, headers))
    assert await river.found(ours) == ["classified", "classified", "replies"]


async def test_what_is_not_judged_yet_is_found_where_it_waits(river: River):
    ours, others = (protocol_number(uuid4(), TODAY) for _ in range(2))
    await river.hear(others, 1)
    await river.hear(ours, 1)
    assert await river.found(ours) == ["inbound.email"]
    await river.judge(ours, uuid4(), 1, doubted=True)
    await river.judge(others, uuid4(), 1)
    assert await river.found(ours) == ["inbound.email", "doubtful"]


async def test_a_number_that_is_nowhere_has_none_and_one_without_a_day_is_refused(river: River):
    await river.hear(protocol_number(uuid4(), TODAY), 0)
    assert await river.found(protocol_number(uuid4(), TODAY)) == []
    with pytest.raises(Rejected, match="starts with no day"):
        await river.found("99999999-0000-0000-000")


async def test_on_a_river_without_any_topic_there_is_none(kafka: LocalKafka, fresh_name: Callable[[str], str]):
    bare = Settings(kafka=Kafka(bootstrap=kafka.bootstrap, prefix=fresh_name("bare") + "."))
    assert await history(bare, protocol_number(uuid4(), TODAY), lambda *_: None) == []


async def test_the_command_tells_it_and_leaves_with_one_where_there_is_none(river: River, tmp_path: Path):
    config = tmp_path / "ouvidor.yaml"
    kafka = {"bootstrap": river.settings.kafka.servers, "prefix": river.settings.kafka.prefix}
    config.write_text(json.dumps({"kafka": kafka}))
    number = protocol_number(uuid4(), TODAY)
    await river.judge(number, uuid4(), 3)

    async def explain(*arguments: str) -> tuple[int | None, str, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "ouvidor", "-c", str(config), "explain", *arguments,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, err = await asyncio.wait_for(process.communicate(), 60)
        return process.returncode, out.decode(), err.decode()

    code, out, _ = await explain(number.lower().replace("-", " "), "--json")
    told = json.loads(out)
    assert (code, told["protocol"], told["standing"], told["owner"]) == (0, number, "routing", None)
    assert [step["step"] for step in told["steps"]] == ["heard", "judged"]
    assert told["steps"][1]["events"][0]["partition"] == 3
    code, words, _ = await explain(number)
    assert code == 0
    assert words.startswith(f"{number}\n")
    assert words.endswith("Agora: espera o encaminhamento.\n")
    assert "Maria" not in words
    code, out, err = await explain(protocol_number(uuid4(), TODAY))
    assert (code, out) == (1, "")
    assert "on no topic" in err
