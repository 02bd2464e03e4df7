"""Sample Telegram messages, as updates of the Bot API.

Source: Telegram Bot API, "Update", "Message".
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ouvidor.demo.sample import Sample

__all__ = ["update"]

_FIRST_UPDATE = 410_000_000


def update(sample: Sample, number: int, sent_at: datetime) -> Mapping[str, Any]:
    """Write the update that hands a sample over; `number` counts them from 1."""
    first, _, last = sample.name.partition(" ")
    person = {"id": int(sample.address), "first_name": first, "last_name": last}
    return {
        "update_id": _FIRST_UPDATE + number,
        "message": {
            "message_id": number,
            "from": {**person, "is_bot": False, "language_code": "pt-br"},
            "chat": {**person, "type": "private"},
            "date": int(sent_at.timestamp()),
            "text": sample.words,
        },
    }
