"""What an event becomes in the store: a row for each destination of its department.

A row's id follows from the event's id and the destination's name, so an event that is consumed twice makes one row.
What the department is told of a reply that was not taken goes to whom that reply's way leads back.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from pydantic_core import from_json

from ouvidor.errors import Rejected
from ouvidor.events import Incoming, header
from ouvidor.topics import Topics
from sinks.deliveries.contract import Destination

__all__ = ["Row", "delivery_id", "reader"]

_NAMESPACE: Final = UUID("0b1c3a52-6f1e-5d7a-8f3e-64656c697665")


@dataclass(frozen=True, slots=True)
class Row:
    """A delivery as it is to stand in the store."""

    id: UUID
    event: str
    """The event's id."""
    topic: str
    partition: int
    offset: int
    destination: str
    sink: str
    department: str
    protocol: str | None
    attributes: Mapping[str, str]
    body: bytes


def delivery_id(event: str, destination: str) -> UUID:
    """Give the id of an event's delivery to a destination."""
    return uuid5(_NAMESPACE, f"{event}\x1f{destination}")


def reader(topics: Topics, destinations: Sequence[Destination]) -> Callable[[Incoming], Iterable[Row]]:
    """Make the stage's function: an event in, its rows out. It raises `Rejected` for what is no event of ours."""
    feed, refused = topics.department(""), topics.refused("")

    def rows(record: Incoming) -> list[Row]:
        is_refusal = record.topic.startswith(refused)
        before = refused if is_refusal else feed
        department = record.topic.removeprefix(before) if record.topic.startswith(before) else "ombudsman"
        attributes = _attributes(record)
        event = attributes.get("ce_id")
        if not event:
            raise Rejected("no ce_id: what has no id cannot be delivered once")
        data, body = _object(record.value)
        its_own = [each for each in destinations if each.department == department]
        wanted = _back(its_own, data) if is_refusal else its_own
        return [
            Row(
                id=delivery_id(event, each.name),
                event=event,
                topic=record.topic,
                partition=record.partition,
                offset=record.offset,
                destination=each.name,
                sink=each.sink,
                department=department,
                protocol=attributes.get("ce_subject"),
                attributes=attributes,
                body=body,
            )
            for each in wanted
            if _is_wanted(each, attributes.get("ce_time"))
        ]

    return rows


def _attributes(record: Incoming) -> dict[str, str]:
    names = [name for name, _ in record.headers if name.startswith("ce_") or name in {"content-type", "traceparent"}]
    found = {name: text for name in names if (text := header(record, name)) is not None}
    if any("\0" in text for text in found.values()):
        raise Rejected("a header holds a zero byte, which no store and no receiver takes")
    return found


def _back(destinations: Iterable[Destination], refused: Mapping[str, Any]) -> list[Destination]:
    """Give whom a refusal leads back to: one of each sink, so that nobody is told twice."""
    found: dict[str, Destination] = {}
    for each in destinations:
        if each.takes_refusal(refused):
            found.setdefault(each.sink, each)
    return list(found.values())


def _object(value: bytes | None) -> tuple[dict[str, Any], bytes]:
    try:
        found = None if value is None else from_json(value)
    except ValueError:
        found = None
    if value is not None and isinstance(found, dict):
        return found, bytes(value)
    raise Rejected("the value is no object of JSON")


def _is_wanted(destination: Destination, time: str | None) -> bool:
    if destination.since is None or time is None:
        return True
    try:
        return datetime.fromisoformat(time) >= destination.since
    except (ValueError, TypeError):
        return True  # its time cannot be read: better twice looked at than never
