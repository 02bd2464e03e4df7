"""What stands in a call of WhatsApp: entries, their changes, and in these messages, statuses and errors.

Nothing that stands there is passed over: what is not read as a message or an aside of a known kind becomes an aside of
an unknown one, with all its data. The kinds are few, since they are labels of a metric.

Source: Meta, "WhatsApp Business Platform: Webhooks, reference" (2026): `messages`, `statuses`, and other fields.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from ingest.adapter import Aside, Original, Utterance
from ingest.loose_json import read_json
from ingest.social.whatsapp_message import Envelope, read_message

__all__ = ["read_webhook"]


def read_webhook(original: Original) -> Iterable[Utterance | Aside]:
    """Give what a call holds, in its order. Raises `Rejected` where it is no JSON."""
    data = read_json(original.body)
    found = list(_entries(data))
    return found or [_unknown(data, {})]


def _entries(data: Any) -> Iterator[Utterance | Aside]:  # noqa: ANN401 - whatever JSON holds
    if not isinstance(data, Mapping) or data.get("object") != "whatsapp_business_account":
        return
    for entry in _items(data.get("entry")):
        if not isinstance(entry, Mapping):
            yield _unknown(entry, {})
            continue
        place = {"entry": entry.get("id"), "time": entry.get("time")}
        for change in _items(entry.get("changes")):
            if (
                isinstance(change, Mapping)
                and change.get("field") == "messages"
                and isinstance(change.get("value"), Mapping)
            ):
                yield from _value(change["value"], place)
            else:
                yield _unknown(change, place, kind="change")


def _value(value: Mapping[str, Any], place: Mapping[str, Any]) -> Iterator[Utterance | Aside]:
    metadata = _mapping(value.get("metadata"))
    place = {**place, "metadata": metadata}
    envelope = Envelope(
        number=_text(metadata.get("display_phone_number")),
        number_id=_text(metadata.get("phone_number_id")),
        contacts=tuple(each for each in _items(value.get("contacts")) if isinstance(each, Mapping)),
    )
    for message in _items(value.get("messages")):
        own_id = _text(message.get("id")) if isinstance(message, Mapping) else None
        yield read_message(_mapping(message) or {"unread": message}, own_id or _digest(message), envelope)
    for status in _items(value.get("statuses")):
        words = _mapping(status)
        own_id = f"{words.get('id')}:{words.get('status')}" if words.get("id") else _digest(status)
        yield Aside("status", own_id, {**place, "status": status})
    for error in _items(value.get("errors")):
        yield Aside("error", _digest({**place, "error": error}), {**place, "error": error})
    known = {"messaging_product", "metadata", "contacts", "messages", "statuses", "errors"}
    if rest := {name: each for name, each in value.items() if name not in known}:
        yield _unknown(rest, place)


def _unknown(data: Any, place: Mapping[str, Any], *, kind: str = "unknown") -> Aside:  # noqa: ANN401 - the same
    whole = {**place, "data": data}
    return Aside(kind, _digest(whole), whole)


def _digest(data: Any) -> str:  # noqa: ANN401 - the same
    return sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()


def _items(data: Any) -> list[Any]:  # noqa: ANN401 - the same
    if data is None:
        return []
    return data if isinstance(data, list) else [data]


def _mapping(data: Any) -> Mapping[str, Any]:  # noqa: ANN401 - the same
    return data if isinstance(data, Mapping) else {}


def _text(data: Any) -> str | None:  # noqa: ANN401 - the same
    return str(data) if isinstance(data, str | int) and str(data) else None
