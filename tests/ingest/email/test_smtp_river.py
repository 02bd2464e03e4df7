"""The port for mail servers on a real broker: killed while mail comes in, and with the broker away."""

import asyncio
import json
import random
import signal
import smtplib
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic

import pytest

from ingest.listen import ListenEdge
from ingest.registry import accounts
from ingest.stage import services
from ouvidor.events import INBOUND, decode, header
from ouvidor.health import Heart
from ouvidor.local.kafka import LocalKafka
from ouvidor.local.ports import free_ports
from ouvidor.metrics import SPOOL_RECORDS
from ouvidor.records import Channel, Message
from ouvidor.service import Stage
from ouvidor.settings import Settings
from ouvidor.stage import StageRunner
from ouvidor.topics import Topics
from tests.ingest.email.post import OURS, hand_over
from tests.ingest.email.test_mbox import mail
from tests.ingest.river import arrived, committed, make_topics, own_river, running, until

KILLS = 4
SENDERS = 4


def given(settings: Settings, port: int) -> Settings:
    account = {"network": "smtp", "account": "main", "port": port, "recipients": [OURS]}
    return settings.model_copy(update={"ingest": settings.ingest.model_copy(update={"accounts": (account,)})})


@pytest.fixture
async def settings(kafka: LocalKafka, tmp_path: Path) -> Settings:
    [port] = free_ports(1)
    settings = given(Settings(kafka=own_river(kafka.bootstrap), data=tmp_path / "var"), port)
    await make_topics(settings)
    return settings


def send(port: int, number: int, until: float) -> None:
    """Hand a mail over as a server does: again and again, until it hears yes."""
    large = b"Falta luz. " * 9000 if number % 10 == 0 else b"Falta luz.\n"
    while True:
        try:
            assert hand_over(port, mail(number, large).replace(b"\n", b"\r\n")) == {}
        except (smtplib.SMTPException, OSError):
            assert monotonic() < until
        else:
            return


async def test_the_port_is_killed_while_mail_comes_in_and_each_mail_is_heard_once(settings: Settings, tmp_path: Path):
    (tmp_path / "ouvidor.yaml").write_text(
        json.dumps(
            {
                "kafka": json.loads(settings.kafka.model_dump_json(exclude_none=True)),
                "data": str(settings.data),
                "ingest": {"accounts": list(settings.ingest.accounts)},
            }
        )
    )
    port = settings.ingest.accounts[0]["port"]
    draw = random.Random(25)
    enough = asyncio.Event()
    said: list[int] = []

    async def sender(its: int) -> None:
        number = its
        while not enough.is_set():
            await asyncio.to_thread(send, port, number, monotonic() + 60)
            said.append(number)  # it was answered with 250
            number += SENDERS

    senders = [asyncio.ensure_future(sender(its)) for its in range(SENDERS)]
    for kill in range(KILLS + 1):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.ingest.poll", str(tmp_path / "ouvidor.yaml"), "smtp.main",
            stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            before = len(said)
            await until(lambda before=before: len(said) > before + 30, within=60)
            await asyncio.sleep(draw.uniform(0, 0.3))
            if kill == KILLS:
                enough.set()
                await asyncio.gather(*senders)
                originals = Topics(settings.kafka.prefix).originals
                async with asyncio.timeout(60):
                    while len({header(each, "ce_id") for each in await committed(settings, originals)}) < len(said):  # noqa: ASYNC110
                        await asyncio.sleep(0.2)
        finally:
            process.send_signal(signal.SIGKILL)
            await process.wait()
    found = await heard(settings, len(said))
    numbers = Counter(int((one.thread.message_id or "").partition("@")[0]) for one in found)
    assert numbers == Counter(said)
    assert set(numbers.values()) == {1}


async def heard(settings: Settings, count: int) -> list[Message]:
    """Put what was kept through the intake."""
    [stage] = [each for each in services(settings) if isinstance(each, Stage)]
    runner = StageRunner(stage, settings, Heart("intake"), instance="test", on_misconfigured=pytest.fail)
    await runner.start()
    try:
        records = await arrived(settings, Topics(settings.kafka.prefix).inbound(Channel.EMAIL), count)
    finally:
        await runner.stop()
    records = await committed(settings, Topics(settings.kafka.prefix).inbound(Channel.EMAIL))
    return [decode(record, Message, type=INBOUND) for record in records]


@pytest.fixture
async def breakable(tmp_path: Path) -> AsyncIterator[LocalKafka]:
    async with LocalKafka(tmp_path / "broker") as broker:
        yield broker


async def test_while_the_broker_is_away_mail_is_taken_and_arrives_when_it_is_back(
    breakable: LocalKafka, tmp_path: Path
):
    settings = given(Settings(kafka=own_river(breakable.bootstrap), data=tmp_path / "var"), 0)
    await make_topics(settings)
    [(adapter, account)] = accounts(settings)
    edge = ListenEdge(settings, adapter, account)
    async with running(asyncio.ensure_future(edge.run(Heart("smtp")))):
        await until(lambda: edge.direct)
        assert edge.port is not None
        for number in range(10):
            if number == 5:
                breakable.kill()
            await asyncio.to_thread(hand_over, edge.port, mail(number))
        assert SPOOL_RECORDS._value.get() >= 5
        await breakable.start()
        await until(lambda: edge.direct and not SPOOL_RECORDS._value.get(), within=60)
        found = await arrived(settings, Topics(settings.kafka.prefix).originals, 10)
    assert len({header(each, "ce_id") for each in found}) == 10
    assert {header(each, "ce_ouvidorhintrecipients") for each in found} == {"ouvidoria%40orgao.test"}
