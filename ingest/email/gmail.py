"""Gmail: mailboxes by their history, and their mails as they came.

The history tells what came since a number, which holds for a week or so. At the first start, and where the number is
known no more (404), the mailbox's number is taken first and then the labels' lists are read; what was read before is
known again by its content, in the intake (`identity.py`).

Mail that is put under a label later counts as mail that came: so one that Google took for spam and somebody rescued is
heard. Spam and what was thrown away are left alone.

A record's own number serves as the place to go on from: page tokens are never kept for long.

Source: Gmail API, "Synchronize clients with Gmail", "users.history.list", "users.messages.list", "Search and filter
messages" (`after:` in seconds).
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, urlencode

import structlog

from ingest.adapter import Adapter
from ingest.email.answers import read
from ingest.email.deliveries import MEDIA_TYPE
from ingest.email.gmail_answers import Change, changes, listed, meaning, raw_mail
from ingest.email.gmail_cursor import Filling, GmailCursor, read_cursor, write_cursor
from ingest.email.gmail_settings import GmailAccount
from ingest.email.oauth.expiries import Expiries
from ingest.email.oauth.tokens import Tokens, tokens_of
from ingest.email.rest.api import Api, Body, Broken, Refused
from ingest.email.rest.mailbox import RestPull, first_day_again, mark, today_in_utc
from ingest.email.rest.round import Letter, Round
from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.records import Channel

__all__ = ["ADAPTER", "GmailPull", "Mailboxes"]

_SYSTEM: Final = frozenset({"INBOX", "SENT", "SPAM", "TRASH", "STARRED", "IMPORTANT", "UNREAD"})
_HIDDEN: Final = frozenset({"SPAM", "TRASH"})
_AROUND_THE_MAIL: Final = 8192
_MOST_HEARD: Final = 400

log = structlog.get_logger()


@dataclass(slots=True)
class _Page:
    """What was listed and is in hand."""

    records: list[tuple[str, list[Letter]]]
    following: str | None
    history: str = ""


class GmailPull(RestPull):
    """One account, for as long as nothing fails. `tokens` outlives it."""

    def __init__(
        self,
        account: GmailAccount,
        tokens: Tokens | None = None,
        *,
        today: Callable[[], date] = today_in_utc,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        api = Api(account, tokens or tokens_of(account, account.its_oauth))
        super().__init__(account, api, today=today, clock=clock)
        self._account = account
        self._user = f"{account.api}/gmail/v1/users/me"
        self._cursor: GmailCursor | None = None
        self._page: _Page | None = None
        self._labels: dict[str, str] = {}
        self._at_the_end = False
        self._listed_anew = False

    def _read(self, cursor: bytes | None) -> None:
        self._cursor, self._postponed = read_cursor(cursor)
        self._page, self._listed_anew = None, False

    def _write(self) -> bytes:
        return write_cursor(self._place, self._postponed)

    @property
    def _is_at_the_end(self) -> bool:
        return self._at_the_end

    @property
    def _place(self) -> GmailCursor:
        if self._cursor is None:
            raise Unavailable(f"{self._account.where}: not open")
        return self._cursor

    async def _begin(self) -> None:
        self._labels = await self._ids_of_labels()
        if self._cursor is None:
            filling = Filling(self._account.all_folders, self._account.since)
            self._cursor = GmailCursor(await self._newest(), filling)
        else:
            await self._newest()

    async def _look(self, round_: Round) -> None:
        self._at_the_end = False
        while not round_.is_over:
            filling = self._place.filling
            if not await (self._follow(round_) if filling is None else self._fill(filling, round_)):
                return

    async def _fill(self, filling: Filling, round_: Round) -> bool:
        """Bring a page of a list. Gives whether all of it came."""
        if self._page is None:
            self._page = await self._list(filling)
        page, [(_, letters)] = self._page, self._page.records
        if filling.page is None and len(self._place.heard) < _MOST_HEARD:
            heard = self._place.heard.union(mark(each.id) for each in letters)
            self._cursor = replace(self._place, heard=heard)
        if not await self._bring_all(letters, round_):
            return False
        self._page = None
        left = filling if page.following else Filling(filling.labels[1:], filling.since)
        following = replace(left, page=page.following) if left.labels else None
        until = self._place.read_until if following else self._today()
        # the next page repeats the end of this one, if mail came meanwhile
        done = frozenset(mark(each.id) for each in letters) if page.following else frozenset()
        self._cursor = replace(self._place, filling=following, done=done, read_until=until)
        return True

    async def _list(self, filling: Filling) -> _Page:
        label = filling.labels[0]
        asked: dict[str, Any] = {"labelIds": self._id_of(label), "maxResults": self._account.batch_mails}
        if filling.since is not None:
            first = datetime(filling.since.year, filling.since.month, filling.since.day, tzinfo=UTC)
            asked["q"] = f"after:{int(first.timestamp())}"
        if filling.page is not None:
            asked["pageToken"] = filling.page
        if label in _HIDDEN:
            asked["includeSpamTrash"] = "true"
        try:
            said = await self._api.ask(f"{self._user}/messages?{urlencode(asked)}")
        except Refused as refused:
            if refused.status == HTTPStatus.BAD_REQUEST and filling.page is not None and not self._listed_anew:
                self._listed_anew = True  # the page's token holds no more; a server that knows none at all is ill
                anew = replace(filling, page=None)
                self._cursor = replace(self._place, filling=anew, done=frozenset())
                return await self._list(anew)
            raise self._told(refused) from None
        letters = [Letter(each, label) for each in self._checked(listed, said)]
        return _Page([("", letters)], said.get("nextPageToken") or None)

    async def _follow(self, round_: Round) -> bool:
        """Bring a page of the history. Gives whether there may be more at once."""
        if self._page is None:
            self._page = await self._history(None)
        if self._place.filling is not None:
            return True
        page = self._page
        all_came = await self._bring_all([each for _, letters in page.records for each in letters], round_)
        for number, letters in page.records:
            if not all_came and any(mark(each.id) not in self._place.done for each in letters):
                return False
            self._cursor = replace(self._place, history=number)
        if page.following is not None:
            self._page = None if page.records else await self._history(page.following)
            self._cursor = replace(self._place, done=frozenset())
            return True
        self._page = None
        newest = page.history or self._place.history
        nothing: frozenset[str] = frozenset()
        self._cursor = replace(self._place, history=newest, done=nothing, heard=nothing, read_until=self._today())
        self._at_the_end = True
        return False

    async def _history(self, page: str | None) -> _Page:
        asked = {"startHistoryId": self._place.history, "maxResults": str(self._account.batch_mails)}
        if page is not None:
            asked["pageToken"] = page
        kinds = urlencode([("historyTypes", "messageAdded"), ("historyTypes", "labelAdded")])
        try:
            said = await self._api.ask(f"{self._user}/history?{urlencode(asked)}&{kinds}")
        except Refused as refused:
            if refused.status != HTTPStatus.NOT_FOUND:
                raise self._told(refused) from None
            return await self._anew()
        records = [
            (number, [letter for each in found if (letter := self._wanted(each))])
            for number, found in self._checked(lambda given: list(changes(given)), said)
        ]
        return _Page(records, said.get("nextPageToken") or None, str(said.get("historyId") or ""))

    async def _anew(self) -> _Page:
        since = first_day_again(self._place.read_until, self._today(), self._account.since)
        log.warning(
            "a mailbox is read again: its history reaches not so far back",
            account=self._account.account,
            since=since and since.isoformat(),
        )
        filling = Filling(self._account.all_folders, since)
        self._cursor = GmailCursor(await self._newest(), filling, read_until=self._place.read_until)
        return await self._list(filling)

    async def _bring_all(self, letters: list[Letter], round_: Round) -> bool:
        left = {each.id: each for each in letters if mark(each.id) not in self._place.done}
        done = await round_.bring(list(left.values()))
        self._cursor = replace(self._place, done=self._place.done.union(mark(each.id) for each in done))
        return len(done) == len(left)

    async def _bring(self, letter: Letter, limit: int, within: float) -> Body | None:
        url = f"{self._user}/messages/{quote(letter.id, safe='')}?format=raw&fields=id,labelIds,raw"
        try:
            found, _ = await self._api.load(url, limit * 4 // 3 + _AROUND_THE_MAIL, within=within)
        except Refused as refused:
            if refused.status == HTTPStatus.NOT_FOUND:
                return None
            error = self._told(refused)
            if refused.status in {500, 502}:
                raise Broken(str(error)) from None
            raise error from None
        try:
            body, labels = raw_mail(found.content, complete=found.complete, largest=limit)
        except Broken as error:
            raise Broken(f"{self._account.where}: {error}") from None
        if letter.folder:
            return body
        folder = self._folder_of(labels or frozenset())
        return replace(body, folder=folder) if folder else None

    def _wanted(self, change: Change) -> Letter | None:
        if mark(change.id) in self._place.heard:
            return None
        if change.labels is None:
            return Letter(change.id, "")
        folder = self._folder_of(change.labels)
        return Letter(change.id, folder) if folder else None

    def _folder_of(self, labels: frozenset[str]) -> str | None:
        """Give the first of our labels that a mail has. None: it has none, or lies with what is left alone."""
        ours = [each for each in self._account.all_folders if self._id_of(each) in labels]
        hidden = _HIDDEN & labels
        return None if not ours or (hidden and not hidden & set(ours)) else ours[0]

    async def _newest(self) -> str:
        number = str((await self._ask("/profile")).get("historyId", ""))
        if not number.isdigit():
            raise Unavailable(
                f"{self._account.where}: a profile without a number: is `api` the address of Gmail's API?"
            )
        return number

    async def _ids_of_labels(self) -> dict[str, str]:
        names = [each for each in self._account.all_folders if each not in _SYSTEM]
        if not names:
            return {}
        said = (await self._ask("/labels")).get("labels")
        known = {each.get("name"): each.get("id") for each in said or () if isinstance(each, dict)}
        for name in names:
            if not isinstance(known.get(name), str):
                folders = self._account.folders
                where = f"folders[{folders.index(name)}]" if name in folders else "sent"
                raise Misconfigured(
                    f"{self._account.where}: {where}: there is no such label; write INBOX, or its whole name "
                    "(Clientes/Norte)"
                )
        return {name: str(known[name]) for name in names}

    def _id_of(self, label: str) -> str:
        return self._labels.get(label, label)

    async def _ask(self, path: str) -> Mapping[str, Any]:
        try:
            return await self._api.ask(self._user + path)
        except Refused as refused:
            raise self._told(refused) from None

    def _told(self, refused: Refused) -> Exception:
        return meaning(refused, self._account.where, datetime.now(UTC))

    def _checked(self, reader: Callable[[Mapping[str, Any]], Any], said: Mapping[str, Any]) -> Any:  # noqa: ANN401 - the reader's
        try:
            return reader(said)
        except Broken as error:
            raise Unavailable(f"{self._account.where}: {error}") from None


class Mailboxes:
    """Makes the pulls. Keeps, for each account, its tokens: when they were renewed must outlive a failure."""

    def __init__(self) -> None:
        self._tokens: dict[str, Tokens] = {}
        self._expiries = Expiries()

    def __call__(self, account: GmailAccount) -> GmailPull:
        """Make the pull of an account."""
        tokens = tokens_of(account, account.its_oauth, self._expiries)
        return GmailPull(account, self._tokens.setdefault(account.account, tokens))


async def check(account: GmailAccount) -> None:
    """See that the mailbox opens, and that its labels are there, for `ouvidor check --connect`."""
    pull = GmailPull(account)
    try:
        await pull.open(None)
    finally:
        await pull.close()


ADAPTER = Adapter(
    channel=Channel.EMAIL,
    network="gmail",
    settings=GmailAccount,
    read=read,
    media_type=MEDIA_TYPE,
    pull=Mailboxes(),
    check=check,
)
