"""The classifier on the real broker: another model takes its seat while messages flow, a shadow judges behind it."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from aiokafka import AIOKafkaProducer

from classifiers.model.gate import Comparison
from classifiers.model.registry import Registry
from classifiers.stage import services
from ouvidor.events import CLASSIFIED, DIFFERED, INBOUND, Output, decode, encode
from ouvidor.health import Heart
from ouvidor.local.kafka import LocalKafka
from ouvidor.records import Channel, Classified, Kind, ShadowDifference
from ouvidor.service import Stage
from ouvidor.settings import Settings
from ouvidor.stage import Limits, StageRunner
from ouvidor.topic_admin import create
from ouvidor.topics import Topics, plan
from routers.sample import FULL
from tests.classifiers.commanded import commanded
from tests.classifiers.registered import another_model
from tests.ingest.river import arrived, committed

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
SAME = Comparison(messages=1, confidence=0.95, changes=())
TEXT = "Solicito a poda da árvore da rua Bahia, número 12, por favor"


def _messages(numbers: Iterable[int], topic: str) -> list[Output]:
    found = []
    for number in numbers:
        message = FULL[0].model_copy(
            update={"id": UUID(int=number), "protocol": f"20261122-{number}", "text": TEXT, "automatic": None}
        )
        event = encode(
            message, topic=topic, key="k", id=message.id, type=INBOUND, source="/t", time=NOW, subject=message.protocol
        )
        found.append(replace(event, partition=number % 2))
    return found


@pytest.fixture
async def settings(kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path) -> Settings:
    found = Settings(
        kafka={  # type: ignore[arg-type]
            "bootstrap": kafka.bootstrap,
            "prefix": f"{sha256(fresh_name('river').encode()).hexdigest()[:12]}.",
            "partitions": 2,
        },
        data=tmp_path / "var",
        judgement={"lane": "fast", "shadow": another_model(tmp_path / "shadow", seed=5)},  # type: ignore[arg-type]
    )
    await create(found, plan(found.kafka, []))
    return found


async def test_a_promoted_model_judges_what_comes_next_and_the_shadow_tells_what_it_would_have_said(
    settings: Settings, tmp_path: Path
):
    topics = Topics(settings.kafka.prefix)
    limits = Limits(max_records=50, session=timedelta(seconds=6))
    runners = [
        StageRunner(stage, settings, Heart(stage.name), instance="1", on_misconfigured=pytest.fail, limits=limits)
        for stage in services(settings)
        if isinstance(stage, Stage) and stage.name != "doubt"
    ]
    blind = another_model(tmp_path / "blind", shifts=(30, 0, 0, 0, 0))

    async def send(numbers: Iterable[int], until_there_are: int) -> None:
        for output in _messages(numbers, topics.inbound(Channel.EMAIL)):
            await producer.send_and_wait(
                output.topic, output.value, key=output.key, headers=list(output.headers), partition=output.partition
            )

        async with asyncio.timeout(90):
            while len(await committed(settings, topics.classified)) < until_there_are:  # noqa: ASYNC110 - theirs
                await asyncio.sleep(0.1)

    for runner in runners:
        await runner.start()
    try:
        async with AIOKafkaProducer(bootstrap_servers=settings.kafka.servers) as producer:
            await send(range(40), 40)
            Registry(settings.data / "models").promote(blind, NOW, SAME, None)
            await send([40], 41)  # while it is read, messages of other partitions are judged by the old one
            await send(range(41, 80), 80)
            Registry(settings.data / "models").roll_back(NOW)
            await send([80], 81)
            await send(range(81, 100), 100)
        await arrived(settings, topics.shadow, 40)
        async with asyncio.timeout(90):
            while '"judged":100' not in (answer := await commanded(settings, "model", "shadow", "--json")).out:
                pass  # it stands somewhere before the last
    finally:
        for runner in runners:
            await runner.stop()
    verdicts = {}
    for record in await committed(settings, topics.classified):
        found = decode(record, Classified, type=CLASSIFIED)
        assert found.message.id.int not in verdicts, "once"
        verdicts[found.message.id.int] = found.verdict
    kinds = [verdicts[number].kind for number in range(100)]
    assert kinds == [Kind.REQUEST] * 40 + [Kind.COMPLAINT] * 40 + [Kind.REQUEST] * 20
    assert len({verdicts[number].classifier.hash for number in range(100)}) == 2

    differences = [decode(one, ShadowDifference, type=DIFFERED) for one in await committed(settings, topics.shadow)]
    assert sorted(one.message.int for one in differences) == list(range(40, 80))
    assert '"differ":40' in answer.out
    assert '"complaint -> request":40' in answer.out
