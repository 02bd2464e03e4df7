"""What Graph answers: pages of a delta query, and what its refusals ask for. Pure.

Error codes come in either case (`ErrorItemNotFound`, `itemNotFound`), and a lost place as `SyncStateNotFound` with 410,
as it does with 400.

Source: Microsoft Graph, "Get incremental changes to messages in a folder", "Microsoft Graph error responses",
"Microsoft Graph throttling guidance"; microsoft-graph-docs issues 2162, 2350, 2877 (`SyncStateNotFound`), 10481 (codes
of mailboxes that are none).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any, Final

from ingest.email.graph_settings import GraphAccount
from ingest.email.rest.api import Broken, Refused
from ingest.email.rest.round import Letter
from ouvidor.errors import Misconfigured, OuvidorError, Unavailable

__all__ = ["Page", "is_gone", "is_lost_place", "meaning", "read_page"]

_LOST: Final = frozenset({"syncstatenotfound", "syncstateinvalid", "resyncrequired"})
_GONE: Final = frozenset({"erroritemnotfound", "itemnotfound"})
_NO_FOLDER: Final = frozenset({"erroritemnotfound", "itemnotfound", "errorfoldernotfound", "errorinvalididmalformed"})
_NO_MAILBOX: Final = frozenset(
    {
        "errorinvaliduser",
        "resourcenotfound",
        "request_resourcenotfound",
        "mailboxnotenabledforrestapi",
        "mailboxnotfound",
    }
)
_NOT_NOW: Final = frozenset({408, 409, 423, 429})
_AWAY: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a delta query."""

    letters: tuple[Letter, ...]
    link: str
    """What to ask for next."""
    is_last: bool
    """Does it end the round?"""


def read_page(said: Mapping[str, Any], folder: str, since: date | None) -> Page:
    """Read a page; mail of before `since` and what was removed is left out. Raises `Broken`."""
    following, last = said.get("@odata.nextLink"), said.get("@odata.deltaLink")
    link = following or last
    listed = said.get("value")
    if not isinstance(link, str) or not isinstance(listed, list):
        raise Broken("an answer is no page of a delta query: is `api` the address of Microsoft Graph?")
    letters: dict[str, Letter] = {}
    for item in listed:
        if not isinstance(item, dict) or "@removed" in item or not isinstance(item.get("id"), str):
            continue
        when, message_id = str(item.get("receivedDateTime") or ""), str(item.get("internetMessageId") or "")
        if since is None or not when or when >= since.isoformat():
            letters[item["id"]] = Letter(item["id"], folder, when, message_id)
    return Page(tuple(sorted(letters.values(), key=lambda each: each.when)), link, is_last=not following)


def is_lost_place(refused: Refused) -> bool:
    """Does the server know our link no more?"""
    return refused.status == HTTPStatus.GONE or refused.code.casefold() in _LOST


def is_gone(refused: Refused) -> bool:
    """Is the mail deleted, or moved?"""
    return refused.status == HTTPStatus.NOT_FOUND and refused.code.casefold() in _GONE


def meaning(refused: Refused, account: GraphAccount, what: str = "") -> OuvidorError:
    """Say what a refusal means; `what` is the setting that was asked about."""
    code = refused.code.casefold()
    words = f"{account.where}: HTTP {refused.status} {refused.code}".rstrip()
    if refused.status in _NOT_NOW or refused.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Unavailable(f"{words}: not now", retry_after=refused.retry_after or _AWAY)
    if refused.status == HTTPStatus.FORBIDDEN:
        return Misconfigured(f"{words}: {_permission(account)}")
    if code in _NO_MAILBOX:
        return Misconfigured(f"{words}: username: no mailbox of Microsoft 365 is known by it")
    if what and code in _NO_FOLDER:
        return Misconfigured(f"{words}: {what}: there is no such folder; write inbox, inbox/Clientes or a folder's id")
    if refused.status < HTTPStatus.BAD_REQUEST:
        return Misconfigured(f"{words}: it leads elsewhere, which is not followed: check api")
    return Misconfigured(f"{words}: it refuses the question: check api, username and folders")


def _permission(account: GraphAccount) -> str:
    if account.oauth.its_flow == "app":
        return (
            "the application lacks the permission Mail.Read (application), with an administrator's consent; "
            "or a policy of Exchange Online keeps it from this mailbox"
        )
    mend = "" if account.shared else ", and shared: true where the mailbox is a shared one"
    return f"the permission {account.permission} (delegated) is missing, or the person may not open the mailbox{mend}"
