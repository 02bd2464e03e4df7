"""OpenTelemetry traces, when they are configured: a span for each batch of a stage, linked to its records' traces.

A record's own trace goes through all topics unchanged in `traceparent` (`ouvidor/events.py`), whether we trace or not;
what comes without one is given one at its receipt. What is written with OpenTelemetry is in `ouvidor/spans.py`, which
is only imported where the settings want traces.

Source: W3C Trace Context.
"""

import random
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

from ouvidor.errors import Misconfigured
from ouvidor.events import Incoming
from ouvidor.settings import Telemetry

__all__ = ["Tracer", "new_traceparent"]


def new_traceparent(*, sampled: bool = False) -> str:
    """Give a record that comes without a trace one of its own (1 µs)."""
    trace, span = random.getrandbits(128) or 1, random.getrandbits(64) or 1
    return f"00-{trace:032x}-{span:016x}-{'01' if sampled else '00'}"


class Tracer:
    """Traces where the settings name a collector; costs nothing where they do not.

    Raises `Misconfigured` where traces are wanted and OpenTelemetry is not installed.
    """

    def __init__(self, telemetry: Telemetry, service: str) -> None:
        self._spans = None
        if telemetry.traces is None:
            return
        try:
            from ouvidor.spans import Spans  # noqa: PLC0415 - an extra: imported only where it is wanted
        except ImportError as error:
            raise Misconfigured(f"telemetry.traces: pip install 'ouvidor[otel]' ({error})") from error
        self._spans = Spans(telemetry.traces, service)

    @classmethod
    def none(cls) -> "Tracer":
        """Give one that traces nothing."""
        return cls(Telemetry(), "")

    def batch(self, stage: str, group: str, records: Sequence[Incoming]) -> AbstractContextManager[None]:
        """Trace the work on a partition's batch, until the context ends: its commit, or its failure."""
        return nullcontext() if self._spans is None or not records else self._spans.batch(stage, group, records)

    def close(self) -> None:
        """Send what is left, in bounded time. Blocks: call it at the end, or in a thread."""
        if self._spans is not None:
            self._spans.close()
