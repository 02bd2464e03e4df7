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
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Final

from ingest.adapter import Adapter, Delivery, Fetched
from ingest.email.answers import read
from ingest.email.cursor import FolderCursor, read_cursor, write_cursor
from ingest.email.deliveries import MEDIA_TYPE
from ingest.email.download import Download
from ingest.email.entrance import Entrance
from ingest.email.mailbox import Mailbox
from ingest.email.oauth.expiries import Expiries
from ingest.email.session import NoFolder, Session
from ingest.email.settings import ImapAccount
from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.records import Channel

__all__ = ["ADAPTER", "ImapPull", "Mailboxes"]

_ROUND_SECONDS: Final = 40.0
"""After so long a fetch gives what it has."""


def _today() -> date:
    return datetime.now(UTC).date()


class ImapPull:
    """One account, for as long as nothing fails. `download` and `entrance` are what outlives it."""

    def __init__(
        self,
        account: ImapAccount,
        download: Download | None = None,
        entrance: Entrance | None = None,
        *,
        today: Callable[[], date] = _today,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._account = account
        self._today = today
        self._clock = clock
        self._download = download or Download(account.largest_bytes, clock)
        self._entrance = entrance or Entrance(account)
        self._session: Session | None = None
        self._cursors: dict[str, FolderCursor] = {}
        self._quiet = False
        self._first = True

    async def open(self, cursor: bytes | None) -> None:
        """Log in, and go on from the cursor."""
        await self.close()
        self._cursors = read_cursor(cursor)
        self._quiet, self._first = False, True
        self._session = await self._entrance.begin()

    async def fetch(self) -> Fetched:
        """Give new mail; wait for it where there is none, for less than a minute. The first time it does not wait."""
        before = dict(self._cursors)
        deliveries: list[Delivery] = []
        if self._entrance.is_ending:
            await self.close()
            self._session = await self._entrance.begin()
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

    @property
    def _opened(self) -> Session:
        if self._session is None:
            raise Unavailable(f"{self._account.where}: not open")
        return self._session

    async def _wait(self) -> None:
        """Wait for news of the first folder, or until it is time to look."""
        account, session = self._account, self._opened
        seconds = account.idle if len(account.all_folders) == 1 else min(account.idle, account.poll)
        if session.can_idle and session.folder != account.folders[0]:
            await session.examine(account.folders[0])
        if not session.can_idle or not await session.idle(1 if session.news else seconds.total_seconds()):
            await asyncio.sleep(account.poll.total_seconds())

    async def _look_everywhere(self) -> list[Delivery]:
        """Look into each folder. One that is not there is told of after the others were read."""
        mailbox = Mailbox(self._account, self._opened, self._download, self._today)
        until = self._clock() + _ROUND_SECONDS
        room = self._account.batch_bytes
        deliveries: list[Delivery] = []
        not_there: list[int] = []
        for number, folder in enumerate(self._account.all_folders):
            if deliveries and (room <= 0 or self._clock() >= until):
                break
            try:
                cursor, found = await mailbox.look(folder, self._cursors.get(folder), until=until, room=room)
            except NoFolder:
                not_there.append(number)
                continue
            self._cursors[folder] = cursor
            deliveries += found
            room -= sum(len(delivery.body) for delivery in found)
        if not_there and not deliveries:
            raise _no_such(self._account, not_there)
        return deliveries


class Mailboxes:
    """Makes the pulls. Keeps, for each account, what must outlive a broken connection: see `download.py`."""

    def __init__(self) -> None:
        self._downloads: dict[str, Download] = {}
        self._entrances: dict[str, Entrance] = {}
        self._expiries = Expiries()

    def __call__(self, account: ImapAccount) -> ImapPull:
        """Make the pull of an account."""
        download = self._downloads.setdefault(account.account, Download(account.largest_bytes))
        entrance = self._entrances.setdefault(account.account, Entrance(account, self._expiries))
        return ImapPull(account, download, entrance)


async def check(account: ImapAccount) -> None:
    """Log in and open each folder, for `ouvidor check --connect`."""
    session = await Entrance(account).begin()
    not_there: list[int] = []
    try:
        for number, folder in enumerate(account.all_folders):
            try:
                await session.examine(folder)
            except NoFolder:
                not_there.append(number)
    finally:
        await session.close()
    if not_there:
        raise _no_such(account, not_there)


def _no_such(account: ImapAccount, numbers: list[int]) -> Misconfigured:
    where = ", ".join(f"folders[{number}]" if number < len(account.folders) else "sent" for number in numbers)
    return Misconfigured(
        f"{account.where}: {where}: the server opens no such folder; write it as the mail program shows it, "
        "with the server's separator (INBOX/Clientes, INBOX.Clientes)"
    )


ADAPTER = Adapter(
    channel=Channel.EMAIL,
    network="imap",
    settings=ImapAccount,
    read=read,
    media_type=MEDIA_TYPE,
    pull=Mailboxes(),
    check=check,
)
