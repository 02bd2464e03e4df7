"""Records as a consumer gets them, from what a stage gives."""

from datetime import UTC, datetime

from aiokafka import ConsumerRecord

from ouvidor.events import Incoming, Output

__all__ = ["received"]

_AT = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)


def received(output: Output) -> Incoming:
    """Give an output as its reader sees it."""
    return ConsumerRecord(
        topic=output.topic,
        partition=0,
        offset=7,
        timestamp=int(_AT.timestamp() * 1000),
        timestamp_type=0,
        key=output.key,
        value=output.value,
        checksum=None,
        serialized_key_size=-1,
        serialized_value_size=-1,
        headers=output.headers,
    )
