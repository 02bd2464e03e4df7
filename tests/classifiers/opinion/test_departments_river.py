"""A department that another model names, on the real broker: from the inbound topic to that department's, once."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest
from aiokafka import AIOKafkaProducer

from classifiers.stage import services as judging
from ouvidor.events import DISPATCHED, INBOUND, decode, encode
from ouvidor.health import Heart
from ouvidor.local.kafka import LocalKafka
from ouvidor.records import Channel, Dispatched
from ouvidor.service import Stage
from ouvidor.settings import Settings
from ouvidor.stage import Limits, StageRunner
from ouvidor.topic_admin import create
from ouvidor.topics import Topics, plan
from routers.departments import departments
from routers.sample import FULL
from routers.stage import services as routing
from tests.classifiers.opinion.model_server import GOOD, ModelServer
from tests.ingest.river import watching

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
TABLE = """
default: balcao
area_confidence: 1
departments:
  - {name: balcao, title: Balcão}
  - {name: agua, title: Águas, handles: "Água, esgoto.", areas: [agua-esgoto]}
  - {name: cidade, title: Cidade, handles: "Ruas, praças e árvores.", areas: [meio-ambiente, vias]}
profile: seed
"""
SAID = (
    "Solicito a segunda via da conta de água, por favor.",
    "hm, aquilo da árvore de novo",
    "Vazamento de água no cano da rua: falta água aqui e o asfalto está todo esburacado",
)


@pytest.fixture
def settings(kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path) -> Settings:
    (tmp_path / "table.yaml").write_text(TABLE, encoding="utf-8")
    prefix = f"{sha256(fresh_name('named').encode()).hexdigest()[:12]}."
    return Settings(
        kafka={"bootstrap": kafka.bootstrap, "prefix": prefix, "partitions": 1, "session_timeout": 6},  # type: ignore[arg-type]
        data=tmp_path / "var",
        routing={"table": tmp_path / "table.yaml"},  # type: ignore[arg-type]
    )


async def _send(settings: Settings) -> None:
    topic = Topics(settings.kafka.prefix).inbound(Channel.EMAIL)
    async with AIOKafkaProducer(bootstrap_servers=settings.kafka.servers) as producer:
        for number, text in enumerate(SAID):
            fields = {"id": UUID(int=number), "protocol": f"P-{number}", "text": text, "received_at": NOW}
            message = FULL[0].model_copy(update={**fields, "subject": None, "automatic": None, "language": None})
            event = encode(
                message, topic=topic, key=f"k{number}", id=message.id, type=INBOUND, source="/t", time=NOW,
                subject=message.protocol,
            )  # fmt: skip
            await producer.send(topic, event.value, key=event.key, headers=list(event.headers))


async def test_sure_or_not_a_message_reaches_the_department_that_was_named_and_who_looks(settings: Settings):
    await create(settings, plan(settings.kafka, departments(settings)))
    topics = Topics(settings.kafka.prefix)
    async with ModelServer() as server, AsyncExitStack() as stack:
        server.says({**GOOD, "department": "d2"})
        asked = {"lane": "fast", "opinion": {"url": server.url, "model": "small", "department": "undecided"}}
        settings = Settings.model_validate({**settings.model_dump(), "judgement": asked})
        for service in (*judging(settings), *routing(settings)):
            if isinstance(service, Stage):
                runner = StageRunner(
                    service, settings, Heart(service.name), instance="1", on_misconfigured=pytest.fail,
                    limits=Limits(session=timedelta(seconds=6)),
                )  # fmt: skip
                await runner.start()
                stack.push_async_callback(runner.stop)
        named = await stack.enter_async_context(watching(settings, topics.department("cidade")))
        default = await stack.enter_async_context(watching(settings, topics.department("balcao")))
        await _send(settings)
        found = [decode(one, Dispatched, type=DISPATCHED) for one in await named.at_least(len(SAID))]
        looked = [decode(one, Dispatched, type=DISPATCHED) for one in await default.at_least(len(SAID))]
    assert {one.verdict.sure for one in found} == {True, False}
    assert {one.message.text: one.verdict.area for one in found}[SAID[-1]] == "vias", "the likeliest of its areas"
    for one in (*found, *looked):
        assert (one.dispatch.owner, one.dispatch.triage) == ("cidade", "area_by_opinion")
        assert one.dispatch.informed == ("balcao",)
    assert len(server.asked) == len(SAID)
