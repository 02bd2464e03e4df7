"""The header by which a record names its schema: `__value_schema_id`, and what stands in it.

Two forms, told apart by the first byte: 1 and the sixteen bytes of the schema's GUID, which is the same in every
registry; or 0 and its number in this one, big-endian in four bytes, where the registry gives no GUID (Apicurio 3.3).
Confluent's readers take either, and the value whole.

Source: confluent-kafka-python 2.16, `schema_registry` (`header_schema_id_serializer`, `dual_schema_id_deserializer`,
`SchemaId`); Confluent, "Wire format".
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from ouvidor.asyncapi.events import EVENTS
from ouvidor.events import DEAD_LETTERED, Output
from ouvidor.topics import Topics

__all__ = ["HEADER", "Marks", "Registered"]

HEADER: Final = "__value_schema_id"
_TYPE: Final = "ce_type"


@dataclass(frozen=True, slots=True)
class Registered:
    """What a registry gives a schema."""

    subject: str
    id: int
    guid: UUID | None

    @property
    def mark(self) -> bytes:
        """The header's value."""
        return b"\x00" + self.id.to_bytes(4, "big") if self.guid is None else b"\x01" + self.guid.bytes


class Marks:
    """Puts the header on records whose schema is registered; on none while none is."""

    def __init__(self, topics: Topics) -> None:
        self._ombudsman = topics.ombudsman
        self._marks: dict[bytes, bytes] = {}
        self._case: bytes | None = None

    def take(self, registered: Mapping[str, Registered]) -> None:
        """Take what is registered, by the records' names. What is known already stays."""
        for event in EVENTS.values():
            if event.record in registered and event.record != "dead-letter-case":
                self._marks[event.type.encode()] = registered[event.record].mark
        if "dead-letter-case" in registered:  # of the same type as a dead letter, on another topic
            self._case = registered["dead-letter-case"].mark

    def on(self, outputs: list[Output]) -> list[Output]:
        """Give the records with their headers."""
        return [self._one(output) for output in outputs] if self._marks or self._case else outputs

    def _one(self, output: Output) -> Output:
        kind = next((value for name, value in output.headers if name == _TYPE), b"")
        is_case = output.topic == self._ombudsman and kind == DEAD_LETTERED.encode()
        mark = self._case if is_case else self._marks.get(kind)
        if mark is None or output.value is None:
            return output
        return replace(output, headers=(*output.headers, (HEADER, mark)))
