"""The headers of the feed's events: CloudEvents 1.0 in Kafka's binary mode, as JSON Schema.

Source: CloudEvents 1.0.2, "Kafka Protocol Binding", 3.2; W3C, "Trace Context".
"""

from typing import Any, Final

from ouvidor.asyncapi.channels import Action

__all__ = ["HEADERS", "headers_of_event"]

_NEEDED_OF_OTHERS: Final = ("ce_specversion", "ce_type", "ce_id", "ce_source")
_ALWAYS: Final = (*_NEEDED_OF_OTHERS, "ce_time", "content-type")

HEADERS: Final[dict[str, Any]] = {
    "type": "object",
    "title": "CloudEvent",
    "description": "A CloudEvent 1.0 in Kafka's binary mode: its attributes are headers, in UTF-8; the value is JSON.",
    "properties": {
        "ce_specversion": {"type": "string", "const": "1.0", "description": "CloudEvents' version"},
        "ce_id": {
            "type": "string",
            "description": "The event's id: the same if you see it twice. Keep it to drop the second",
        },
        "ce_type": {"type": "string", "description": "What kind of event it is, with the version of its data"},
        "ce_source": {"type": "string", "format": "uri-reference", "description": "Who made it"},
        "ce_subject": {"type": "string", "description": "The protocol number that the customer has"},
        "ce_time": {"type": "string", "format": "date-time", "description": "When it was made"},
        "content-type": {"type": "string", "const": "application/json", "description": "Of the value"},
        "traceparent": {"type": "string", "description": "The trace, from the channel on (W3C)"},
    },
}


def headers_of_event(kind: str, action: Action) -> dict[str, Any]:
    """Give the schema of an event's headers: with its own type, and what must be there."""
    return {
        "allOf": [{"$ref": "#/components/schemas/CloudEvent"}],
        "type": "object",
        "properties": {"ce_type": {"const": kind}},
        "required": list(_ALWAYS if action == "receive" else _NEEDED_OF_OTHERS),
    }
