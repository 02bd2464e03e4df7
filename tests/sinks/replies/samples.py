"""Replies, dispatches and records for the tests of replies."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from aiokafka import ConsumerRecord

from ouvidor.events import CASE_DISPATCHED, Incoming, Output, encode
from ouvidor.protocol import protocol_number
from ouvidor.records import CaseDispatched, Place
from ouvidor.topics import Topics
from sinks.replies.telling import Departments

MESSAGE = UUID(int=7)
PROTOCOL = protocol_number(MESSAGE, date(2026, 11, 23))
MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TOPICS = Topics("t.")
DEPARTMENTS = Departments(lambda: ("saude", "vias", "juridico"))


def dispatch(**changes: Any) -> CaseDispatched:  # noqa: ANN401 - any field
    """The dispatch of Monday noon to `saude`, of which `juridico` is informed."""
    usual = {
        "protocol": PROTOCOL,
        "message": MESSAGE,
        "owner": "saude",
        "informed": ("juridico",),
        "ombudsman": False,
        "deadline": MONDAY + timedelta(days=3),
        "profile": "seed",
        "rule": "area:saude@0123abcd",
        "at": MONDAY,
        "judged": Place(topic="t.classified", partition=1, offset=17),
    }
    return CaseDispatched.model_validate(usual | changes)


def data(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - the same
    """What all commands have, from `saude`."""
    usual = {
        "id": str(uuid4()),
        "protocol": PROTOCOL,
        "department": "saude",
        "by": "plantão",
        "at": "2026-11-23T10:00:00-03:00",
    }
    return usual | changes


def incoming(
    value: bytes | None, *headers: tuple[str, bytes], topic: str = "t.replies", at: datetime = MONDAY
) -> Incoming:
    return ConsumerRecord(
        topic=topic,
        partition=0,
        offset=5,
        timestamp=int(at.timestamp() * 1000),
        timestamp_type=0,
        key=None,
        value=value,
        checksum=None,
        serialized_key_size=0,
        serialized_value_size=0,
        headers=headers,
    )


def arriving(output: Output, at: datetime = MONDAY) -> Incoming:
    """An output as its reader finds it."""
    return incoming(output.value, *output.headers, topic=output.topic, at=at)


def announced(told: CaseDispatched) -> Incoming:
    output = encode(
        told,
        topic=TOPICS.case_commands,
        key=told.protocol,
        id=told.message,
        type=CASE_DISPATCHED,
        source="/stages/route",
        time=told.at,
        subject=told.protocol,
    )
    return arriving(output, told.at)
