"""Who wrote a message is shown with a reason alone, and is on record before it is shown."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer

from ouvidor.cli import main
from ouvidor.cli.identity import told
from ouvidor.errors import Misconfigured, Rejected
from ouvidor.events import CLASSIFIED, IDENTITY_ACCESSED, decode, encode, header
from ouvidor.identity_access import Asker, identity, read_asker, read_reason
from ouvidor.local.kafka import LocalKafka
from ouvidor.protocol import protocol_number
from ouvidor.records import Author, Classified, IdentityAccessed, Message
from ouvidor.settings import Kafka, Settings
from ouvidor.tail import Span, tail
from ouvidor.topic_admin import create
from ouvidor.topics import Topics, plan
from tests.routers.samples import message, verdict

ANA = Asker("ouvidoria", "ana.souza", "root")
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
NUMBER = protocol_number(uuid4(), datetime.now(UTC).date())


@pytest.fixture
async def settings(kafka: LocalKafka, fresh_name: Callable[[str], str]) -> Settings:
    settings = Settings(kafka=Kafka(bootstrap=kafka.bootstrap, prefix=fresh_name("p") + "."))
    topics = Topics(settings.kafka.prefix)
    await create(settings, [each for each in plan(settings.kafka, []) if each.name != topics.identity_accesses])
    said = encode(
        Classified(message=message(protocol=NUMBER), verdict=verdict()),
        topic=topics.classified,
        key=NUMBER,
        id=uuid4(),
        type=CLASSIFIED,
        source="/test",
        time=NOW,
        subject=NUMBER,
    )
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap)
    await producer.start()
    await producer.send_and_wait(said.topic, said.value, key=said.key, headers=list(said.headers))
    await producer.stop()
    return settings


async def ask(settings: Settings, number: str = NUMBER) -> Message | None:
    return await identity(settings, number, ANA, "convocar para depor", lambda: NOW, lambda *_: None)


async def test_nothing_is_given_before_the_access_is_on_record_and_a_number_that_is_nowhere_leaves_none(
    settings: Settings,
):
    with pytest.raises(Misconfigured, match="identity-accesses is missing"):
        await ask(settings)

    await create(settings, plan(settings.kafka, []))
    nowhere = protocol_number(uuid4(), datetime.now(UTC).date())
    assert await ask(settings, nowhere) is None
    found = await ask(settings)

    assert found is not None
    assert found.author.name == "Maria"
    topic = Topics(settings.kafka.prefix).identity_accesses
    (record,) = [each async for each in tail(settings, topic, Span(last=None, follow=False))]
    assert decode(record, IdentityAccessed, type=IDENTITY_ACCESSED) == IdentityAccessed(
        protocol=NUMBER,
        role="ouvidoria",
        name="ana.souza",
        user="root",
        why="convocar para depor",
        at=NOW,
        found_in=Topics(settings.kafka.prefix).classified,
    )
    assert header(record, "ce_subject") == NUMBER
    assert "Maria" not in json.dumps(record.value.decode() if record.value else "")


@pytest.mark.parametrize("reason", ["", "   ", "porque", "............", "aaaaaaaaaaaa"])
def test_without_a_reason_nothing_is_shown(reason: str):
    with pytest.raises(Rejected, match="a reason in words is needed"):
        read_reason(reason)


@pytest.mark.parametrize("asker", ["ana", "/ana", "ouvidoria/", ""])
def test_who_asks_says_as_what(asker: str):
    with pytest.raises(Rejected, match="ROLE/name is expected"):
        read_asker(asker, "root")


def test_the_command_refuses_before_it_reads_anything(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as left:
        main(["identity", "show", NUMBER, "--as", "ouvidoria/ana", "--why", "-"])
    assert left.value.code == 65
    assert "a reason in words is needed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("author", "words"),
    [
        (Author(name="Rosa Lima", address="rosa@example.org"), "author: Rosa Lima <rosa@example.org>\n"),
        (Author(address="rosa@example.org"), "author: <rosa@example.org>\n"),
        (Author(), "author: (not given)\n"),
    ],
)
def test_who_it_was_is_told_as_mail_does(author: Author, words: str):
    assert told(message(author=author)).startswith(words)
