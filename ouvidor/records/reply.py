"""Replies: what a department says about a protocol that is its own. Five commands, each one thing that it wants.

`id` is the sender's: the same reply sent again is the same reply. `by` is a role or a staff number, as the house likes
its history to name people; where the reply came by mail, the address that it came from. Lengths keep an event under
64 KiB in any alphabet. Files are named by their SHA-256 alone, and never by a place: whoever opens one finds it in the
house's own blob store, and no reply can point elsewhere.
"""

from collections.abc import Mapping
from typing import Annotated, Final
from uuid import UUID

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from ouvidor.errors import Rejected
from ouvidor.protocol import normalise
from ouvidor.records.base import Record, Utc

__all__ = [
    "REPLIES",
    "Answer",
    "AskCustomer",
    "DepartmentName",
    "Extend",
    "HandBack",
    "ProposeClosing",
    "Protocol",
    "Refused",
    "Reply",
    "ReplyFile",
    "ReplyMail",
]

_FEWEST_WORDS: Final = 3
_MOST_FILES: Final = 16


def _protocol(given: str) -> str:
    try:
        return normalise(given)
    except Rejected:  # its words repeat what was sent
        raise PydanticCustomError("protocol_number", "a protocol number is expected: AAAAMMDD-XXXX-XXXX-XXC") from None


def _not_blank(given: str) -> str:
    if not given.strip():
        raise PydanticCustomError("blank", "words are expected")
    return given


def _in_words(given: str) -> str:
    if len(given.split()) < _FEWEST_WORDS:
        raise PydanticCustomError("too_few_words", "a reason of three words or more is expected")
    return given


Protocol = Annotated[str, AfterValidator(_protocol)]
"""A protocol number, in whatever case and with or without dashes it was typed."""

DepartmentName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]

Words = Annotated[str, Field(min_length=1, max_length=10_000), AfterValidator(_not_blank)]
Reason = Annotated[
    str,
    Field(max_length=2_000),
    AfterValidator(_in_words),
    WithJsonSchema({"type": "string", "maxLength": 2_000, "pattern": r"\S+\s+\S+\s+\S+"}),
]


Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ReplyFile(Record):
    """A file that came with a reply; its bytes are in the blob store."""

    name: str | None = Field(None, max_length=150)
    media_type: str = Field(max_length=100, description="As its sender declares it")
    size: int = Field(description="Bytes", ge=0)
    sha256: Digest


class ReplyMail(Record):
    """The mail by which a reply came."""

    message_id: str | None = Field(None, max_length=250)
    original: Digest = Field(description="The SHA-256 of its bytes, which are in the blob store")


class Reply(Record):
    """What all commands have."""

    id: UUID = Field(description="The sender's own: a reply that is sent again with it is the same reply")
    protocol: Protocol
    department: DepartmentName = Field(description="Who replies")
    by: str = Field(min_length=1, max_length=100, description="The role or staff number of the person who replies")
    at: Utc = Field(description="When that person did")
    attachments: tuple[ReplyFile, ...] = Field(
        (), max_length=_MOST_FILES, description="Files that came with it by mail"
    )
    mail: ReplyMail | None = Field(None, description="The mail by which it came, where it came by one")


class Answer(Reply):
    """The answer to the customer."""

    text: Words = Field(description="What the customer is told")
    measures: Words | None = Field(None, description="What was done about it")
    final: bool = Field(True, description="Is this all? False: more follows before the deadline")


class HandBack(Reply):
    """It is not this department's: somebody else should have it."""

    reason: Reason
    proposed: DepartmentName | None = Field(None, description="The department whose it is, where that is known")


class AskCustomer(Reply):
    """The customer is asked something first."""

    question: Words


class Extend(Reply):
    """More time is needed: once, and where the law of the message's clock gives it."""

    reason: Reason


class ProposeClosing(Reply):
    """The department holds the matter for settled."""

    measures: Words = Field(description="What was done about it")


REPLIES: Final[Mapping[str, type[Reply]]] = {
    "answer": Answer,
    "hand-back": HandBack,
    "ask-customer": AskCustomer,
    "extend": Extend,
    "propose-closing": ProposeClosing,
}
"""The commands, by the name that stands in `ce_type`: `ouvidor.reply.<name>.v1`."""


class Refused(Record):
    """A reply that was not taken, and why: the sender mends it and sends it with a new id."""

    reply: UUID | None = Field(None, description="The reply's id, where it had one")
    command: str | None = None
    protocol: str | None = None
    department: str
    field: str | None = Field(None, description="Which field is at fault, where it is one's")
    reason: str = Field(description="What is wrong and how it is mended, in words; it repeats nothing that was sent")
    at: Utc
    by: str | None = Field(None, description="Who had replied, where that could be read")
    mail: ReplyMail | None = Field(None, description="The mail by which it came, where it came by one")
