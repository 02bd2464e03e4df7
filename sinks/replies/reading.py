"""From the bytes of a reply to the command, or to the first fault in it, in words. Pure.

The same for what comes by Kafka and by HTTP, so that a department is told the same of both.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from uuid import UUID

from pydantic import ValidationError
from pydantic_core import from_json

from ouvidor.errors import Rejected
from ouvidor.protocol import normalise
from ouvidor.records import REPLIES, Reply, ReplyMail
from ouvidor.reply_event import AFTER, BEFORE
from sinks.replies.words import NOT_JSON, TOO_LONG, fault_words, no_such_command

__all__ = [
    "BY_MAIL_ALONE",
    "LARGEST",
    "Fault",
    "Hints",
    "check_reply",
    "command_of",
    "hints_in",
    "hints_of",
    "object_of",
    "read_reply",
]

T = TypeVar("T")

LARGEST: Final = 48 * 1024
"""Bytes of the longest reply: with the case around it, its event stays under 64 KiB."""

BY_MAIL_ALONE: Final = ("attachments", "mail")
"""Fields that the reader of mail writes: whoever replies otherwise has no way to hand files in."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a reply is not taken."""

    field: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Hints:
    """What can be made out of a reply that cannot be read: enough to tell somebody."""

    department: str | None = None
    protocol: str | None = None
    id: UUID | None = None
    by: str | None = None
    mail: ReplyMail | None = None


def command_of(event_type: str | None) -> str | None:
    """Give the command of an event type; None where it is no reply's."""
    if event_type is None or not event_type.startswith(BEFORE) or not event_type.endswith(AFTER):
        return None
    name = event_type.removeprefix(BEFORE).removesuffix(AFTER)
    return name if name in REPLIES else None


def read_reply(command: str | None, value: bytes | None) -> Reply | Fault:
    """Read a command's data, or say what is wrong with them."""
    if command is None:
        return Fault("ce_type", no_such_command(tuple(REPLIES), BEFORE))
    if value is not None and len(value) > LARGEST:
        return Fault(None, TOO_LONG.format(limit=LARGEST))
    data = object_of(value)
    return Fault(None, NOT_JSON) if data is None else check_reply(command, data)


def check_reply(command: str, data: Mapping[str, Any]) -> Reply | Fault:
    """Check a command's data, or say what is wrong with them."""
    model = REPLIES[command]
    try:
        return model.model_validate(data)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        strange = fault["type"] == "extra_forbidden"  # its name is the sender's own words
        field = None if strange else ".".join(map(str, fault["loc"])) or None
        known = tuple(name for name in model.model_fields if name not in BY_MAIL_ALONE)
        return Fault(field, fault_words(fault, known))


def object_of(value: bytes | None) -> dict[str, Any] | None:
    """Give a JSON object; None where it is none."""
    try:
        found = from_json(value or b"")
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def hints_of(value: bytes | None) -> Hints:
    """Make out what can be made out."""
    data = object_of(value) or {}
    department = data.get("department")
    return Hints(
        department=department if isinstance(department, str) else None,
        protocol=_or_none(normalise, data.get("protocol")),
        id=_or_none(UUID, data.get("id")),
    )


def hints_in(reply: Reply) -> Hints:
    """Give the same of a reply that can be read."""
    return Hints(reply.department, reply.protocol, reply.id, reply.by, reply.mail)


def _or_none(read: Callable[[str], T], given: object) -> T | None:
    try:
        return read(given) if isinstance(given, str) else None
    except (ValueError, Rejected):
        return None
