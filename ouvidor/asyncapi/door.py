"""The door `POST /v1/replies` in the document: a reply by HTTP, for departments that have no Kafka client.

Its body is the reply with its command; what the token, the clock and the header `Idempotency-Key` tell may be left out.

Source: AsyncAPI bindings, "http" 0.3.0; RFC 9457; `sinks/replies/door.py`, which is held to this by a test.
"""

from collections.abc import Mapping
from typing import Any, Final

from ouvidor.asyncapi.examples import example
from ouvidor.asyncapi.naming import renaming
from ouvidor.records import REPLIES
from ouvidor.schema_forms import as_component
from ouvidor.schemas import schema_of

__all__ = ["CHANNEL", "door_channel", "door_messages", "door_operation", "door_schemas"]

CHANNEL: Final = "replies-http"
_BINDING: Final = {"bindingVersion": "0.3.0"}
_TOLD_ELSEWHERE: Final = ("id", "department", "at")
_BY_MAIL_ALONE: Final = ("attachments", "mail")


def door_channel() -> dict[str, Any]:
    """Give the channel."""
    names = [*(f"http-{command}" for command in REPLIES), "http-kept", "http-problem"]
    return {
        "address": "/v1/replies",
        "title": "Replies by HTTP",
        "description": "The same five commands as on the topic. `202` means that the reply is kept, not that it is "
        "right: that is told on `refused.<department>`. After `503`, or no answer at all, send it again with its id.",
        "servers": [{"$ref": "#/servers/door"}],
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
    }


def door_operation() -> dict[str, Any]:
    """Give the operation, with its answers."""
    channel = f"#/channels/{CHANNEL}"
    return {
        "action": "send",
        "title": "Reply by HTTP",
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/http-{command}"} for command in REPLIES],
        "bindings": {"http": {"method": "POST", **_BINDING}},
        "reply": {
            "channel": {"$ref": channel},
            "messages": [{"$ref": f"{channel}/messages/{name}"} for name in ("http-kept", "http-problem")],
        },
    }


def door_messages(department: str) -> Mapping[str, dict[str, Any]]:
    """Give the messages."""
    found: dict[str, dict[str, Any]] = {}
    for command in REPLIES:
        given = example(f"reply-{command}", department=department, topic="replies")["payload"]
        left_out = (*_TOLD_ELSEWHERE, *_BY_MAIL_ALONE)
        body = {"command": command, **{key: given[key] for key in given if key not in left_out}}
        found[f"http-{command}"] = {
            "name": f"http-{command}",
            "title": f"Reply by HTTP: {command}",
            "contentType": "application/json",
            "headers": _REQUEST,
            "payload": {"$ref": f"#/components/schemas/Http-{command}"},
            "examples": [{"name": command, "headers": {"Idempotency-Key": "os-2026-4711"}, "payload": body}],
        }
    kept = {"id": given["id"], "protocol": given["protocol"], "command": command}
    fault = {"type": "about:blank", "title": "A resposta tem uma falha", "status": 422, "field": "reason"}
    found["http-kept"] = _answer("The reply is kept", "application/json", "HttpKept", kept, 202)
    problem = {**fault, "detail": "faltam palavras: o motivo tem três palavras ou mais"}
    found["http-problem"] = _answer("The reply is not kept", "application/problem+json", "HttpProblem", problem, None)
    return found


def door_schemas() -> dict[str, dict[str, Any]]:
    """Give the bodies' schemas."""
    found: dict[str, dict[str, Any]] = {"HttpKept": _KEPT, "HttpProblem": _PROBLEM}
    for command in REPLIES:
        record = f"reply-{command}"
        schema, _ = as_component(schema_of(record), renaming(record))  # its parts are those of the topic's replies
        told = {"command": {"const": command, "type": "string", "description": "What to do"}}
        required = ["command", *(name for name in schema["required"] if name not in _TOLD_ELSEWHERE)]
        its = {name: each for name, each in schema["properties"].items() if name not in _BY_MAIL_ALONE}
        found[f"Http-{command}"] = {
            **schema,
            "title": f"Http-{command}",
            "properties": {**told, **its},
            "required": required,
        }
    return found


def _answer(title: str, content_type: str, schema: str, payload: Mapping[str, Any], status: int | None) -> Any:  # noqa: ANN401 - a part of JSON
    return {
        "name": schema,
        "title": title,
        "contentType": content_type,
        "payload": {"$ref": f"#/components/schemas/{schema}"},
        "bindings": {"http": _BINDING if status is None else {"statusCode": status, **_BINDING}},
        "examples": [{"name": "example", "payload": dict(payload)}],
    }


_REQUEST: Final = {
    "type": "object",
    "properties": {
        "Idempotency-Key": {
            "type": "string",
            "maxLength": 255,
            "description": "Instead of `id`: a call that is made again with it is the same reply",
        }
    },
}
_KEPT: Final = {
    "type": "object",
    "title": "HttpKept",
    "properties": {
        "id": {"type": "string", "format": "uuid", "description": "The reply's id"},
        "protocol": {"type": "string", "description": "Which protocol it speaks of"},
        "command": {"type": "string", "description": "What was asked for"},
    },
    "required": ["id", "protocol", "command"],
}
_PROBLEM: Final = {
    "type": "object",
    "title": "HttpProblem",
    "properties": {
        "type": {"type": "string", "description": "Always about:blank"},
        "title": {"type": "string", "description": "What went wrong, in a few words"},
        "status": {"type": "integer", "description": "The status of the answer"},
        "detail": {"type": "string", "description": "How it is mended, in words"},
        "field": {"type": "string", "description": "Which field is at fault, where it is one's"},
    },
    "required": ["type", "title", "status"],
}
