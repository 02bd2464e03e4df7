"""DeadLetter: a record that a stage could not handle. An alarm for ops and a case for a person, never an end."""

from base64 import b64decode, b64encode
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from ouvidor.records.base import Record, Utc

__all__ = ["DeadLetter", "DeadLetterCase", "Retried"]


def _from_text(value: object) -> object:
    return b64decode(value, validate=True) if isinstance(value, str) else value


def _to_text(value: bytes) -> str:
    return b64encode(value).decode("ascii")


# Pydantic's own "base64" is the URL-safe alphabet; `jq -r '.value | @base64d'` reads the standard one.
Bytes = Annotated[
    bytes,
    BeforeValidator(_from_text),
    PlainSerializer(_to_text, when_used="json"),
    WithJsonSchema({"type": "string", "contentEncoding": "base64"}),
]


class DeadLetter(Record):
    """The original record, byte for byte, and what went wrong. Bytes are base64 in JSON."""

    topic: str
    partition: int
    offset: int
    timestamp: Utc
    key: Bytes | None = None
    value: Bytes | None = None
    headers: tuple[tuple[str, Bytes | None], ...]
    error: str = Field(description="The error's class")
    reason: str = Field(description="The error's words; no personal data")
    stage: str
    version: str = Field(description="Of the software")
    attempts: int = Field(ge=1, description="How often it was tried")


class DeadLetterCase(Record):
    """What the ombudsman's queue is told of a dead letter: which it is. The words themselves are in the dead letter."""

    protocol: str | None = None
    stage: str
    topic: str
    partition: int
    offset: int
    error: str
    reason: str


class Retried(Record):
    """A dead letter was sent again: which one, by its own place in the dead letters. It is open no longer."""

    partition: int = Field(ge=0)
    offset: int = Field(ge=0)
