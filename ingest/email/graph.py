"""Microsoft Graph: mailboxes of Microsoft 365 by delta queries, and their mails as MIME.

Each folder has a link that the server gave last: it lists what is new since. When the server has lost it (410), the
folder is listed anew; what was read before is known again by its content, in the intake (`identity.py`).

Ids are the ordinary ones, which change when a mail moves, and not the immutable ones: with those, a mail that is moved
into a folder is not listed there (`docs/decisions/0012-graph-ids.md`). A mail that was moved between list and load is
looked for by its Message-ID.

Links are copied and never built, but at the beginning. No `$filter` by date: with it no more than 5,000 mails come.

Source: Microsoft Graph, "Get incremental changes to messages in a folder", "message: delta", "Get MIME content of a
message", "Throttling limits" (4 calls at a time for an application and mailbox).
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final
from urllib.parse import quote, urlsplit

import structlog

from ingest.adapter import Adapter
from ingest.email.answers import read
from ingest.email.deliveries import MEDIA_TYPE
from ingest.email.graph_answers import Page, is_gone, is_lost_place, meaning, read_page
from ingest.email.graph_cursor import FolderCursor, read_cursor, write_cursor
from ingest.email.graph_folders import find
from ingest.email.graph_settings import GraphAccount
from ingest.email.oauth.expiries import Expiries
from ingest.email.oauth.tokens import Tokens, tokens_of
from ingest.email.rest.api import Api, Body, Broken, Refused
from ingest.email.rest.mailbox import RestPull, first_day_again, mark, today_in_utc
from ingest.email.rest.round import Letter, Round
from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.records import Channel

__all__ = ["ADAPTER", "GraphPull", "Mailboxes"]

_FIRST: Final = "messages/delta?changeType=created&$select=receivedDateTime,internetMessageId"
_NO_MAIL: Final = frozenset({"text/html", "application/xhtml+xml", "application/json"})

log = structlog.get_logger()


class GraphPull(RestPull):
    """One account, for as long as nothing fails. `tokens` outlives it."""

    def __init__(
        self,
        account: GraphAccount,
        tokens: Tokens | None = None,
        *,
        today: Callable[[], date] = today_in_utc,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        prefer = {"Prefer": f"odata.maxpagesize={account.batch_mails}"}
        api = Api(account, tokens or tokens_of(account, account.its_oauth), prefer)
        super().__init__(account, api, today=today, clock=clock)
        self._account = account
        self._mailbox = f"{account.api}/users/{quote(account.username, safe='@')}"
        self._folders: dict[str, FolderCursor] = {}
        self._pages: dict[str, Page] = {}
        self._ids: dict[str, str] = {}
        self._ended: set[str] = set()

    def _read(self, cursor: bytes | None) -> None:
        self._folders, self._postponed = read_cursor(cursor)
        self._pages.clear()
        self._ended.clear()

    def _write(self) -> bytes:
        return write_cursor(self._folders, self._postponed)

    @property
    def _is_at_the_end(self) -> bool:
        return self._ended >= set(self._account.all_folders)

    async def _begin(self) -> None:
        await self._ask(f"{self._mailbox}/mailFolders/inbox?$select=id")

    async def see_all_folders(self) -> None:
        """Raise `Misconfigured` where a folder is not there."""
        for folder in self._account.all_folders:
            await self._ask(f"{self._mailbox}/mailFolders/{await self._id_of(folder)}?$select=id", folder)

    async def _look(self, round_: Round) -> None:
        """Look into each folder. One that is not there is told of after the others were read."""
        self._ended.clear()
        trouble: Misconfigured | None = None
        for folder in self._account.all_folders:
            try:
                while not round_.is_over and await self._work(folder, round_):
                    pass
            except Misconfigured as error:
                trouble = trouble or error
        if trouble is not None:
            raise trouble

    async def _work(self, folder: str, round_: Round) -> bool:
        """Bring a page's mails. Gives whether the folder has another page."""
        page = self._pages.get(folder)
        if page is None:
            page = self._pages[folder] = await self._page(folder)
        cursor = self._folders[folder]
        wanted = [each for each in page.letters if mark(each.id) not in cursor.done]
        done = await round_.bring(wanted)
        if len(done) < len(wanted):
            self._folders[folder] = replace(cursor, done=cursor.done.union(mark(each.id) for each in done))
            return False
        del self._pages[folder]
        cursor = replace(cursor, link=self._kept(page.link), done=frozenset())
        if page.is_last:
            cursor = replace(cursor, since=None, read_until=self._today())
            self._ended.add(folder)
        self._folders[folder] = cursor
        return not page.is_last

    async def _page(self, folder: str) -> Page:
        cursor = self._folders.setdefault(folder, FolderCursor(since=self._account.since))
        if cursor.link is not None:
            url = self._api.on_the_server(cursor.link)
        else:
            url = f"{self._mailbox}/mailFolders/{await self._id_of(folder)}/{_FIRST}"
        try:
            said = await self._api.ask(url)
        except Refused as refused:
            if cursor.link is not None and is_lost_place(refused):
                return await self._anew(folder, cursor)
            raise meaning(refused, self._account, self._setting(folder)) from None
        try:
            page = read_page(said, folder, cursor.since)
        except Broken as error:
            raise Unavailable(f"{self._account.where}: {error}") from None
        if not page.is_last and not page.letters and self._kept(page.link) == cursor.link:
            raise Unavailable(f"{self._account.where}: a page links to itself")
        return page

    async def _anew(self, folder: str, cursor: FolderCursor) -> Page:
        since = first_day_again(cursor.read_until, self._today(), self._account.since)
        log.warning(
            "a folder is read again: the server lost our place",
            account=self._account.account,
            folder=self._account.all_folders.index(folder),
            since=since and since.isoformat(),
        )
        self._folders[folder] = FolderCursor(since=since, read_until=cursor.read_until)
        return await self._page(folder)

    def _kept(self, link: str) -> str:
        """Give a link as it is kept. Raises `Misconfigured` where it leads elsewhere."""
        if not self._api.is_ours(link):
            raise Misconfigured(
                f"{self._account.where}: it links to a page at another server, which is not followed: check api"
            )
        parts = urlsplit(link)
        return f"{parts.path}?{parts.query}"

    async def _bring(self, letter: Letter, limit: int, within: float) -> Body | None:
        try:
            return await self._mime(letter.id, limit, within)
        except Refused as refused:
            if is_gone(refused):
                return await self._moved(letter, limit, within)
            raise self._about_one(refused) from None

    async def _moved(self, letter: Letter, limit: int, within: float) -> Body | None:
        """Look for a mail that is not where it was. None: nowhere."""
        if not letter.message_id:
            return None
        wanted = quote("internetMessageId eq '{}'".format(letter.message_id.replace("'", "''")))
        said = await self._ask(f"{self._mailbox}/messages?$select=id&$top=1&$filter={wanted}")
        listed = said.get("value")
        found = listed[0] if isinstance(listed, list) and listed else None
        if not isinstance(found, dict) or not isinstance(found.get("id"), str):
            return None
        try:
            return await self._mime(found["id"], limit, within)
        except Refused as refused:
            if is_gone(refused):
                return None
            raise self._about_one(refused) from None

    def _about_one(self, refused: Refused) -> Exception:
        """Tell a refusal of one mail from one of all."""
        error = meaning(refused, self._account)
        if refused.status in {401, 403, 429, 503, 504} or refused.retry_after is not None:
            return error
        return Broken(str(error))

    async def _mime(self, its_id: str, limit: int, within: float) -> Body:
        body, kind = await self._api.load(
            f"{self._mailbox}/messages/{quote(its_id, safe='')}/$value", limit, within=within
        )
        if kind in _NO_MAIL:
            raise Broken(f"{self._account.where}: a page in the place of a mail")
        return body

    async def _ask(self, url: str, folder: str | None = None) -> Mapping[str, Any]:
        try:
            return await self._api.ask(url)
        except Refused as refused:
            raise meaning(refused, self._account, self._setting(folder) if folder else "") from None

    async def _id_of(self, folder: str) -> str:
        if folder not in self._ids:
            found = await find(folder, lambda path: self._ask(self._mailbox + path, folder))
            if found is None:
                raise Misconfigured(
                    f"{self._account.where}: {self._setting(folder)}: there is no such folder; "
                    "write the names as mail programs show them, with slashes between"
                )
            self._ids[folder] = found
        return quote(self._ids[folder], safe="")

    def _setting(self, folder: str) -> str:
        folders = self._account.folders
        return f"folders[{folders.index(folder)}]" if folder in folders else "sent"


class Mailboxes:
    """Makes the pulls. Keeps, for each account, its tokens: when they were renewed must outlive a failure."""

    def __init__(self) -> None:
        self._tokens: dict[str, Tokens] = {}
        self._expiries = Expiries()

    def __call__(self, account: GraphAccount) -> GraphPull:
        """Make the pull of an account."""
        tokens = tokens_of(account, account.its_oauth, self._expiries)
        return GraphPull(account, self._tokens.setdefault(account.account, tokens))


async def check(account: GraphAccount) -> None:
    """See that the mailbox opens, and all its folders, for `ouvidor check --connect`."""
    pull = GraphPull(account)
    try:
        await pull.open(None)
        await pull.see_all_folders()
    finally:
        await pull.close()


ADAPTER = Adapter(
    channel=Channel.EMAIL,
    network="graph",
    settings=GraphAccount,
    read=read,
    media_type=MEDIA_TYPE,
    pull=Mailboxes(),
    check=check,
)
