"""From a record of a feed to what it says, or to why it cannot be read. Pure.

Fields that this version does not know are left aside: within `v1` they are only added, and the department need not wait
for a new client. All else is verified: that it is a CloudEvent of a type that is known, that it fits the schema, and
that key, subject and message name one protocol. What fails is told by its place and the fault, never by what it holds.

Source: CloudEvents 1.0.2, "Kafka Protocol Binding"; `docs/schemas/dispatched.json`.
"""

from dataclasses import dataclass, field
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError

from ouvidor.events import DISPATCHED, REFUSED, Incoming, header
from ouvidor.records.dispatch import Dispatched
from ouvidor.records.reply import Refused

__all__ = ["Unreadable", "read_case", "read_refusal"]

M = TypeVar("M", bound=BaseModel)

_FAULTS_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that could not be read. It stands where it stood: the topic keeps it for a year."""

    topic: str
    partition: int
    offset: int
    event: str | None
    """Its `ce_id`, where it has one."""
    type: str | None
    """Its `ce_type`, where it has one."""
    why: str
    record: Incoming = field(repr=False, compare=False)
    """The record itself. A customer's words may be in it."""

    def __str__(self) -> str:
        return f"{self.topic}, partition {self.partition}, offset {self.offset}: {self.why}"


def read_case(record: Incoming) -> Dispatched | Unreadable:
    """Read a case."""
    found = _read(record, Dispatched, DISPATCHED)
    if isinstance(found, Unreadable):
        return found
    protocol = found.message.protocol
    named = {"ce_subject": header(record, "ce_subject"), "key": _text(record.key)}
    if strange := [name for name, value in named.items() if value != protocol]:
        return _unreadable(record, f"{' and '.join(strange)}: not the protocol of its message")
    return found


def read_refusal(record: Incoming) -> Refused | Unreadable:
    """Read why a reply was not taken."""
    return _read(record, Refused, REFUSED)


def _read(record: Incoming, model: type[M], event_type: str) -> M | Unreadable:
    if header(record, "ce_specversion") != "1.0" or not header(record, "ce_id"):
        return _unreadable(record, "no CloudEvent 1.0: ce_specversion or ce_id is missing")
    if header(record, "ce_type") != event_type:
        return _unreadable(record, f"ce_type: only {event_type} is known; is there a newer client?")
    if record.value is None:
        return _unreadable(record, "no value")
    try:
        return model.model_validate_json(record.value, extra="ignore")
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        words = "; ".join(
            f"{'.'.join(map(str, each['loc'])) or 'value'}: {each['msg']}" for each in faults[:_FAULTS_SHOWN]
        )
        more = f" (and {len(faults) - _FAULTS_SHOWN} more)" if len(faults) > _FAULTS_SHOWN else ""
        return _unreadable(record, f"data does not fit {event_type}: {words}{more}")


def _unreadable(record: Incoming, why: str) -> Unreadable:
    return Unreadable(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        event=header(record, "ce_id"),
        type=header(record, "ce_type"),
        why=why,
        record=record,
    )


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "replace")
