"""The gauges of deliveries, set from the store: so they are right after a restart, and the same from every process."""

from collections.abc import Iterable
from datetime import datetime

from ouvidor import metrics
from sinks.deliveries.store import Store
from sinks.deliveries.tables import State

__all__ = ["gauge"]


def gauge(store: Store, names: Iterable[str], now: datetime) -> None:
    """Set them. What is in the store for a destination that the settings no longer name is counted, too."""
    off = store.disabled()
    found = store.counted()
    metrics.DELIVERIES.clear()
    metrics.DELIVERIES_OLDEST.clear()
    metrics.DESTINATION_DISABLED.clear()
    for name in names:
        metrics.DELIVERIES.labels(name, State.WAITING).set(0)
        metrics.DELIVERIES_OLDEST.labels(name).set(0)
        metrics.DESTINATION_DISABLED.labels(name).set(name in off)
    for each in found:
        metrics.DELIVERIES.labels(each.destination, each.state).set(each.count)
        if each.state is State.WAITING:
            metrics.DELIVERIES_OLDEST.labels(each.destination).set((now - each.oldest).total_seconds())
