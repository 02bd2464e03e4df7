"""IMAP: mailboxes that are read, and left as they are.

A folder is opened read-only (`EXAMINE`) and mail fetched without setting a flag (`BODY.PEEK`): nothing is deleted,
moved or marked as read, and what other clients do so disturbs nothing, since new mail is found by its UID and never by
its flags. Each look is a `UID SEARCH`; IDLE, where the server offers it, only ends the waiting early. It is ended and
begun anew after less than a minute, so that every success of `fetch` stands for an answer that the server gave.

A mail's id is made of its content (`identity.py`), not of its UID: so the folder may be read again after its
UIDVALIDITY changed, and a mail that was moved from one folder that is read to another is one mail.

Source: RFC 3501, RFC 2177 (IDLE).
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Final

import structlog

from ingest.adapter import Adapter, Delivery, Fetched
from ingest.email.cursor import FolderCursor, begin, criteria, pending, read_cursor, settle, uid_set, write_cursor
from ingest.email.download import Brought, Download, Mail
from ingest.email.identity import order_of, own_id
from ingest.email.parse import read
from ingest.email.session import NoFolder, Session
from ingest.email.settings import ImapAccount
from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.records import Channel

__all__ = ["ADAPTER", "ImapPull"]

MEDIA_TYPE: Final = "message/rfc822"
_ROUND_SECONDS: Final = 40.0
"""After so long a fetch gives what it has."""
_MOST_POSTPONED: Final = 100
_GIVEN_UP: Final = 60
_WHILE_OTHERS_COME: Final = 12
"""A mail that is not given is asked for 60 times; a time in which the server gave others counts for 12."""

log = structlog.get_logger()


def _today() -> date:
    return datetime.now(UTC).date()


class ImapPull:
    """One account. What it learnt of mails that break connections it keeps from one `open` to the next."""

    def __init__(
        self,
        account: ImapAccount,
        *,
        today: Callable[[], date] = _today,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._account = account
        self._today = today
        self._clock = clock
        self._download = Download(account.largest_bytes, clock)
        self._session: Session | None = None
        self._cursors: dict[str, FolderCursor] = {}
        self._quiet = False
        self._first = True

    async def open(self, cursor: bytes | None) -> None:
        """Log in, and go on from the cursor."""
        await self.close()
        self._cursors = read_cursor(cursor)
        self._quiet, self._first = False, True
        self._session = await Session.begin(self._account)

    async def fetch(self) -> Fetched:
        """Give new mail; wait for it where there is none, for less than a minute. The first time it does not wait."""
        before = dict(self._cursors)
        deliveries: list[Delivery] = []
        if not self._quiet:
            deliveries = await self._look_everywhere()
        if not deliveries and not self._first:
            await self._wait()
            deliveries = await self._look_everywhere()
        self._quiet = not deliveries and self._cursors == before
        self._first = False
        return Fetched(deliveries, None if self._cursors == before else write_cursor(self._cursors))

    async def close(self) -> None:
        """Let go of the connection."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _wait(self) -> None:
        account, session = self._account, self._opened
        seconds = account.idle if len(account.folders) == 1 else min(account.idle, account.poll)
        if not session.can_idle:
            await asyncio.sleep(account.poll.total_seconds())
            return
        if session.folder != account.folders[0]:
            await session.examine(account.folders[0])
        await session.idle(1 if session.news else seconds.total_seconds())

    @property
    def _opened(self) -> Session:
        if self._session is None:
            raise Unavailable(f"{self._account.where}: not open")
        return self._session

    async def _look_everywhere(self) -> list[Delivery]:
        """Look into each folder. One that is not there is told of after the others were read."""
        until = self._clock() + _ROUND_SECONDS
        deliveries: list[Delivery] = []
        not_there: list[int] = []
        room = self._account.batch_bytes
        for number, folder in enumerate(self._account.folders):
            if self._clock() >= until or (deliveries and room <= 0):
                break
            try:
                found = await self._look(folder, until, room)
            except NoFolder:
                not_there.append(number)
                continue
            deliveries += found
            room -= sum(len(delivery.body) for delivery in found)
        if not_there and not deliveries:
            where = ", ".join(f"folders[{number}]" for number in not_there)
            raise Misconfigured(
                f"{self._account.where}: {where}: the server opens no such folder; write it as the mail program "
                "shows it, with the server's separator (INBOX/Clientes, INBOX.Clientes)"
            )
        return deliveries

    async def _look(self, folder: str, until: float, room: int) -> list[Delivery]:
        """Look into one folder: search, fetch what is new, and move the folder's cursor over it."""
        session = self._opened
        validity = await session.examine(folder)
        cursor = await self._cursor_of(folder, validity)
        found: set[int] = set()
        for search in criteria(cursor):
            found.update(await session.search(search))
        new = pending(cursor, found)[: self._account.batch_mails]
        sizes = await session.sizes(new) if new else {}
        brought = await self._download.bring(session, validity, _within(new, sizes, room), sizes, until=until)
        deliveries = [self._deliver(mail, folder) for mail in brought.mails]
        cursor = settle(cursor, brought.done, today=self._today())
        cursor, late = await self._ask_again(folder, cursor, brought, until)
        deliveries += late
        self._cursors[folder] = cursor
        return deliveries

    async def _cursor_of(self, folder: str, validity: int) -> FolderCursor:
        before = self._cursors.get(folder)
        if before is not None and before.validity == validity:
            return before
        highest = max(await self._opened.search("ALL"), default=0)
        cursor = begin(validity, highest=highest, today=self._today(), first_day=self._account.since, before=before)
        if before is not None:
            log.warning(
                "folder is read again: its UIDVALIDITY changed",
                account=self._account.account,
                folder=self._account.folders.index(folder),
                since=cursor.since and cursor.since.isoformat(),
            )
        return cursor

    async def _ask_again(
        self, folder: str, cursor: FolderCursor, brought: Brought, until: float
    ) -> tuple[FolderCursor, list[Delivery]]:
        """Ask for mails that were not given before, and see which of those are still there at all.

        What the server keeps and never gives is handed over as a stand-in without bytes: a person must look at it in
        the mailbox. It is not given up while the server gives nothing else either: then the server is ill.
        """
        postponed = dict(cursor.postponed)
        deliveries = [self._stand_in(folder, cursor.validity, uid, "breaks the connection") for uid in brought.breaking]
        others_came = bool(brought.mails)
        if postponed:
            there = set(await self._opened.search(f"UID {uid_set(postponed)}"))
            again = await self._download.bring(
                self._opened, cursor.validity, [uid for uid in sorted(postponed) if uid in there], {}, until=until
            )
            deliveries += [self._deliver(mail, folder) for mail in again.mails]
            others_came = others_came or bool(again.mails)
            given = {*(mail.uid for mail in again.mails), *again.breaking, *(set(postponed) - there)}
            deliveries += [
                self._stand_in(folder, cursor.validity, uid, "breaks the connection") for uid in again.breaking
            ]
            for uid in again.missing:
                postponed[uid] += _WHILE_OTHERS_COME if others_came else 1
            postponed = {uid: tries for uid, tries in postponed.items() if uid not in given}
        postponed |= dict.fromkeys(brought.missing, 0)
        hopeless = sorted(uid for uid, tries in postponed.items() if tries >= _GIVEN_UP)
        deliveries += [self._stand_in(folder, cursor.validity, uid, "is not given by the server") for uid in hopeless]
        left = {uid: tries for uid, tries in postponed.items() if uid not in hopeless}
        if len(left) > _MOST_POSTPONED:
            raise Unavailable(f"{self._account.where}: the server lists mails and gives none ({len(left)} by now)")
        return replace(cursor, postponed=left), deliveries

    def _deliver(self, mail: Mail, folder: str) -> Delivery:
        hints = {"folder": folder}
        if mail.announced is not None:
            hints["announced"] = str(mail.announced)
            log.warning("mail was cut", account=self._account.account, bytes=len(mail.body), announced=mail.announced)
        return Delivery(mail.body, MEDIA_TYPE, own_id=own_id(mail.body), order=order_of(mail.body), hints=hints)

    def _stand_in(self, folder: str, validity: int, uid: int, why: str) -> Delivery:
        log.error("mail cannot be fetched: a person must look", account=self._account.account, uid=uid, why=why)
        return Delivery(
            b"",
            MEDIA_TYPE,
            own_id=f"unfetched {folder} {validity} {uid}",
            hints={"folder": folder, "unfetched": f"UID {uid} {why}"},
        )


def _within(uids: list[int], sizes: Mapping[int, int], room: int) -> list[int]:
    """Take as many as there is room for, and one at least."""
    taken: list[int] = []
    for uid in uids:
        room -= sizes.get(uid, 0)
        if taken and room < 0:
            break
        taken.append(uid)
    return taken


async def check(account: ImapAccount) -> None:
    """Log in and open each folder, for `ouvidor check --connect`."""
    session = await Session.begin(account)
    try:
        for number, folder in enumerate(account.folders):
            try:
                await session.examine(folder)
            except NoFolder:
                raise Misconfigured(f"{account.where}: folders[{number}]: the server opens no such folder") from None
    finally:
        await session.close()


ADAPTER = Adapter(
    channel=Channel.EMAIL,
    network="imap",
    settings=ImapAccount,
    read=read,
    media_type=MEDIA_TYPE,
    pull=ImapPull,
    check=check,
)
