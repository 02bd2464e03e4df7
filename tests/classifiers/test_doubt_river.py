"""Both lanes on the real broker: the sure ones never wait for the slow lane, and a killed slow lane doubles nobody."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from aiokafka import AIOKafkaProducer

from classifiers.stage import services
from ouvidor.events import CLASSIFIED, INBOUND, Incoming, decode, encode, event_id, header
from ouvidor.health import Heart
from ouvidor.local.kafka import LocalKafka
from ouvidor.records import Channel, Classified
from ouvidor.service import Stage
from ouvidor.settings import Settings
from ouvidor.stage import Limits, StageRunner
from ouvidor.topic_admin import create
from ouvidor.topics import Topics, plan
from routers.sample import FULL
from tests.ingest.river import watching

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
SURE = "Solicito a poda da árvore da rua Bahia, número 12, por favor"
UNSURE = "hm, sei, aquilo de sempre"
EACH = 40


@pytest.fixture
async def settings(kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path) -> Settings:
    found = Settings(
        kafka={  # type: ignore[arg-type]
            "bootstrap": kafka.bootstrap,
            "prefix": f"{sha256(fresh_name('doubt').encode()).hexdigest()[:12]}.",
            "partitions": 2,
            "max_records": 4,
            "session_timeout": timedelta(seconds=6),
        },
        data=tmp_path / "var",
        judgement={"lane": "both"},  # type: ignore[arg-type]
    )
    await create(found, plan(found.kafka, []))
    return found


async def _send(settings: Settings, numbers: Iterable[int]) -> None:
    """Send as many sure ones as unsure: those with an odd number."""
    topic = Topics(settings.kafka.prefix).inbound(Channel.EMAIL)
    async with AIOKafkaProducer(bootstrap_servers=settings.kafka.servers) as producer:
        for number in numbers:
            fields = {"id": UUID(int=number), "protocol": f"P-{number}", "text": UNSURE if number % 2 else SURE}
            message = FULL[0].model_copy(update={**fields, "subject": None, "automatic": None, "language": None})
            event = encode(
                message, topic=topic, key=f"k{number}", id=message.id, type=INBOUND, source="/t", time=NOW,
                subject=message.protocol,
            )  # fmt: skip
            await producer.send(topic, event.value, key=event.key, headers=list(event.headers))


@asynccontextmanager
async def _slow_stage(settings: Settings) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run the slow lane as ops do, in a process of its own."""
    kafka = settings.kafka
    given = {
        "OUVIDOR__DATA": str(settings.data),
        "OUVIDOR__JUDGEMENT__LANE": "both",
        "OUVIDOR__KAFKA__BOOTSTRAP": kafka.servers,
        "OUVIDOR__KAFKA__PREFIX": kafka.prefix,
        "OUVIDOR__KAFKA__MAX_RECORDS": str(kafka.max_records),
        "OUVIDOR__KAFKA__SESSION_TIMEOUT": "PT6S",
    }
    command = (sys.executable, "-P", "-m", "ouvidor", "run", "classify.doubt", "--instance", "d")
    process = await asyncio.create_subprocess_exec(*command, env={**os.environ, **given})
    try:
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()


async def test_sure_ones_do_not_wait_and_doubtful_ones_come_once_though_the_slow_lane_is_killed(settings: Settings):
    topics = Topics(settings.kafka.prefix)
    stage, *_ = services(settings)
    assert isinstance(stage, Stage)
    runner = StageRunner(
        stage, settings, Heart("classify"), instance="1", on_misconfigured=pytest.fail,
        limits=Limits(session=timedelta(seconds=6)),
    )  # fmt: skip
    await runner.start()
    try:
        async with watching(settings, topics.classified) as watch, watching(settings, topics.doubtful) as doubtful:
            await _send(settings, range(2 * EACH))
            await doubtful.at_least(EACH)
            quick = await watch.at_least(EACH)
            assert all(_both(record).verdict.sure for record in quick), "none of the doubtful came, and none was missed"
            assert {_both(record).message.id.int % 2 for record in quick} == {0}
            async with _slow_stage(settings) as process:
                await watch.at_least(EACH + 1, within=120)
                process.send_signal(signal.SIGKILL)  # in the middle of the others
                await process.wait()
            async with _slow_stage(settings):
                await watch.at_least(2 * EACH, within=120)
            found = await watch.to_the_end()
    finally:
        await runner.stop()
    came = Counter(_both(record).message.id.int for record in found)
    assert came == Counter(range(2 * EACH))
    for record in found:
        both = _both(record)
        assert header(record, "ce_id") == str(event_id(both.message.id, "classified"))
        assert ("sentences" in both.verdict.classifier.name) == bool(both.message.id.int % 2)


def _both(record: Incoming) -> Classified:
    return decode(record, Classified, type=CLASSIFIED)
