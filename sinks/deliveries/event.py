"""An event as it leaves: whole, in CloudEvents' structured mode. (A webhook signs its body alone, not the headers.)

The data's bytes are those of the topic, unread: what a department gets by webhook is what it gets by Kafka.

Source: CloudEvents 1.0.2, "JSON Event Format".
"""

from collections.abc import Mapping
from typing import Final

from pydantic_core import to_json

__all__ = ["MEDIA_TYPE", "structured"]

MEDIA_TYPE: Final = "application/cloudevents+json"
_CONTENT_TYPE: Final = "content-type"


def structured(attributes: Mapping[str, str], data: bytes) -> bytes:
    """Write the event. `data` is an object of JSON."""
    its = {name.removeprefix("ce_"): text for name, text in attributes.items() if name != _CONTENT_TYPE}
    its["datacontenttype"] = attributes.get(_CONTENT_TYPE, "application/json")
    return to_json(its)[:-1] + b',"data":' + data + b"}"
