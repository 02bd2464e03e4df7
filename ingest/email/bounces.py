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
    r"(?m)^[ \t>*\xa0-]{0,12}(?:<|to:\s*<?|para:\s*<?|rcpt to:\s*<?|final-recipient:\s*rfc822;\s*|[\"'(\[]"
    r"|(?:[a-z]{1,15} ){0,3}(?:recipient|user|mailbox|destinat[áa]rio|usu[áa]rio)s?:\s*[<\[]?(?:SMTP:)?)?"
    r"([^\s<>\"'(),;:\[\]]{1,200}@[^\s<>\"'(),;:@\[\]]{1,200})(?=[<>\]\"'),;:]|\.?\s|\.?$)",
    re.IGNORECASE,
)
"""An address with which a line of the notice begins."""
_DELIVERY: Final = re.compile(
    rb"\s*multipart/report\b(?!.*report-type\s{0,9}=\s{0,9}\"?(?!delivery-status))", re.DOTALL
)
"""A report that does not say that it is about something else than a delivery."""
_FOLLOWING: Final = re.compile(
    r"\b(?:following|seguintes?|siguientes?|folgenden?|suivante?s?|seguenti)\s[^\n]{0,40}"
    r"(?:recipient|address|destinat|endere[çc]o|direcci|empf[äa]nger|adress|indirizz)[^\n]*\n",
    re.IGNORECASE,
)
"""After it come the failed addresses; before it some (Exchange 5.5) name those to whom the mail was written."""
_ORDERED: Final = re.compile(
    r"(?:rcpt to:|(?:message|mail|delivery|delivered) to:?"
    r"|addressed to|recipient:|address(?:es)?:|mailbox is full:|SMTP=|mailto:)\s*[<'\[]?\s?"
    r"([^\s<>\"'(),;:\[\]]{1,200}@[^\s<>\"'(),;:@\[\]]{1,200})",
    re.IGNORECASE,
)


def is_mail_system(head: Head, address: str | None) -> bool:
    """Tell whether a mail system sent this, not somebody."""
    return bool(address and SYSTEM_ADDRESS.match(address)) or _has_no_sender(head)


def _has_no_sender(head: Head) -> bool:
    """Tell whether the envelope's sender is empty; sendmail writes `MAILER-DAEMON` down for that."""
    sender = head.first("return-path").strip()
    return (sender in {b"<>", b""} and head.has("return-path")) or sender.lower().startswith(b"<mailer-daemon")


def read_bounce(head: Head, content: Content, said: Said) -> Automatic | None:
    """Read what a mail system tells of a delivery. None: this is no such thing."""
    reports = [part for part in content.reports if part.media_type in _REPORTS]
    if reports and (_is_report(head) or is_mail_system(head, said.author.address)):
        return _completed(read_reports(reports), _notice(content), said)
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
        status=status_in(notice) or status_in(said.subject or ""),
    )


def _completed(found: Automatic, notice: str, said: Said) -> Automatic:
    """Take from the notice what the report is silent about: many have no group about a recipient."""
    if found.recipients or found.kind not in {"bounce", "delay"}:
        return found
    recipients = each_once(_failed_in(notice, said))
    return found.model_copy(update={"recipients": recipients, "status": found.status or status_in(notice)})


def _is_report(head: Head) -> bool:
    declared = head.first("content-type").lower()
    return b"multipart/report" in declared or b"delivery-status" in declared or head.has("x-failed-recipients")


def _sender(head: Head, said: Said) -> int:
    """Say how surely a mail system sent this; 0: nothing says so."""
    has_system_name = said.author.name is not None and SYSTEM_NAME.match(said.author.name) is not None
    declared = head.first("content-type").lower()
    if _DELIVERY.match(declared) or (said.author.address and SYSTEM_ADDRESS.match(said.author.address)):
        sender = 2
    else:
        sender = int(has_system_name) + (_has_no_sender(head) or (has_system_name and not said.author.address))
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
    following = _FOLLOWING.search(notice)
    listed = notice[following.end() :] if following else ""
    for pattern, text in (
        (_NAMED, listed),
        (_ORDERED, listed),
        (_NAMED, notice),
        (_ORDERED, notice),
        (ADDRESS, notice),
    ):
        found = [match[1] if match.re.groups else match[0] for match in pattern.finditer(text)]
        failed = [its for its in found if its.casefold().rstrip(".") not in ours and not SYSTEM_ADDRESS.match(its)]
        if pattern is ADDRESS:  # anywhere in a sentence: "they accept no mail from" us
            failed = [its for its in failed if its.rpartition("@")[2].casefold().rstrip(".") not in our_domains]
        if failed:
            return failed
    return []
