"""What the headers of a mail say: from whom, to whom, when, about what, in answer to what.

Source: RFC 5322.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from ingest.email.addresses import Mailbox, names_only, read_addresses
from ingest.email.dates import read_date
from ingest.email.heads import Head
from ingest.email.references import answered_in, ids_in
from ingest.email.words import decode_words
from ouvidor.records import Recipient

__all__ = ["SENDER_IN_DOUBT", "Said", "read_headers"]

SENDER_IN_DOUBT: Final = "remetente: "
"""How a defect begins that says that a mail's sender need not be whom its one `From` names."""

_MOST_RECIPIENTS: Final = 100
_MOST_REFERENCES: Final = 50
_LONGEST_SUBJECT: Final = 2000
_BARE_ID: Final = re.compile(r"[^\s<>,;]{1,500}")
_ROLES: Final[tuple[tuple[str, Literal["to", "cc", "reply_to"]], ...]] = (
    ("to", "to"),
    ("cc", "cc"),
    ("reply-to", "reply_to"),
)


@dataclass(slots=True)
class Said:
    """The headers' words."""

    author: Mailbox = field(default_factory=lambda: Mailbox(None, None))
    recipients: tuple[Recipient, ...] = ()
    subject: str | None = None
    sent_at: datetime | None = None
    message_id: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    defects: list[str] = field(default_factory=list)

    @property
    def root(self) -> str | None:
        """The id of the first mail of the thread, as far as this one tells it."""
        return self.references[0] if self.references else self.in_reply_to or self.message_id


def read_headers(head: Head, charset: str | None = None) -> Said:
    """Read a mail's headers; `charset` is what the mail says of its body, for headers that say nothing."""
    said = Said(defects=list(head.defects))
    said.author = _author(head, charset, said.defects)
    said.recipients = tuple(_recipients(head, charset, said.defects))
    if head.has("subject"):
        subject, defects = decode_words(head.first("subject"), charset)
        said.subject = subject[:_LONGEST_SUBJECT] or None
        said.defects += defects
        if len(subject) > _LONGEST_SUBJECT:
            said.defects.append(f"assunto: mais de {_LONGEST_SUBJECT} caracteres, cortado")
    said.sent_at, defect = read_date(decode_words(head.first("date"))[0])
    if defect:
        said.defects.append(defect)
    said.message_id = next(iter(ids_in([head.first("message-id")])), None) or _bare_id(head.first("message-id"))
    if said.message_id is None:
        said.defects.append("Message-ID: não informado")
    said.in_reply_to = answered_in(head)
    said.references = _shortened(ids_in(head.all("references")))
    return said


def _author(head: Head, charset: str | None, defects: list[str]) -> Mailbox:
    """Take who wrote; where nobody says so, who sent."""
    for name in ("from", "sender", "reply-to", "return-path"):
        for value in head.all(name):
            for mailbox in read_addresses(value, charset):
                if mailbox.address or name == "from":
                    if name != "from":
                        defects.append(f"{SENDER_IN_DOUBT}não informado, tomado de {name}")
                    elif not mailbox.address:
                        defects.append(f"{SENDER_IN_DOUBT}sem endereço")
                    elif not names_only(head.all("from"), mailbox.address):
                        defects.append(f"{SENDER_IN_DOUBT}From não traz um só endereço, escrito como se deve")
                    return mailbox
    defects.append(f"{SENDER_IN_DOUBT}não informado")
    return Mailbox(None, None)


def _recipients(head: Head, charset: str | None, defects: list[str]) -> Iterator[Recipient]:
    given = 0
    for name, role in _ROLES:
        for value in head.all(name):
            for mailbox in read_addresses(value, charset):
                given += 1
                if given > _MOST_RECIPIENTS:
                    defects.append(f"destinatários: mais de {_MOST_RECIPIENTS}, os outros estão no original")
                    return
                yield Recipient(role=role, name=mailbox.name, address=mailbox.address)


def _bare_id(value: bytes) -> str | None:
    """Give an id that is no more than a word."""
    found = _BARE_ID.search(decode_words(value)[0])
    return found[0] if found else None


def _shortened(references: list[str]) -> tuple[str, ...]:
    """Keep the first, which is the thread's root, and the last."""
    if len(references) <= _MOST_REFERENCES:
        return tuple(references)
    return (references[0], *references[1 - _MOST_REFERENCES :])
