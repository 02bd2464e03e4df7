"""Events as they stand on a department's topic, and rows of them."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from aiokafka import ConsumerRecord

from ouvidor.events import DISPATCHED, headers_of
from sinks.deliveries.rows import Row, delivery_id

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
_SPACE = UUID("00000000-0000-5000-8000-000000000000")


def event_id(number: int) -> UUID:
    return uuid5(_SPACE, str(number))


def data(said: str = "O poste está apagado", **more: object) -> dict[str, object]:
    message = {"text": said, "subject": "Poste", "author": {"name": "Maria da Silva", "address": "maria@example.org"}}
    return {"message": message, "verdict": {"kind": "request"}, "dispatch": {"owner": "lamps"}, **more}


def record(
    number: int = 1,
    *,
    topic: str = "o.department.lamps",
    protocol: str = "20261123-0000-0000-00E",
    time: datetime = NOW,
    value: bytes | None = None,
) -> ConsumerRecord[bytes, bytes]:
    body = json.dumps(data()).encode() if value is None else value
    headers = headers_of(
        id=event_id(number),
        type=DISPATCHED,
        source="/route",
        time=time,
        subject=protocol,
        trace=f"00-{'a' * 32}-{'b' * 16}-01",
    )
    return ConsumerRecord(topic, 0, number, 1, 0, b"k", body, 1, len(body), 0, headers)


def row(number: int = 1, destination: str = "panel", *, protocol: str = "20261123-0000-0000-00E") -> Row:
    event = str(event_id(number))
    return Row(
        id=delivery_id(event, destination),
        event=event,
        topic="o.department.lamps",
        partition=0,
        offset=number,
        destination=destination,
        sink="webhook",
        department="lamps",
        protocol=protocol,
        attributes={
            "ce_specversion": "1.0",
            "ce_id": event,
            "ce_type": DISPATCHED,
            "ce_source": "/route",
            "ce_time": "2026-11-23T12:00:00Z",
            "ce_subject": protocol,
            "content-type": "application/json",
        },
        body=json.dumps(data()).encode(),
    )
