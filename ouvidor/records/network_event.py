"""NetworkEvent: what a network said that is no customer's word (a delivery status, an event of an unknown type)."""

from typing import Any
from uuid import UUID

from pydantic import Field

from ouvidor.records.base import Record, Utc
from ouvidor.records.message import Channel, Original

__all__ = ["NetworkEvent"]


class NetworkEvent(Record):
    """Kept for whoever wants it (did our answer arrive?), never judged and never answered."""

    id: UUID = Field(description="UUIDv5 of channel, network, account, kind and the network's own id of the event")
    channel: Channel
    network: str
    account: str
    kind: str = Field(description="A short word of the network's adapter")
    received_at: Utc
    data: dict[str, Any] = Field(description="What the network said; empty where it was too long for an event")
    original: Original
    conversation: str | None = Field(None, description="That of the messages to which it belongs, as in their `thread`")
