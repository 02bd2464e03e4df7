"""Was this written by a machine? Such mail is kept, never judged as a customer's, never answered.

Being wrong costs more in one direction: a complaint that is taken for a machine's word is not heard. So one weak sign
is none, and a customer may quote, forward and attach whatever machines wrote to him.

Source: RFC 3834 (auto-replies), RFC 3464 (reports), RFC 2369 and 2919 (lists), RFC 8098 (receipts).
"""

import re
from typing import Final

from ingest.email.auto_replies import is_auto_reply, is_challenge
from ingest.email.bodies import Content
from ingest.email.bounces import read_bounce
from ingest.email.delivery_reports import groups_of
from ingest.email.headers import Said, read_headers
from ingest.email.heads import Head
from ingest.email.mass_mail import is_mass_mail
from ouvidor.records import Automatic

__all__ = ["answered_id", "read_automatic"]

_RECEIPT: Final = "message/disposition-notification"
_READ_SUBJECT: Final = re.compile(
    r"\W{0,3}(?:lida|n[ãa]o lida|read|not read|le[íi]do|lu|gelesen|letto|gelezen|przeczytano|прочтено|已读"
    r"|開封済み|confirma[çc][ãa]o de leitura"
    r"|return receipt|read receipt|aviso de lectura|lesebest[äa]tigung|accus[ée] de lecture)\s?(?:[:\uff1a(]|$)",
    re.IGNORECASE,
)
_READ_TEXT: Final = re.compile(
    r"was (?:read|displayed|deleted without being read)|foi (?:lida|exibida|exclu[íi]da sem ser lida)"
    r"|fue le[íi]d|wurde (?:am .{1,60} )?gelesen|a [ée]t[ée] lu"
    r"|return receipt (?:for|only)|[ée] stato letto|is gelezen|(?:this|este|esta) .{0,40}(?:receipt|recibo"
    r"|confirma[çc][ãa]o) .{0,60}(?:mail|mensagem|message)",
    re.IGNORECASE,
)
_MESSAGE_ID: Final = re.compile(r"(?mi)^[> \t]{0,6}message-id:\s{0,4}<([^<>\s]{1,500})>")
_BEGINNING: Final = 1500


def read_automatic(head: Head, said: Said, content: Content) -> Automatic | None:
    """Tell what sort of machine wrote this. None: somebody did, as far as one can see."""
    bounce = read_bounce(head, content, said)
    if bounce is not None:
        return bounce
    text = "\n".join(content.texts)[:_BEGINNING]
    if _is_receipt(head, said, content, text):
        return Automatic(kind="receipt")
    if is_challenge(head, said, text):
        return Automatic(kind="challenge")
    if is_auto_reply(head, said, text):
        return Automatic(kind="auto-reply")
    if is_mass_mail(head, said):
        return Automatic(kind="list")
    return None


def answered_id(content: Content, automatic: Automatic | None) -> str | None:
    """Find the id of the mail that a machine's answer is about, where its headers don't tell it."""
    if content.returned is not None and (its := read_headers(content.returned).message_id):
        return its
    for report in content.reports:
        if report.media_type == _RECEIPT:
            for group in groups_of(report):
                if its := group.get("original-message-id", "").strip("<> "):
                    return its[:500]
    if automatic is None or automatic.kind not in {"bounce", "delay"}:
        return None
    for head in content.enclosed:
        if its := read_headers(head).message_id:
            return its
    quoted = _MESSAGE_ID.search("\n".join((*content.texts, *content.forwarded))[: 64 * 1024])
    return quoted[1] if quoted else None


def _is_receipt(head: Head, said: Said, content: Content, text: str) -> bool:
    """A report says so; old Exchanges and Notes say it in words, in answer to a mail."""
    if b"multipart/report" in head.first("content-type").lower():
        return True  # also of spam, of TLS: no person's program writes that
    if any(part.media_type == _RECEIPT for part in content.reports):
        return not content.forwarded
    return _READ_SUBJECT.match(said.subject or "") is not None and _READ_TEXT.search(text) is not None
