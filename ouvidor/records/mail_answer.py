"""MailAnswer: what a department wrote in answer to a mail of ours. No customer's word, so no `Message`.

Whoever read the mail has found the proof (`docs/decisions/0023-answers-by-mail.md`); what the words are to do is for
whoever takes replies.
"""

from uuid import UUID

from pydantic import Field

from ouvidor.records.base import Record, Utc
from ouvidor.records.message import Attachment, Original
from ouvidor.records.reply import DepartmentName

__all__ = ["MailAnswer"]


class MailAnswer(Record):
    """The data of `ouvidor.answer.received.v1`."""

    id: UUID = Field(description="Of the mail, as a message's: the same at every redelivery")
    protocol: str = Field(description="Of the mail that is answered, by its seal")
    department: DepartmentName = Field(description="To which that mail was sent, by its seal")
    address: str = Field(description="Of the department's box, or of who else may answer for it: who wrote")
    received_at: Utc
    sent_at: Utc | None = None
    message_id: str | None = None
    text: str = Field(description="The new words alone; empty where nothing is left without quotes and signature")
    cut: bool = Field(False, description="Was the text too long for an event? `original` has all of it")
    looks_automatic: bool = Field(False, description="Does it read like an absence, though no header says so?")
    attachments: tuple[Attachment, ...] = ()
    original: Original
