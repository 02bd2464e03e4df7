"""The NDJSON sink as its real process, killed at work: each event in its file once."""

import asyncio
import json
import random
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from ouvidor.events import DISPATCHED, headers_of
from ouvidor.local.kafka import LocalKafka
from ouvidor.settings import Settings
from ouvidor.topic_admin import create
from ouvidor.topics import TopicPlan
from tests.ingest.river import until
from tests.routers.samples import MONDAY

RUN = "from ouvidor.cli import main; main()"


async def fill(settings: Settings, topic: str, count: int) -> None:
    async with AIOKafkaProducer(
        bootstrap_servers=settings.kafka.servers, transactional_id=topic, transaction_timeout_ms=60_000
    ) as producer:
        for start in range(0, count, 50):
            async with producer.transaction():
                for number in range(start, min(start + 50, count)):
                    headers = headers_of(id=f"id-{number}", type=DISPATCHED, source="/tests", time=MONDAY)
                    value = json.dumps({"number": number, "said": "x" * 500}).encode()
                    await producer.send(topic, value, headers=list(headers), partition=number % 4)


async def start(config: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", RUN, "-c", str(config), "run", "sinks",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("count", "kills"), [(600, 2), pytest.param(20_000, 12, marks=pytest.mark.faults)], ids=["small", "long"]
)
async def test_each_event_is_in_its_file_once_however_often_the_sink_is_killed(
    kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path, count: int, kills: int
):
    prefix = f"{sha256(fresh_name('k').encode()).hexdigest()[:12]}."
    wanted = {
        "kafka": {"bootstrap": kafka.bootstrap, "prefix": prefix, "max_records": 20, "session_timeout": 6},
        "data": str(tmp_path),
    }
    config = tmp_path / "ouvidor.yaml"
    config.write_text(json.dumps(wanted))
    settings = Settings(**wanted)  # type: ignore[arg-type]
    topics = [f"{prefix}department.lamps", f"{prefix}ombudsman"]
    await create(settings, [TopicPlan(topic, 4, 1, {}) for topic in topics])
    for topic in topics:
        await fill(settings, topic, count)
    files = [tmp_path / "departments" / f"{name}.ndjson" for name in ("lamps", "ombudsman")]

    def lines() -> int:
        return sum(file.read_bytes().count(b"\n") for file in files if file.exists())

    chance = random.Random(7)
    killed = 0
    for _ in range(kills):
        process = await start(config)
        goal = lines() + chance.randrange(1, max(count // kills, 2))
        await until(lambda goal=goal, process=process: lines() >= goal or process.returncode is not None, 60)
        assert process.returncode is None
        process.kill()
        await process.wait()
        killed += lines() < 2 * count
    assert killed == kills  # each in the middle of its work
    process = await start(config)
    try:
        await until(lambda: lines() >= 2 * count, 120)
    finally:
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 60) == 0
    for file in files:
        ids = [json.loads(line)["ce"]["id"] for line in file.read_bytes().splitlines()]
        assert sorted(ids) == sorted(f"id-{number}" for number in range(count))
