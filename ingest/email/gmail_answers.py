"""What Gmail's API answers: lists, history, raw mails, and what its refusals ask for. Pure.

A 403 is more often "too much" than "not allowed": the reason tells. How long to stay away stands, if anywhere, in the
words ("Retry after 2026-11-20T10:00:00.000Z").

Source: Gmail API, "users.history.list", "users.messages.list", "users.messages.get", "Resolve errors", "Usage limits";
RFC 4648, 5 (base64url).
"""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

from ingest.email.rest.api import Body, Broken, Refused
from ouvidor.errors import Misconfigured, OuvidorError, Unavailable

__all__ = ["Change", "changes", "listed", "meaning", "raw_mail"]

_TOO_MUCH: Final = frozenset(
    {"ratelimitexceeded", "userratelimitexceeded", "quotaexceeded", "dailylimitexceeded", "concurrentlimitexceeded",
     "resource_exhausted", "rate_limit_exceeded", "backenderror"}
)  # fmt: skip
_FOR_LONG: Final = frozenset({"dailylimitexceeded", "quotaexceeded"})
_NO_SCOPE: Final = frozenset({"insufficientpermissions", "access_token_scope_insufficient"})
_SWITCHED_OFF: Final = frozenset({"accessnotconfigured", "service_disabled"})
_NOT_NOW: Final = frozenset({408, 409, 429})
_RETRY_AFTER: Final = re.compile(r"Retry after (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)")
_RAW: Final = re.compile(rb'"raw"\s*:\s*"([A-Za-z0-9_-]*)')
_AWAY: Final = timedelta(seconds=10)
_LONG: Final = timedelta(minutes=15)
_LONGEST: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Change:
    """A mail that came, or was put under a label. `labels` None: the history does not tell."""

    id: str
    labels: frozenset[str] | None


def listed(said: Mapping[str, Any]) -> list[str]:
    """Give the ids of a list, in its order. Raises `Broken`."""
    found = said.get("messages", [])
    if not isinstance(found, list):
        raise Broken("an answer is no list of mails: is `api` the address of Gmail's API?")
    return [each["id"] for each in found if isinstance(each, dict) and isinstance(each.get("id"), str)]


def changes(said: Mapping[str, Any]) -> Iterator[tuple[str, list[Change]]]:
    """Give each record of a history: its number, and the mails that came or were put under a label. Raises `Broken`."""
    records = said.get("history", [])
    if not isinstance(records, list):
        raise Broken("an answer is no history of a mailbox: is `api` the address of Gmail's API?")
    for record in records:
        if not isinstance(record, dict) or not str(record.get("id", "")).isdigit():
            continue
        found: dict[str, Change] = {}
        for kind in ("messagesAdded", "labelsAdded"):
            for event in record.get(kind) or ():
                if change := _change(event, kind):
                    found.setdefault(change.id, change)
        yield str(record["id"]), list(found.values())


def _change(event: object, kind: str) -> Change | None:
    message = event.get("message") if isinstance(event, dict) else None
    if not isinstance(event, dict) or not isinstance(message, dict) or not isinstance(message.get("id"), str):
        return None
    labels = message.get("labelIds") if kind == "messagesAdded" else event.get("labelIds")
    hidden = {"SPAM", "TRASH"} & set(map(str, message.get("labelIds") or ()))
    return Change(message["id"], frozenset(map(str, labels)) | hidden if isinstance(labels, list) else None)


def raw_mail(answer: bytes, *, complete: bool, largest: int) -> tuple[Body, frozenset[str] | None]:
    """Give a mail and its labels. Of an answer that was cut, what came of it. Raises `Broken`."""
    labels = None
    if complete:
        try:
            said = json.loads(answer)
            encoded = said["raw"].encode("ascii")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise Broken("an answer holds no mail") from None
        labels = frozenset(map(str, said.get("labelIds") or ()))
    else:
        found = _RAW.search(answer)
        encoded = found[1] if found else b""
        encoded = encoded[: len(encoded) // 4 * 4]
    try:
        mail = urlsafe_b64decode(encoded + b"=" * (-len(encoded) % 4))
    except ValueError:
        raise Broken("an answer holds no mail in base64") from None
    return Body(mail[:largest], complete and len(mail) <= largest, announced=len(mail)), labels


def meaning(refused: Refused, where: str, now: datetime) -> OuvidorError:
    """Say what a refusal means."""
    reasons = _reasons(refused.error)
    shown = next((each for each in sorted(reasons) if each.isascii() and each.replace("_", "").isalpha()), "")
    words = f"{where}: HTTP {refused.status} {shown}".rstrip()
    folded = {each.casefold() for each in reasons}
    if refused.status in _NOT_NOW or refused.status >= HTTPStatus.INTERNAL_SERVER_ERROR or folded & _TOO_MUCH:
        usual = _LONG if folded & _FOR_LONG else _AWAY
        return Unavailable(f"{words}: not now", retry_after=_until(refused, now) or refused.retry_after or usual)
    if refused.status == HTTPStatus.FORBIDDEN:
        return Misconfigured(f"{words}: {_forbidden(folded)}")
    if refused.status < HTTPStatus.BAD_REQUEST:
        return Misconfigured(f"{words}: it leads elsewhere, which is not followed: check api")
    if "failedprecondition" in folded:
        return Misconfigured(f"{words}: username: this user has no Gmail, or it is switched off")
    return Misconfigured(f"{words}: it refuses the question: check api and username")


def _forbidden(reasons: Collection[str]) -> str:
    if _SWITCHED_OFF & set(reasons):
        return "the Gmail API is switched off in the project of client_id: enable it in Google's console"
    if "domainpolicy" in reasons:
        return "the organisation's administrator lets no such application read Gmail"
    if _NO_SCOPE & set(reasons):
        return "the grant lacks the scope gmail.readonly: log in anew, or have it delegated to the service account"
    return "the scope gmail.readonly is missing, or the mailbox is not this user's"


def _reasons(error: Mapping[str, Any]) -> set[str]:
    parts = [error.get("errors"), error.get("details")]
    told = [each for part in parts if isinstance(part, list) for each in part if isinstance(each, dict)]
    return {str(each["reason"])[:60] for each in told if each.get("reason")} | {str(error.get("status") or "")[:60]} - {
        ""
    }


def _until(refused: Refused, now: datetime) -> timedelta | None:
    found = _RETRY_AFTER.search(str(refused.error.get("message", ""))[:2000])
    if found is None:
        return None
    try:
        until = datetime.fromisoformat(found[1]).replace(tzinfo=UTC)
    except ValueError:
        return None
    return min(max(until - now, timedelta(seconds=1)), _LONGEST)
