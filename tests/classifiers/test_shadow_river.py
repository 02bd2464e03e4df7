"""The shadow on the real broker: it tells what its slow lane alone judges otherwise, of what comes once it is there."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from shutil import copytree
from uuid import UUID

import pytest
from aiokafka import AIOKafkaProducer

from classifiers.as_river import as_river
from classifiers.in_force import lanes_of
from classifiers.judge import Judged
from classifiers.lanes import Lanes
from classifiers.stage import services
from classifiers.verdict_events import classified
from ouvidor.events import DIFFERED, INBOUND, Output, decode, encode
from ouvidor.health import Heart
from ouvidor.local.kafka import LocalKafka
from ouvidor.records import Automatic, Classified, Kind, ShadowDifference
from ouvidor.service import Stage
from ouvidor.settings import Settings
from ouvidor.stage import Limits, StageRunner
from ouvidor.topic_admin import create
from ouvidor.topics import Topics, plan
from routers.sample import FULL
from tests.classifiers.commanded import commanded
from tests.classifiers.records import received
from tests.ingest.river import arrived, committed, until

SURE = "Solicito a poda da árvore da rua Bahia, número 12, por favor"
UNSURE = "hm, sei, aquilo de sempre"


def _complains_slowly(where: Path) -> Path:
    """Write a model that is the package's own, but for a slow part that takes all for complaints."""
    copytree(str(files("classifiers.model") / "trained"), where)
    copytree(str(files("classifiers.slow") / "trained"), where, dirs_exist_ok=True)
    card = json.loads((where / "slow.json").read_text(encoding="utf-8"))
    card["thresholds"]["shifts"] = [30, 0, 0, 0, 0]
    (where / "slow.json").write_text(json.dumps(card), encoding="utf-8")
    return where


@pytest.fixture
async def settings(kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path) -> Settings:
    found = Settings(
        kafka={  # type: ignore[arg-type]
            "bootstrap": kafka.bootstrap,
            "prefix": f"{sha256(fresh_name('shadow').encode()).hexdigest()[:12]}.",
            "partitions": 2,
        },
        data=tmp_path / "var",
        judgement={"lane": "both", "shadow": _complains_slowly(tmp_path / "shadow")},  # type: ignore[arg-type]
    )
    await create(found, plan(found.kafka, []))
    return found


@asynccontextmanager
async def _shadowed(settings: Settings) -> AsyncIterator[None]:
    *_, stage = services(settings)
    assert isinstance(stage, Stage)
    heart = Heart(stage.name)
    runner = StageRunner(
        stage, settings, heart, instance="1", on_misconfigured=pytest.fail,
        limits=Limits(session=timedelta(seconds=6)),
    )  # fmt: skip
    await runner.start()
    try:
        await until(lambda: heart.ready)
        yield
    finally:
        await runner.stop()


async def test_what_its_slow_lane_alone_says_otherwise_is_told_once_of_all_that_comes(settings: Settings):
    topics = Topics(settings.kafka.prefix)
    lanes = lanes_of(settings).now

    async def send(number: int, text: str, *, automatic: bool = False, opinion: bool = False) -> None:
        event = _classified(lanes, topics, number, text, automatic=automatic, opinion=opinion)
        await producer.send_and_wait(
            topics.classified, event.value, key=event.key, headers=list(event.headers), partition=number % 2
        )

    async def told(count: int) -> list[int]:
        await arrived(settings, topics.shadow, count)
        found = [decode(one, ShadowDifference, type=DIFFERED) for one in await committed(settings, topics.shadow)]
        assert {(one.said.kind is Kind.COMPLAINT, one.shadow.kind) for one in found} == {(False, Kind.COMPLAINT)}
        assert {one.said.classifier.name for one in found} == {"rules+words+sentences"}
        return sorted(one.message.int for one in found)

    async with AIOKafkaProducer(bootstrap_servers=settings.kafka.servers) as producer:
        await send(0, UNSURE)
        await send(1, UNSURE)
        async with _shadowed(settings):
            await send(4, SURE)
            await send(2, UNSURE)
            await send(3, UNSURE)
            await send(5, UNSURE, automatic=True)
            await send(6, UNSURE, opinion=True)
            await producer.send_and_wait(topics.classified, b"segredo", partition=0)
            await send(8, UNSURE)
            await send(9, UNSURE)
            assert await told(4) == [2, 3, 8, 9], "what was there before is not judged"
        await send(10, UNSURE)
        async with _shadowed(settings):
            await send(11, UNSURE)
            assert await told(6) == [2, 3, 8, 9, 10, 11], "after a restart it goes on where it stood"
        await send(12, UNSURE)
    assert await committed(settings, topics.dead_letter) == []
    answer = await commanded(settings, "model", "shadow", "--json")
    summary = json.loads(answer.out)
    assert (summary["differ"], summary["judged"]) == (6, 7), "not the one that came when it was gone"
    assert summary["left_out"] == {"automatic": 1, "opinion": 1}


def _classified(lanes: Lanes, topics: Topics, number: int, text: str, *, automatic: bool, opinion: bool) -> Output:
    """Give the event that both lanes would have written, and the third opinion behind them."""
    message = FULL[0].model_copy(
        update={"id": UUID(int=number), "protocol": f"P-{number}", "text": text, "subject": None, "language": None,
                "automatic": Automatic(kind="bounce", status="5.1.1") if automatic else None}
    )  # fmt: skip
    inbound = encode(
        message, topic=topics.inbound(message.channel), key=f"k{number}", id=message.id, type=INBOUND, source="/t",
        time=message.received_at, subject=message.protocol,
    )  # fmt: skip
    (verdict,) = as_river(lanes, [Judged.of(message)]).last
    if opinion:
        name = f"{verdict.classifier.name}+opinion"
        verdict = verdict.model_copy(update={"classifier": verdict.classifier.model_copy(update={"name": name})})
    return classified(Classified(message=message, verdict=verdict), received(inbound), topics)
