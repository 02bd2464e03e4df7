"""What a destination of each sink is told in the settings: for the reference page, which is written from it."""

from collections.abc import Mapping

from ouvidor.config import Section
from sinks.deliveries.catalogue import sink, sink_names

__all__ = ["sections"]


def sections() -> Mapping[str, type[Section]]:
    """Give the destinations' models by the titles of their sections."""
    return {f"deliveries.destinations[]: {name}": sink(name).settings for name in sink_names()}
