"""Spans as a collector gets them: real OTLP over real HTTP."""

import asyncio
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from ouvidor.events import Incoming, Output, header, headers_of
from ouvidor.health import Heart
from ouvidor.local.kafka import LocalKafka
from ouvidor.service import Stage, alone
from ouvidor.settings import Kafka, Settings, Telemetry
from ouvidor.stage import StageRunner
from ouvidor.topic_admin import create
from ouvidor.topics import TopicPlan
from ouvidor.tracing import Tracer, new_traceparent

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Collector:
    """Keeps what it is sent."""

    url = ""

    def __init__(self) -> None:
        self.requests: list[ExportTraceServiceRequest] = []

    async def take(self, request: web.Request) -> web.Response:
        self.requests.append(ExportTraceServiceRequest.FromString(await request.read()))
        return web.Response(content_type="application/x-protobuf")

    def spans(self) -> list[Any]:
        return [s for r in self.requests for rs in r.resource_spans for ss in rs.scope_spans for s in ss.spans]


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    found = Collector()
    app = web.Application()
    app.router.add_post("/v1/traces", found.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield found
    await runner.cleanup()


def record(parent: str | None = None) -> "ConsumerRecord[bytes, bytes]":
    headers = (("traceparent", parent.encode()),) if parent else ()
    return ConsumerRecord("ouvidor.classified", 2, 7, 0, 0, b"20261121-KEY", b"sou a Maria", None, 0, 0, headers)


async def test_a_batch_is_a_span_linked_to_its_records_and_names_nobody(collector: Collector):
    tracer = Tracer(Telemetry(traces=collector.url), "route")
    with tracer.batch("route", "ouvidor.route", [record(PARENT), record(), record("nonsense")]):
        pass
    await asyncio.to_thread(tracer.close)

    (span,) = collector.spans()
    assert span.name == "process ouvidor.classified"
    assert [link.trace_id.hex() for link in span.links] == ["0af7651916cd43dd8448eb211c80319c"]
    found = {each.key: each.value.string_value or each.value.int_value for each in span.attributes}
    assert found == {
        "messaging.system": "kafka",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": "ouvidor.classified",
        "messaging.destination.partition.id": "2",
        "messaging.consumer.group.name": "ouvidor.route",
        "messaging.batch.message_count": 3,
        "ouvidor.stage": "route",
    }
    sent = str(collector.requests)
    assert "Maria" not in sent
    assert "KEY" not in sent


async def test_a_batch_that_fails_is_an_error_without_its_words(collector: Collector):
    tracer = Tracer(Telemetry(traces=collector.url), "route")
    with pytest.raises(ValueError, match="Maria"), tracer.batch("route", "g", [record()]):
        raise ValueError("sou a Maria")
    await asyncio.to_thread(tracer.close)

    (span,) = collector.spans()
    assert span.status.code == span.status.STATUS_CODE_ERROR
    assert {each.key: each.value.string_value for each in span.attributes}["error.type"] == "ValueError"
    assert "Maria" not in str(collector.requests)


def test_without_a_collector_opentelemetry_is_not_even_imported():
    program = (
        "import sys; from ouvidor.tracing import Tracer; from ouvidor.settings import Telemetry\n"
        "t = Tracer(Telemetry(), 'x')\n"
        "with t.batch('route', 'g', []): pass\n"
        "t.close(); print(any(name.startswith('opentelemetry') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_without_the_extra_the_error_says_what_to_install():
    program = (
        "import sys; sys.modules['opentelemetry'] = None\n"
        "from ouvidor.tracing import Tracer; from ouvidor.settings import Telemetry; from ouvidor.errors import *\n"
        "try: Tracer(Telemetry(traces='http://127.0.0.1:4318'), 'x')\n"
        "except Misconfigured as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "pip install 'ouvidor[otel]'" in done.stdout


def test_a_new_trace_is_of_w3c_form_and_new():
    found = {new_traceparent() for _ in range(1000)}
    assert len(found) == 1000
    assert all(re.fullmatch(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-00", each) for each in found)
    assert new_traceparent(sampled=True).endswith("-01")


async def test_a_stage_sends_a_span_for_its_batch_and_carries_each_records_trace_on(
    collector: Collector, kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path
):
    prefix = fresh_name("p") + "."
    settings = Settings(kafka=Kafka(bootstrap=kafka.bootstrap, prefix=prefix), data=tmp_path)
    await create(settings, [TopicPlan(f"{prefix}{name}", 1, 1, {}) for name in ("in", "out", "dead-letter")])
    stage = Stage("pass", alone(lambda one: [passed_on(one, f"{prefix}out")]), topics=[f"{prefix}in"])
    tracer = Tracer(Telemetry(traces=collector.url), "pass")
    runner = StageRunner(stage, settings, Heart("pass"), instance="1", on_misconfigured=lambda _: None, tracer=tracer)
    consumer = AIOKafkaConsumer(f"{prefix}out", bootstrap_servers=kafka.bootstrap, auto_offset_reset="earliest")
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap)
    await producer.start()
    await consumer.start()
    await runner.start()
    try:
        await producer.send_and_wait(
            f"{prefix}in", b"{}", key=b"k", headers=[("traceparent", PARENT.encode()), ("ce_type", b"x")]
        )
        async with asyncio.timeout(60):
            arrived = await consumer.getone()
    finally:
        await runner.stop()
        await consumer.stop()
        await producer.stop()
        await asyncio.to_thread(tracer.close)

    assert dict(arrived.headers)["traceparent"] == PARENT.encode()
    (span,) = collector.spans()
    assert span.name == f"process {prefix}in"
    assert [link.trace_id.hex() for link in span.links] == ["0af7651916cd43dd8448eb211c80319c"]


def passed_on(one: Incoming, topic: str) -> Output:
    headers = headers_of(
        id="1", type="x", source="/", time=datetime(2026, 11, 21, tzinfo=UTC), trace=header(one, "traceparent")
    )
    return Output(topic, one.value, one.key, headers)
