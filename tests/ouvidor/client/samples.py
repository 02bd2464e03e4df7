"""Dispatched cases, as records of a department's feed."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from aiokafka import ConsumerRecord

from ouvidor.events import DISPATCHED, Incoming, Output, encode, event_id
from ouvidor.protocol import protocol_number
from ouvidor.records import Dispatch, Dispatched
from tests.routers.samples import MONDAY, message, verdict


def dispatched(number: int = 7, **changes: Any) -> Dispatched:  # noqa: ANN401 - any field of the dispatch
    """A case of `billing`; `number` makes it one of its own."""
    usual = {
        "owner": "billing",
        "ombudsman": False,
        "deadline": MONDAY + timedelta(days=3),
        "profile": "seed",
        "rule": "area:x@0123abcd",
        "extract": False,
    }
    its = UUID(int=number)
    said = message(id=its, protocol=protocol_number(its, date(2026, 11, 23)), text=f"Caso {number}")
    return Dispatched(message=said, verdict=verdict(), dispatch=Dispatch.model_validate(usual | changes))


def event(data: Dispatched, topic: str = "ouvidor.department.billing") -> Output:
    return encode(
        data,
        topic=topic,
        key=data.message.protocol,
        id=event_id(data.message.id, f"dispatched:{topic}"),
        type=DISPATCHED,
        source="/stages/route",
        time=MONDAY,
        subject=data.message.protocol,
    )


def incoming(
    value: bytes | None,
    key: bytes | None,
    headers: Sequence[tuple[str, bytes]],
    topic: str = "ouvidor.department.billing",
) -> Incoming:
    return ConsumerRecord(
        topic=topic,
        partition=3,
        offset=17,
        timestamp=int(MONDAY.timestamp() * 1000),
        timestamp_type=0,
        key=key,
        value=value,
        checksum=None,
        serialized_key_size=0,
        serialized_value_size=0,
        headers=tuple(headers),
    )


def arriving(output: Output, **changed: str | None) -> Incoming:
    """An output as its reader finds it, with headers changed or, by None, without them."""
    kept = [(name, value) for name, value in output.headers if name not in changed]
    given = [(name, value.encode()) for name, value in changed.items() if value is not None]
    return incoming(output.value, output.key, [*kept, *given], output.topic)
