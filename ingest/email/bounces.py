"""Bounces and delays: whom a mail of ours did not reach, and why.

The report of RFC 3464 is believed where a mail system or its report's form says that this *is* one: a customer may
attach the bounce that he got to his complaint. Mailers that write only for people (qmail, old Exchanges, Domino, many
providers) are believed on several signs together: who sends, what the subject begins with, what the notice says.
"""

import re
from typing import Final

from ingest.email.bodies import Content
from ingest.email.delivery_reports import ADDRESS, each_once, read_reports, status_in
from ingest.email.headers import Said
from ingest.email.heads import Head
from ingest.email.mail_system_words import (
    DELAYED,
    FAILED_SUBJECT,
    NOTICE,
    RETURNED_BEGINS,
    SYSTEM_ADDRESS,
    SYSTEM_NAME,
)
from ingest.email.words import decode_words
from ouvidor.records import Automatic

__all__ = ["is_mail_system", "read_bounce"]

_LONGEST_NOTICE: Final = 16 * 1024
_NOTICE_BEGINS: Final = 2500
_SURE: Final = 3
_REPORTS: Final = ("message/delivery-status", "message/global-delivery-status")
_NAMED: Final = re.compile(
    r"(?m)^[ \t>*\xa0-]{0,12}(?:<|to:\s*<?|para:\s*<?|recipient:\s*\[?(?:SMTP:)?|failed recipient:\s*"
    r"|rcpt to:\s*<?|destinat[áa]rios?:\s*<?"
    r"|final-recipient:\s*rfc822;\s*|'"
    r"|\()?([^\s<>\"'(),;:\[\]]{1,200}@[^\s<>\"'(),;:@\[\]]{1,200})(?=[<>\]\"'),;:]|\.?\s|\.?$)",
    re.IGNORECASE,
)
"""An address with which a line of the notice begins."""
_ORDERED: Final = re.compile(
    r"(?:rcpt to:|addressed to|recipient:|address(?:es)?:|mailbox is full:|SMTP=|mailto:)\s*[<'\[]?\s?"
    r"([^\s<>\"'(),;:\[\]]{1,200}@[^\s<>\"'(),;:@\[\]]{1,200})",
    re.IGNORECASE,
)


def is_mail_system(head: Head, address: str | None) -> bool:
    """Tell whether a mail system sent this, not somebody."""
    return bool(address and SYSTEM_ADDRESS.match(address)) or head.first("return-path").strip() == b"<>"


def read_bounce(head: Head, content: Content, said: Said) -> Automatic | None:
    """Read what a mail system tells of a delivery. None: this is no such thing."""
    reports = [part for part in content.reports if part.media_type in _REPORTS]
    if reports and (_is_report(head) or is_mail_system(head, said.author.address)):
        return read_reports(reports)
    sender = _sender(head, said)
    if not sender:  # nearly every mail: what it says need not be looked through
        return None
    notice = _notice(content)
    if not _is_sure(said, notice, sender):
        return None
    named = ADDRESS.findall(decode_words(head.first("x-failed-recipients"))[0])
    about = f"{said.subject or ''}\n{notice}"
    is_delay = DELAYED.search(about) is not None and not head.has("x-failed-recipients")
    return Automatic(
        kind="delay" if is_delay else "bounce",
        recipients=each_once(named or _failed_in(notice, said)),
        status=status_in(about),
    )


def _is_report(head: Head) -> bool:
    declared = head.first("content-type").lower()
    return b"multipart/report" in declared or b"delivery-status" in declared or head.has("x-failed-recipients")


def _sender(head: Head, said: Said) -> int:
    """Say how surely a mail system sent this; 0: nothing says so."""
    sender = 0
    if said.author.address and SYSTEM_ADDRESS.match(said.author.address):
        sender = 2
    elif head.first("return-path").strip() == b"<>" or (said.author.name and SYSTEM_NAME.match(said.author.name)):
        sender = 1
    return max(sender, 1) + 1 if head.has("x-failed-recipients") else sender


def _is_sure(said: Said, notice: str, sender: int) -> bool:
    """Add up the signs; who sends is one of them, and what is said another."""
    subject = (
        FAILED_SUBJECT.match(said.subject or "") is not None or DELAYED.match((said.subject or "").lstrip()) is not None
    )
    words = int(subject) + (NOTICE.search(notice[:_NOTICE_BEGINS]) is not None)
    if sender == 1 and not (status_in(notice) and ADDRESS.search(notice)):
        return False  # a parcel that was not delivered, sent by a form without a sender's address
    return words > 0 and sender + words >= _SURE


def _notice(content: Content) -> str:
    """Give what the mail system says, without the mail that it gives back."""
    text = "\n".join(content.texts)[:_LONGEST_NOTICE]
    returned = RETURNED_BEGINS.search(text, 1)
    return text[: returned.start()] if returned and NOTICE.search(text[: returned.start()]) else text


def _failed_in(notice: str, said: Said) -> list[str]:
    """Find the failed addresses; neither ours, to whom the notice goes, nor the mail system's own."""
    ours = {recipient.address.casefold() for recipient in said.recipients if recipient.address}
    ours.add((said.author.address or "").casefold())
    our_domains = {its.rpartition("@")[2] for its in ours if its}
    for pattern in (_NAMED, _ORDERED, ADDRESS):
        found = [match[1] if match.re.groups else match[0] for match in pattern.finditer(notice)]
        failed = [its for its in found if its.casefold().rstrip(".") not in ours and not SYSTEM_ADDRESS.match(its)]
        if pattern is ADDRESS:  # anywhere in a sentence: "they accept no mail from" us
            failed = [its for its in failed if its.rpartition("@")[2].casefold().rstrip(".") not in our_domains]
        if failed:
            return failed
    return []
