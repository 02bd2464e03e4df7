"""An event as one line of JSON: its data, and under `ce` what CloudEvents says of it. What people and programs open.

Any event will do, so that a reader of these lines sees the ones of tomorrow too. What is not an object of JSON (an
original's bytes, a tombstone) has `data_base64` instead of the data's own keys, or neither.

Source: CloudEvents 1.0.2, "Kafka Protocol Binding" (binary mode); NDJSON.
"""

from base64 import b64encode
from typing import Any

from pydantic_core import from_json, to_json

from ouvidor.errors import Rejected
from ouvidor.events import Incoming, header

__all__ = ["event", "line"]

_ATTRIBUTES = ("id", "type", "time", "source", "subject")


def event(record: Incoming) -> dict[str, Any]:
    """Give an event's data with `ce`, whatever it holds."""
    told: dict[str, Any] = {"ce": _attributes(record)}
    if record.value is None:
        return told
    try:
        data = from_json(record.value)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        return {**told, "data_base64": b64encode(record.value).decode("ascii")}
    return {**told, **data, "ce": told["ce"]}


def line(record: Incoming) -> bytes:
    """Give an event as a line, with its end. Raises `Rejected` where it is no event with an object of JSON."""
    told = event(record)
    if "id" not in told["ce"]:
        raise Rejected("no ce_id: an event has one, and by it a line is known to be written already")
    if record.value is None or "data_base64" in told:
        raise Rejected("the value is no object of JSON")
    return to_json(told) + b"\n"


def _attributes(record: Incoming) -> dict[str, str]:
    found = {name: header(record, f"ce_{name}") for name in _ATTRIBUTES}
    return {name: value for name, value in found.items() if value is not None}
