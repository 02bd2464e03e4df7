"""A full mailbox at the first start, read by a process that is killed again and again: each mail is heard once."""

import asyncio
import json
import os
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Self

import pytest
from aiokafka import AIOKafkaConsumer

from ouvidor.local.kafka import LocalKafka
from tests.ingest.email.scripted import ScriptedServer

COMMAND = (sys.executable, "-P", "-m", "ouvidor")


def _mail(number: int) -> bytes:
    """Give a mail; some are long."""
    words = f"A conta {number} veio em dobro, exijo a devolução. " * (3000 if number % 500 == 0 else 3)
    return (
        f"From: Ana <ana{number % 97}@cliente.test>\r\nTo: ouvidoria@ouvidor.test\r\nSubject: Conta {number}\r\n"
        f"Message-ID: <{number}@cliente.test>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n"
    ).encode()


class Heard:
    """What a `read_committed` consumer of the inbound topic has seen."""

    def __init__(self, bootstrap: str, topic: str) -> None:
        self.mails: Counter[str] = Counter()
        self._topic = topic
        self._consumer = AIOKafkaConsumer(
            topic,
            bootstrap_servers=bootstrap,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
        )

    async def __aenter__(self) -> Self:
        await self._consumer.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._consumer.stop()

    async def look(self) -> None:
        for records in (await self._consumer.getmany(timeout_ms=100)).values():
            self.mails.update(json.loads(record.value)["thread"]["message_id"] for record in records)

    async def until(self, count: int, within: float) -> None:
        async with asyncio.timeout(within):
            while len(self.mails) < count:
                await self.look()


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as server:
        yield server


@pytest.fixture
def home(tmp_path: Path, server: ScriptedServer, kafka: LocalKafka, fresh_name: Callable[[str], str]) -> Path:
    mailbox = server.given() | {"idle": "PT1S", "poll": "PT1S", "timeout": "PT10S", "batch_mails": 50}
    settings = {
        "data": "kept",
        "kafka": {"bootstrap": kafka.bootstrap, "prefix": f"{fresh_name('backfill')}."},
        "ingest": {"accounts": [mailbox]},
    }
    (tmp_path / "ouvidor.yaml").write_text(json.dumps(settings))
    return tmp_path


async def _run(home: Path, *arguments: str) -> asyncio.subprocess.Process:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OUVIDOR__")}
    with (home / "words.txt").open("ab") as words:
        return await asyncio.create_subprocess_exec(
            *COMMAND, *arguments, cwd=home, stdout=words, stderr=words, env=environment
        )


async def _prove(home: Path, server: ScriptedServer, kafka: LocalKafka, *, mails: int, kills: int, seed: int) -> None:
    draw = random.Random(seed)
    server.mails = {number: _mail(number) for number in range(1, mails + 1)}
    prefix = json.loads((home / "ouvidor.yaml").read_text())["kafka"]["prefix"]
    assert await (await _run(home, "topics", "create")).wait() == 0
    moments = sorted(draw.sample(range(1, mails * 9 // 10), kills))
    async with Heard(kafka.bootstrap, f"{prefix}inbound.email") as heard:
        for moment in moments:
            process = await _run(home, "run", "ingest")
            try:
                await heard.until(moment, within=300)
                await asyncio.sleep(draw.uniform(0, 0.3))  # not always right after a commit
            finally:
                process.kill()
                await process.wait()
        process = await _run(home, "run", "ingest")
        try:
            await heard.until(mails, within=600)
            for _ in range(20):  # two seconds for what comes twice
                await heard.look()
        finally:
            process.terminate()
            await process.wait()
    assert {name: times for name, times in heard.mails.items() if times > 1} == {}
    assert len(heard.mails) == mails


async def test_a_mailbox_whose_reader_is_killed_is_heard_once_each(
    home: Path, server: ScriptedServer, kafka: LocalKafka
) -> None:
    await _prove(home, server, kafka, mails=600, kills=3, seed=1)


@pytest.mark.faults
@pytest.mark.parametrize("seed", [2, 3])
async def test_twenty_thousand_mails_whose_reader_is_killed_ten_times_are_heard_once_each(
    home: Path, server: ScriptedServer, kafka: LocalKafka, seed: int
) -> None:
    await _prove(home, server, kafka, mails=20_000, kills=10, seed=seed)
