"""Message: what a customer said, whatever the channel."""

from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import Field

from ouvidor.records.base import Record, Utc

__all__ = [
    "Attachment",
    "AuthenticityCheck",
    "Author",
    "Automatic",
    "Channel",
    "Consent",
    "Message",
    "Original",
    "Recipient",
    "Thread",
    "Turn",
]


class Channel(StrEnum):
    """By which way the customer came to us."""

    EMAIL = "email"
    WEBFORM = "webform"
    SOCIAL = "social"
    PHONE = "phone"
    DESK = "desk"


class Author(Record):
    """Who spoke. All fields may be missing: identification is never a condition for being heard."""

    name: str | None = None
    address: str | None = Field(None, description="On the author's network: a mail address, phone number, user id")
    reference: str | None = Field(None, description="Keyed pseudonym: the same for all messages of one address")


class Recipient(Record):
    """To whom the message was addressed."""

    role: Literal["to", "cc", "reply_to"]
    name: str | None = None
    address: str | None = None


class Turn(Record):
    """One turn of a call."""

    speaker: str
    start: float = Field(description="Seconds from the start of the call", ge=0)
    end: float = Field(description="Seconds from the start of the call", ge=0)
    text: str
    confidence: float | None = Field(None, ge=0, le=1)


class Attachment(Record):
    """A file that came with the message; its bytes are in the blob store."""

    name: str | None = None
    media_type: str = Field(description="As the sender declares it")
    real_type: str | None = Field(None, description="By its first bytes; null where they tell nothing, as plain text's")
    role: Literal["attachment", "inline", "logo"] = Field(
        "attachment",
        description="`inline`: a picture shown among the text; `logo`: one that belongs to a signature or template",
    )
    size: int = Field(description="Bytes", ge=0)
    sha256: str
    uri: str


class Thread(Record):
    """What the message belongs to, in the network's own words."""

    conversation: str | None = Field(None, description="Keyed hash of the network's conversation: no personal data")
    message_id: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    protocol: str | None = Field(None, description="Our protocol number, where the customer quotes it")
    index: str | None = Field(None, description="Outlook's conversation: it joins mails whose ids were lost")
    new_matter: bool = Field(
        False, description="An answer by its headers, but subject and text are both new: a case of its own"
    )


class Automatic(Record):
    """Written by a machine, not by a customer: never judged as a customer's, never answered."""

    kind: Literal["auto-reply", "bounce", "delay", "list", "receipt", "challenge"]
    recipients: tuple[str, ...] = Field((), description="Of a bounce or delay: whom it did not reach")
    status: str | None = Field(None, description="Of a bounce or delay: the enhanced status code, e.g. 5.1.1")


class AuthenticityCheck(Record):
    """Is the message from whom it says? Recorded for people; never a reason to refuse, nor to judge."""

    method: Literal["spf", "dkim", "dmarc", "arc"]
    result: Literal["pass", "fail", "softfail", "neutral", "none", "policy", "temperror", "permerror"]
    domain: str | None = Field(None, description="For which domain it speaks")
    by: str = Field(description="Who found it: our own mail server's name, or ouvidor")


class Consent(Record):
    """What the customer agreed to, when, and by which words or act."""

    purposes: tuple[str, ...]
    given_at: Utc
    evidence: str


class Original(Record):
    """The bytes as the channel handed them over, in the blob store."""

    sha256: str
    uri: str
    media_type: str


class Message(Record):
    """What a customer said. `text` is what classifiers read; `body` keeps all of it."""

    id: UUID = Field(description="UUIDv5 of channel, network, account and the network's own id, or of the bytes")
    protocol: str
    channel: Channel
    network: str
    account: str
    received_at: Utc
    sent_at: Utc | None = None
    author: Author = Author()
    recipients: tuple[Recipient, ...] = ()
    subject: str | None = None
    text: str = Field(description="The customer's own new words")
    body: str = Field(description="All of it, with quotes and signatures")
    language: str | None = Field(None, description="BCP 47")
    turns: tuple[Turn, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    thread: Thread = Thread()
    automatic: Automatic | None = None
    public: bool = Field(False, description="Said in public, or to us alone?")
    consent: Consent | None = None
    authenticity: tuple[AuthenticityCheck, ...] = Field(
        (), description="Of a mail: what is known of its sender's domain"
    )
    original: Original
    defects: tuple[str, ...] = Field((), description="What was wrong with the original, in words")
