"""One look into a folder: search, fetch what is new, ask again for what was not given, move the cursor over it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

import structlog

from ingest.adapter import Delivery
from ingest.email.answers import OUTBOUND
from ingest.email.authenticity import HINT_SERVER
from ingest.email.cursor import FolderCursor, begin, criteria, pending, settle, uid_set
from ingest.email.deliveries import deliver, stand_in
from ingest.email.download import Brought, Download
from ingest.email.postponed import MOST, asked_again, hopeless
from ingest.email.session import Session
from ingest.email.settings import ImapAccount
from ouvidor.errors import Unavailable

__all__ = ["Mailbox"]

log = structlog.get_logger()


class Mailbox:
    """The folders of an account, in one session."""

    def __init__(self, account: ImapAccount, session: Session, download: Download, today: Callable[[], date]) -> None:
        self._account = account
        self._session = session
        self._download = download
        self._today = today

    async def look(
        self, folder: str, before: FolderCursor | None, *, until: float, room: int
    ) -> tuple[FolderCursor, list[Delivery]]:
        """Give the folder's new mails, and the cursor that covers them. Raises `NoFolder`.

        `until` is when to stop, on the download's clock; `room` is for how many bytes, one mail at least.
        """
        validity = await self._session.examine(folder)
        cursor = before
        if cursor is None or cursor.validity != validity:
            cursor = await self._begin(folder, validity, before)
        found: set[int] = set()
        for search in criteria(cursor):
            found.update(await self._session.search(search))
        new = pending(cursor, found)[: self._account.batch_mails]
        sizes = await self._session.sizes(new) if new else {}
        brought = await self._download.bring(self._session, validity, _within(new, sizes, room), sizes, until=until)
        cursor = settle(cursor, brought.done, today=self._today())
        deliveries = self._deliveries(folder, validity, brought)
        return await self._ask_again(folder, cursor, brought, deliveries, until)

    async def _begin(self, folder: str, validity: int, before: FolderCursor | None) -> FolderCursor:
        highest = max(await self._session.search("ALL"), default=0)
        cursor = begin(validity, highest=highest, today=self._today(), first_day=self._account.since, before=before)
        if before is not None:
            log.warning(
                "a folder is read again: its UIDVALIDITY changed",
                account=self._account.account,
                folder=self._account.all_folders.index(folder),
                since=cursor.since and cursor.since.isoformat(),
            )
        return cursor

    async def _ask_again(
        self, folder: str, cursor: FolderCursor, brought: Brought, deliveries: list[Delivery], until: float
    ) -> tuple[FolderCursor, list[Delivery]]:
        """Ask for mails that were not given before; see which of them are still there at all."""
        postponed = dict(cursor.postponed)
        if postponed:
            there = set(await self._session.search(f"UID {uid_set(postponed)}"))
            wanted = sorted(there & set(postponed))
            again = await self._download.bring(self._session, cursor.validity, wanted, {}, until=until)
            deliveries += self._deliveries(folder, cursor.validity, again)
            settled = (set(postponed) - there) | (set(again.done) - set(again.missing))
            others_came = bool(brought.mails or again.mails)
            postponed = asked_again(postponed, settled=settled, missing=again.missing, others_came=others_came)
        postponed |= dict.fromkeys(brought.missing, 0)
        given_up = hopeless(postponed)
        deliveries += [self._stand_in(folder, cursor.validity, uid, "não é entregue pelo servidor") for uid in given_up]
        left = {uid: tries for uid, tries in postponed.items() if uid not in given_up}
        if len(left) > MOST:
            raise Unavailable(f"{self._account.where}: the server lists mails and gives none ({len(left)} by now)")
        return replace(cursor, postponed=left), deliveries

    def _deliveries(self, folder: str, validity: int, brought: Brought) -> list[Delivery]:
        for mail in brought.mails:
            if mail.announced is not None:
                log.warning(
                    "a mail was cut", account=self._account.account, bytes=len(mail.body), announced=mail.announced
                )
        return [
            *(deliver(mail, folder, self._hints(folder)) for mail in brought.mails),
            *(self._stand_in(folder, validity, uid, "derruba a conexão") for uid in brought.breaking),
        ]

    def _stand_in(self, folder: str, validity: int, uid: int, why: str) -> Delivery:
        log.error("a mail cannot be fetched: a person must look", account=self._account.account, uid=uid)
        return stand_in(folder, validity, uid, why, self._hints(folder))

    def _hints(self, folder: str) -> Mapping[str, str]:
        server = self._account.authserv_id
        hints = {HINT_SERVER: server} if server is not None else {}
        return {**hints, **OUTBOUND} if folder == self._account.sent else hints


def _within(uids: list[int], sizes: Mapping[int, int], room: int) -> list[int]:
    """Take as many as there is room for, and one at least."""
    taken: list[int] = []
    for uid in uids:
        room -= sizes.get(uid, 0)
        if taken and room < 0:
            break
        taken.append(uid)
    return taken
