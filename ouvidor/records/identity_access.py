"""IdentityAccessed: somebody read who wrote a message, when, and for what reason they gave."""

from pydantic import Field

from ouvidor.records.base import Record, Utc

__all__ = ["IdentityAccessed"]


class IdentityAccessed(Record):
    """Written before the identity is shown. It names who looked, never whom they saw."""

    protocol: str = Field(description="Of the message whose author was looked at")
    role: str = Field(description="As what they asked: `ouvidoria`, `juridico`, …")
    name: str = Field(description="Who asked, in the organisation's own name for them; as they said it")
    user: str = Field(description="The operating system's user who ran the command")
    why: str = Field(description="The reason that they gave")
    at: Utc
    found_in: str = Field(description="The topic that the whole record was read from")
