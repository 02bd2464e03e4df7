"""Bounces and delays: whom a mail of ours did not reach, and why.

The report of RFC 3464 is read field by field. Mailers that know none (qmail, Exim, old Exchanges) are believed only
where the sender is a mail system and the subject is one of theirs: customers quote such words too.

Source: RFC 3464, RFC 3463 (status codes), RFC 6522.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final, Literal

from ingest.email.bodies import Content
from ingest.email.charset import decode
from ingest.email.heads import Head
from ingest.email.structure import Part
from ingest.email.words import decode_words
from ouvidor.records import Automatic

__all__ = ["is_mail_system", "read_bounce"]

_MOST_RECIPIENTS: Final = 50
_LONGEST_REPORT: Final = 64 * 1024
_STATUS: Final = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_ADDRESS: Final = re.compile(r"[^\s<>\"'(),;:\[\]]{1,200}@[^\s<>\"'(),;:@\[\]]{1,200}")
_FIELD: Final = re.compile(r"([A-Za-z-]{1,60})\s*:\s*(.*)")
_SYSTEM: Final = re.compile(
    r"(?i)^<?(?:mailer-daemon|mail-daemon|postmaster|mail\.?delivery|mdaemon|mailsystem)(?:[@>+-]|$)"
)
_FAILED: Final = re.compile(
    r"(?i)undeliver|delivery (?:status notification|failure|has failed|problem)|mail delivery failed|returned mail"
    r"|failure notice|message not delivered|n[ãa]o (?:foi )?entreg|falha (?:na|de) entrega|devolvid[ao]"
    r"|no se pudo entregar|error de entrega|unzustellbar|non remis|mancata consegna|rejected|could not be delivered"
)
_DELAYED: Final = re.compile(
    r"(?i)delay|atras|retras|warning: (?:could not|message)|still (?:trying|being retried)|adiad"
)
_PLAIN_RECIPIENT: Final = re.compile(
    r"(?m)^\s*(?:<|To: |Para: )?([^\s<>\"'(),;:]{1,200}@[^\s<>\"'(),;:@]{1,200})>?:?\s*$"
)
_REPORTS: Final = ("message/delivery-status", "message/global-delivery-status")


def is_mail_system(head: Head, address: str | None) -> bool:
    """Tell whether a mail system sent this, not somebody."""
    return bool(address and _SYSTEM.match(address)) or head.first("return-path").strip() == b"<>"


def read_bounce(head: Head, content: Content, subject: str | None, address: str | None) -> Automatic | None:
    """Read what a mail system tells of a delivery. None: this is no such thing."""
    reports = [part for part in content.reports if part.media_type in _REPORTS]
    if reports:
        return _from_reports(reports)
    if not (address and _SYSTEM.match(address)) and not head.has("x-failed-recipients"):
        return None
    title = subject or ""
    kind: Literal["bounce", "delay"]
    if _DELAYED.search(title):
        kind = "delay"
    elif _FAILED.search(title) or head.has("x-failed-recipients"):
        kind = "bounce"
    else:
        return None
    text = "\n".join(content.texts)[:_LONGEST_REPORT]
    status = _STATUS.search(text)
    failed = _ADDRESS.findall(decode_words(head.first("x-failed-recipients"))[0]) or _PLAIN_RECIPIENT.findall(text)
    return Automatic(kind=kind, recipients=_each_once(failed), status=status[1] if status else None)


def _from_reports(reports: Sequence[Part]) -> Automatic:
    """Read all groups of fields; the worst action decides what the mail is."""
    recipients: list[str] = []
    status: str | None = None
    actions: set[str] = set()
    for report in reports:
        for group in _groups(report):
            action = group.get("action", "").partition(";")[0].partition(" ")[0].casefold()
            if action:
                actions.add(action)
            if action in {"failed", "delayed"} and (its := _recipient(group)):
                recipients.append(its)
                found = _STATUS.search(group.get("status", "")) or _STATUS.search(group.get("diagnostic-code", ""))
                status = status or (found[1] if found else None)
    if "failed" in actions:
        return Automatic(kind="bounce", recipients=_each_once(recipients), status=status)
    if "delayed" in actions:
        return Automatic(kind="delay", recipients=_each_once(recipients), status=status)
    return Automatic(kind="receipt" if actions else "bounce", recipients=_each_once(recipients), status=status)


def _groups(report: Part) -> Iterator[dict[str, str]]:
    """Give the groups of fields; the first is about the mail, each other about one recipient."""
    text = decode(report.content()[0][:_LONGEST_REPORT])[0].replace("\r\n", "\n")
    for block in re.split(r"\n[ \t]*\n", text):
        group: dict[str, str] = {}
        name = ""
        for line in block.split("\n"):
            if line[:1] in " \t" and name:
                group[name] += f" {line.strip()}"
            elif found := _FIELD.match(line):
                name = found[1].casefold()
                group.setdefault(name, found[2].strip())
        if group:
            yield group


def _recipient(group: dict[str, str]) -> str | None:
    for name in ("original-recipient", "final-recipient"):
        if found := _ADDRESS.search(group.get(name, "").partition(";")[2] or group.get(name, "")):
            return found[0]
    return None


def _each_once(addresses: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(addresses))[:_MOST_RECIPIENTS]
