"""Corrections as events: how they are written to their topic, by whichever room hears somebody say one.

The key is the protocol number, so that one message's corrections keep their order; the id follows from what is
corrected and when, so that whoever sends a correction again after a failure sends the same event.
"""

from typing import Final
from uuid import UUID

from ouvidor.events import CORRECTED, Output, encode, event_id
from ouvidor.records import Correction
from ouvidor.topics import Topics

__all__ = ["correction_event"]

_NAMESPACE: Final = UUID("5f0a7a5e-4a41-5b0f-9b39-636f72726563")


def correction_event(correction: Correction, topics: Topics, source: str) -> Output:
    """Give the event of a correction."""
    about = correction.protocol or str(correction.message)
    return encode(
        correction,
        topic=topics.corrections,
        key=about,
        id=event_id(_NAMESPACE, f"{about}/{correction.at.isoformat()}/{correction.by}"),
        type=CORRECTED,
        source=source,
        time=correction.at,
        subject=correction.protocol,
    )
