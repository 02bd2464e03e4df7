"""From the department's topic to its system, as the real process, killed at work: each event once per id."""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path

from aiokafka import AIOKafkaProducer
from sqlalchemy import func, select

from ouvidor.local.kafka import LocalKafka
from ouvidor.settings import Settings
from ouvidor.topic_admin import create
from ouvidor.topics import TopicPlan
from sinks.deliveries.engine import address
from sinks.deliveries.store import Store
from sinks.deliveries.tables import State, deliveries
from tests.ingest.river import until
from tests.sinks.deliveries.events import event_id, record
from tests.sinks.webhook.receiver import SECRET, Panel

RUN = "from ouvidor.cli import main; main()"
COUNT = 120


async def fill(settings: Settings, topic: str) -> None:
    async with AIOKafkaProducer(bootstrap_servers=settings.kafka.servers) as producer:
        for number in range(COUNT):
            its = record(number)
            await producer.send(topic, its.value, headers=list(its.headers), partition=number % 4)


def rows_of(store: Store) -> int:
    with store.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(deliveries)).scalar_one()


async def test_each_event_arrives_though_the_sink_is_killed_and_one_that_hangs_holds_nothing_up(
    kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path, panel: Panel
):
    prefix = f"{sha256(fresh_name('d').encode()).hexdigest()[:12]}."
    slow = Panel()
    await slow.start()
    await slow.do("be slow")
    common = {"sink": "webhook", "department": "lamps", "secret": SECRET, "in_the_clear": True}
    given = [
        common | {"name": "panel", "url": panel.url, "timeout": 5},  # a busy machine is no reason to try again
        common | {"name": "slow", "url": slow.url, "timeout": 1},
    ]
    wanted = {
        "kafka": {"bootstrap": kafka.bootstrap, "prefix": prefix, "max_records": 20, "session_timeout": 6},
        "data": str(tmp_path),
        "deliveries": {"destinations": given, "allow": ["127.0.0.0/8"]},
    }
    config = tmp_path / "ouvidor.yaml"
    config.write_text(json.dumps(wanted))
    settings = Settings(**wanted)  # type: ignore[arg-type]
    await create(settings, [TopicPlan(f"{prefix}{name}", 4, 1, {}) for name in ("department.lamps", "ombudsman")])
    await fill(settings, f"{prefix}department.lamps")

    async def start() -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-c", RUN, "-c", str(config), "run", "sinks.deliveries", "sinks.dispatcher",
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip

    process = await start()
    await until(lambda: len(panel.requests) >= 0.4 * COUNT, 100)
    process.kill()
    await process.wait()
    store = Store(address(settings))

    def left() -> dict[str, int]:
        return {each.destination: each.count for each in store.counted()}

    process = await start()
    try:
        await until(lambda: set(left()) == {"slow"} and rows_of(store) == 2 * COUNT, 150)  # its leases have ended, too
        await slow.do("take")
        await until(lambda: left().get("slow", 0) < COUNT, 100)
    finally:
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 60) == 0
        await slow.stop()
    events = Counter(json.loads(body)["id"] for _, body in panel.requests)
    assert set(events) == {str(event_id(number)) for number in range(COUNT)}
    assert sum(events.values()) <= COUNT + 4  # again were at most those in hand at the kill
    with closing(store):
        assert {each.state for each in store.counted()} <= {State.WAITING}  # nothing was lost, and nothing was given up
