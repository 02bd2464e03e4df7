"""CloudEvents 1.0 in Kafka's binary mode: attributes in headers, data alone in the value, so that `kcat | jq` reads it.

`ce_subject` is the protocol number, `traceparent` is carried on from the record that caused this one. A record with
bytes that are no JSON (an original) is the same with another `content-type`; one that is too large for a topic has
`ce_dataref` instead of a value (the claim check).

Source: CloudEvents 1.0.2, "Kafka Protocol Binding"; extensions "dataref", "distributed tracing".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeAlias, TypeVar
from uuid import UUID, uuid5

from aiokafka import ConsumerRecord
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from ouvidor.errors import Rejected

__all__ = [
    "CASE_DISPATCHED",
    "CASE_HANDED_BACK",
    "CLASSIFIED",
    "CORRECTED",
    "DEAD_LETTERED",
    "DIFFERED",
    "DISPATCHED",
    "DOUBTED",
    "IDENTITY_ACCESSED",
    "INBOUND",
    "JSON",
    "MAIL_ANSWERED",
    "NETWORK_EVENT",
    "ORIGINAL",
    "REFUSED",
    "RETRIED",
    "Incoming",
    "Output",
    "decode",
    "encode",
    "event_id",
    "header",
    "headers_of",
    "time_text",
]

INBOUND: Final = "ouvidor.message.received.v1"
CLASSIFIED: Final = "ouvidor.message.classified.v1"
DOUBTED: Final = "ouvidor.message.doubted.v1"
CORRECTED: Final = "ouvidor.verdict.corrected.v1"
DIFFERED: Final = "ouvidor.verdict.differed.v1"
DISPATCHED: Final = "ouvidor.message.dispatched.v1"
ORIGINAL: Final = "ouvidor.original.received.v1"
NETWORK_EVENT: Final = "ouvidor.network.event.v1"
DEAD_LETTERED: Final = "ouvidor.record.dead-lettered.v1"
IDENTITY_ACCESSED: Final = "ouvidor.identity.accessed.v1"
RETRIED: Final = "ouvidor.record.retried.v1"
CASE_DISPATCHED: Final = "ouvidor.case.dispatched.v1"
CASE_HANDED_BACK: Final = "ouvidor.case.handed-back.v1"
MAIL_ANSWERED: Final = "ouvidor.answer.received.v1"
REFUSED: Final = "ouvidor.reply.refused.v1"
JSON: Final = "application/json"

Incoming: TypeAlias = ConsumerRecord[bytes | None, bytes | None]
"""A record as it came from a topic."""

M = TypeVar("M", bound=BaseModel)
Headers = Sequence[tuple[str, bytes | None]]


@dataclass(frozen=True, slots=True)
class Output:
    """A record to be sent."""

    topic: str
    value: bytes | None
    key: bytes | None = None
    headers: tuple[tuple[str, bytes], ...] = ()
    partition: int | None = None


def header(record: Incoming, name: str) -> str | None:
    """Give a header's text, or None where it is missing or not UTF-8. The last one counts, as in Kafka's clients."""
    for key, value in reversed(record.headers):
        if key == name:
            try:
                return None if value is None else bytes(value).decode("utf-8")
            except UnicodeDecodeError:
                return None
    return None


def headers_of(
    *,
    id: UUID | str,  # noqa: A002 - the attribute's name in CloudEvents
    type: str,  # noqa: A002 - the same
    source: str,
    time: datetime,
    subject: str | None = None,
    content_type: str = JSON,
    trace: str | None = None,
    extensions: Iterable[tuple[str, str]] = (),
) -> tuple[tuple[str, bytes], ...]:
    """Give an event's headers. Extension names are CloudEvents': lower-case letters and digits."""
    found = [
        ("ce_specversion", b"1.0"),
        ("ce_id", str(id).encode()),
        ("ce_source", source.encode()),
        ("ce_type", type.encode()),
        ("ce_time", time_text(time).encode()),
        ("content-type", content_type.encode()),
    ]
    if subject is not None:
        found.append(("ce_subject", subject.encode()))
    if trace is not None:
        found.append(("traceparent", trace.encode()))
    found.extend((f"ce_{name}", value.encode()) for name, value in extensions)
    return tuple(found)


def encode(
    data: BaseModel,
    *,
    topic: str,
    key: str,
    id: UUID | str,  # noqa: A002 - the attribute's name in CloudEvents
    type: str,  # noqa: A002 - the same
    source: str,
    time: datetime,
    subject: str | None,
    cause: Incoming | None = None,
    extensions: Iterable[tuple[str, str]] = (),
) -> Output:
    """Turn a model into an event. `cause` is the record that it follows from: its trace is carried on."""
    return Output(
        topic=topic,
        value=data.__pydantic_serializer__.to_json(data, exclude_none=True),
        key=key.encode(),
        headers=headers_of(
            id=id,
            type=type,
            source=source,
            time=time,
            subject=subject,
            trace=header(cause, "traceparent") if cause is not None else None,
            extensions=extensions,
        ),
    )


def decode(record: Incoming, model: type[M], *, type: str) -> M:  # noqa: A002 - the attribute's name in CloudEvents
    """Read an event's data. Raises `Rejected` that says what is wrong with it, without repeating what it holds."""
    found = header(record, "ce_type")
    if found != type:
        raise Rejected(f"ce_type: {type} is expected, {'none' if found is None else repr(found[:100])} was found")
    if record.value is None:
        raise Rejected(f"no value: {type} has data")
    try:
        return model.model_validate_json(record.value)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        words = "; ".join(f"{_place(fault)}: {fault['msg']}" for fault in faults[:5])
        more = f" (and {len(faults) - 5} more)" if len(faults) > 5 else ""  # noqa: PLR2004 - as many as are shown
        raise Rejected(f"data does not fit {type}: {words}{more}") from None


def _place(fault: ErrorDetails) -> str:
    """Name a field at fault; not an unknown one, whose name is the sender's own words."""
    steps = [*map(str, fault["loc"])]
    if fault["type"] == "extra_forbidden":
        steps[-1] = "(unknown field)"
    return ".".join(steps) or "value"


def event_id(cause: UUID | str, step: str) -> UUID:
    """Give an event that follows from another an id: the same whenever the step is done again."""
    return uuid5(cause if isinstance(cause, UUID) else UUID(cause), step)


def time_text(moment: datetime) -> str:
    """Write a moment as RFC 3339 in UTC, with Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
