"""The page of metrics, from the catalogue."""

from prometheus_client import Counter, Gauge, Histogram

from ouvidor import metrics
from ouvidor.reference.markdown import code, head, table

__all__ = ["metrics_page"]

_ABOUT = """Every process serves these at `/metrics` where `telemetry.port` is set, beside `process_*` (memory, CPU,
open files, start). No label names a person, an address, an account or a protocol number."""


def metrics_page() -> str:
    """Write the page."""
    found = [each for each in vars(metrics).values() if isinstance(each, Counter | Gauge | Histogram)]
    rows = [(code(_name(each)), each._type, _labels(each), each._documentation) for each in found]  # noqa: SLF001
    return head("Metrics", _ABOUT) + "\n" + table(("metric", "type", "labels", "what it tells"), rows)


def _name(metric: Counter | Gauge | Histogram) -> str:
    name: str = metric._name  # noqa: SLF001 - the library tells it in no other way without a sample
    return f"{name}_total" if isinstance(metric, Counter) else name


def _labels(metric: Counter | Gauge | Histogram) -> str:
    return ", ".join(map(code, metric._labelnames))  # noqa: SLF001 - the same
