"""Reads the demo's topics as a department would: `read_committed`, from the beginning, in no consumer group."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer

from ouvidor.departments import department_names
from ouvidor.kafka import client_options
from ouvidor.records import Channel
from ouvidor.settings import Settings
from ouvidor.topics import Topics

__all__ = ["watch"]

_PATIENCE_MS = 200


async def watch(settings: Settings, see: Callable[[str, Mapping[str, Any]], None]) -> None:
    """Hand every record over as it comes (topic, the event's data), until cancelled."""
    topics = Topics(settings.kafka.prefix)
    consumer = AIOKafkaConsumer(
        *(topics.inbound(channel) for channel in Channel),
        topics.classified,
        *(topics.department(name) for name in department_names(settings)),
        topics.ombudsman,
        topics.dead_letter,
        topics.network_events,
        **client_options(settings.kafka),
        client_id="ouvidor-demo",
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()
    try:
        while True:
            for records in (await consumer.getmany(timeout_ms=_PATIENCE_MS)).values():
                for record in records:
                    see(record.topic, _data(record.value))
    finally:
        await consumer.stop()


def _data(value: bytes | None) -> Mapping[str, Any]:
    try:
        found = json.loads(value or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
