"""A report of RFC 3464, field by field: whom a mail did not reach, why, and whether that is final.

Source: RFC 3464; RFC 3463 (status codes); RFC 6522.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from ingest.email.charset import decode
from ingest.email.structure import Part
from ouvidor.records import Automatic

__all__ = ["ADDRESS", "MOST_RECIPIENTS", "STATUS", "each_once", "groups_of", "read_reports", "status_in"]

MOST_RECIPIENTS: Final = 50
_LONGEST_REPORT: Final = 64 * 1024
STATUS: Final = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_REPLY: Final = re.compile(r"(?<![\d.])([45])\d\d(?=[\s\-_:;,)]|$)")
ADDRESS: Final = re.compile(r"[^\s<>\"'(),;:\[\]]{1,200}@[^\s<>\"'(),;:@\[\]]{1,200}")
_AFTER_DOTS: Final = re.compile(r"(@[^@]*?)\.{2,}.*", re.DOTALL)
"""Sendmail writes `ana@cliente.test... User unknown`, others without the space."""
_FIELD: Final = re.compile(r"([A-Za-z-]{1,60})\s*:\s*(.*)")
_ACTIONS: Final = (("fail", "failed"), ("error", "failed"), ("undeliver", "failed"), ("delay", "delayed"))
"""As mailers begin the word: OpenSMTPD says `error`, NTMail `failure`."""


def read_reports(reports: Sequence[Part]) -> Automatic:
    """Read all groups of fields; the worst action decides what the mail is."""
    recipients: list[str] = []
    status: str | None = None
    actions: set[str] = set()
    for report in reports:
        for group in groups_of(report):
            action = _action(group)
            if action:
                actions.add(action)
            if action in {"failed", "delayed"}:
                recipients += filter(None, [_recipient(group)])
                status = status or status_in(group.get("status", "")) or status_in(group.get("diagnostic-code", ""))
    if "failed" in actions:
        return Automatic(kind="bounce", recipients=each_once(recipients), status=status)
    if "delayed" in actions:
        return Automatic(kind="delay", recipients=each_once(recipients), status=status)
    return Automatic(kind="receipt" if actions else "bounce", recipients=each_once(recipients), status=status)


def status_in(text: str) -> str | None:
    """Find the enhanced status code; where only an SMTP reply is told, its class (550 is 5.0.0)."""
    if found := STATUS.search(text):
        return found[1]
    reply = _REPLY.search(text)
    return f"{reply[1]}.0.0" if reply else None


def groups_of(report: Part) -> Iterator[dict[str, str]]:
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


def each_once(addresses: Sequence[str]) -> tuple[str, ...]:
    """Give addresses without repetition, so many and no more."""
    settled = (_AFTER_DOTS.sub(r"\1", address).rstrip(".") for address in addresses)
    return tuple(dict.fromkeys(settled))[:MOST_RECIPIENTS]


def _action(group: dict[str, str]) -> str:
    """Tell what was done; where a mailer forgot to say so, by the status."""
    action = group.get("action", "").partition(";")[0].partition(" ")[0].casefold()
    if action or not ("final-recipient" in group or "original-recipient" in group):
        return next((meant for begins, meant in _ACTIONS if action.startswith(begins)), action)
    return {"5": "failed", "4": "delayed", "2": "delivered"}.get(group.get("status", "")[:1], "")


def _recipient(group: dict[str, str]) -> str | None:
    for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
        if found := ADDRESS.search(group.get(name, "").partition(";")[2] or group.get(name, "")):
            return found[0]
    return None
