"""What an OpenTelemetry collector is sent: spans of batches. Needs the extra `otel`.

No key, protocol or text is in a span: the conventions offer the message's key as an attribute, ours is left out, and so
are the words of an exception. The conventions for messaging are in development: their names are pinned here.

Source: OpenTelemetry semantic conventions 1.44, "Messaging spans", "Kafka"; OTLP/HTTP 1.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from ouvidor.events import Incoming, header
from ouvidor.version import VERSION

__all__ = ["Spans"]

_SYSTEM: Final = "messaging.system"
_OPERATION: Final = "messaging.operation.name"
_OPERATION_TYPE: Final = "messaging.operation.type"
_TOPIC: Final = "messaging.destination.name"
_PARTITION: Final = "messaging.destination.partition.id"
_GROUP: Final = "messaging.consumer.group.name"
_COUNT: Final = "messaging.batch.message_count"
_ERROR: Final = "error.type"
_STAGE: Final = "ouvidor.stage"

_MOST_LINKS = 64
_SEND_WITHIN_SECONDS = 2
_PARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")


class Spans:
    """Spans of one process, sent to the collector at `url`."""

    def __init__(self, url: str, service: str) -> None:
        resource = Resource.create({"service.name": f"ouvidor-{service}", "service.version": VERSION})
        exporter = OTLPSpanExporter(endpoint=_endpoint(url), timeout=_SEND_WITHIN_SECONDS)
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("ouvidor", VERSION)

    @contextmanager
    def batch(self, stage: str, group: str, records: Sequence[Incoming]) -> Iterator[None]:
        """Trace the work on a partition's batch."""
        first = records[0]
        span = self._tracer.start_span(
            f"process {first.topic}",
            kind=SpanKind.CONSUMER,
            links=list(_links(records)),
            attributes={
                _SYSTEM: "kafka",
                _OPERATION: "process",
                _OPERATION_TYPE: "process",
                _TOPIC: first.topic,
                _PARTITION: str(first.partition),
                _GROUP: group,
                _COUNT: len(records),
                _STAGE: stage,
            },
        )
        try:
            yield
        except BaseException as error:
            span.set_attribute(_ERROR, type(error).__name__)
            span.set_status(Status(StatusCode.ERROR))
            raise
        finally:
            span.end()

    def close(self) -> None:
        """Send what is left, in bounded time."""
        self._provider.force_flush(_SEND_WITHIN_SECONDS * 1000)
        self._provider.shutdown()


def _endpoint(url: str) -> str:
    return url if urlsplit(url).path.strip("/") else f"{url.rstrip('/')}/v1/traces"


def _links(records: Sequence[Incoming]) -> Iterable[Link]:
    for record in records[:_MOST_LINKS]:
        found = _PARENT.fullmatch(header(record, "traceparent") or "")
        if found is not None:
            trace, span, flags = (int(part, 16) for part in found.groups())
            yield Link(SpanContext(trace, span, is_remote=True, trace_flags=TraceFlags(flags)))
