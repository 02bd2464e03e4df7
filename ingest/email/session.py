"""An IMAP session as coroutines: each command in a daemon thread, each with a time limit, each failure one of ours.

A server owes an answer in two ways: it must not be silent for longer than `timeout` (imaplib2 sees to that), and it
must not take longer than `_LONGEST` over one command, however busily it talks. After any failure the session is dead.

Nothing that a server says is repeated in an error but its response code: the words may hold an address. Nor does an
error of the login carry its cause, since imaplib2 puts the command with the password into it.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

import structlog

from ingest.email.connection import Connection, trust
from ingest.email.cursor import uid_set
from ingest.email.daemon import in_daemon
from ingest.email.failures import as_ours
from ingest.email.folders import on_the_wire
from ingest.email.login import log_in
from ingest.email.responses import Item, Raw, code, fetched, numbers, throttled
from ingest.email.settings import ImapAccount
from ouvidor.errors import OuvidorError, Unavailable

__all__ = ["NoFolder", "Session"]

_LONGEST: Final = 90.0
"""Seconds that one command may take in all."""
_FAREWELL: Final = 3.0
_OVERHEAD: Final = 32 * 2**20
"""Bytes beside what was asked for: numbers of a search, other clients' doings, all flags of a large folder."""

T = TypeVar("T")
log = structlog.get_logger()


class NoFolder(Exception):
    """The server does not open a folder: the others may be read all the same."""


class Session:
    """A connection that is logged in. Made by `Session.begin`; its methods are awaited one after the other."""

    def __init__(self, connection: Connection, account: ImapAccount) -> None:
        self._connection = connection
        self._account = account
        self._seconds = account.timeout.total_seconds()
        self._busy = False
        self._dead = False
        self._refuses_idle = False
        self.folder: str | None = None
        """The folder that is open."""
        self.news = False
        """Did the server tell of new mail after the last search began? It will not tell again, IDLE or not."""

    @classmethod
    async def begin(cls, account: ImapAccount, token: str | None = None) -> "Session":
        """Connect and log in, with a token or the account's password. Raises `Unavailable` or `Misconfigured`."""
        seconds = account.timeout.total_seconds()
        made: list[Connection] = []
        given_up = False

        def connect() -> Connection:
            context = None if account.tls == "none" else trust(account.ca_file)
            connection = Connection(
                account.host, account.its_port, context=context, implicit=account.tls == "implicit", timeout=seconds
            )
            try:
                log_in(connection, account, token)
            except BaseException:
                connection.kill()
                raise
            made.append(connection)
            if given_up:
                connection.kill()
            return connection

        def give_up() -> None:
            nonlocal given_up
            given_up = True
            for connection in made:  # it came just too late
                connection.kill()

        try:
            return cls(await in_daemon(connect, within=3 * seconds, give_up=give_up), account)
        except TimeoutError:
            raise Unavailable(f"{account.where}: no session in {3 * seconds:.0f} s") from None
        except Exception as error:  # noqa: BLE001 - all are turned into ours
            raise as_ours(error, account.where) from None

    @property
    def can_idle(self) -> bool:
        """Does the server tell by itself of new mail?"""
        return "IDLE" in self._connection.capabilities and not self._refuses_idle

    async def examine(self, folder: str) -> int:
        """Open a folder read-only; give its UIDVALIDITY. Raises `NoFolder`."""

        def work() -> int | None:
            self.folder = None
            typ, answers = self._connection.examine(on_the_wire(folder))
            if typ != "OK":
                _raise_if_throttled(answers)
                return None
            told = self._connection.response("UIDVALIDITY")[1]
            self._connection.forget()
            return int(told[-1]) if told and told[-1] and told[-1].isdigit() else 0

        validity = await self._run(work)
        if validity is None:
            raise NoFolder(folder)
        self.folder = folder
        return validity

    async def search(self, criteria: str) -> list[int]:
        """Give the UIDs in the open folder that meet the criteria (ASCII), ascending."""
        self.news = False
        return await self._run(lambda: numbers(_owed(self._connection.uid("SEARCH", criteria), "SEARCH")))

    async def sizes(self, uids: Iterable[int]) -> dict[int, int]:
        """Give the sizes of mails; what is gone is missing."""
        items = await self._fetch(uids, "(UID RFC822.SIZE)", 0)
        return {item.uid: item.size for item in items if item.size is not None}

    async def bodies(self, uids: Iterable[int], *, offset: int, size: int) -> dict[int, Item]:
        """Give a part of each mail; what is gone, or is not given, is missing. Sets no flag (`PEEK`)."""
        wanted = list(uids)
        items = await self._fetch(wanted, f"(UID BODY.PEEK[]<{offset}.{size}>)", len(wanted) * size * 2)
        return {item.uid: item for item in items if item.body is not None}

    async def idle(self, seconds: float) -> bool:
        """Wait until the server tells of a change, or the time is over: the caller searches in either case.

        False: the server refuses, and is not asked again.
        """

        def work() -> bool:
            its = self._connection
            try:
                return _is_ok(its.idle(max(1, int(seconds))))  # anything but a whole number would mean 29 minutes
            except its.abort:
                raise
            except its.error:
                return False
            finally:
                with its.idle_lock:  # an IDLE that was refused leaves its time limit on later commands
                    its.idle_rqb = None
                    its.idle_timeout = None

        self._refuses_idle = not await self._run(work, longest=seconds + 2 * self._seconds)
        return not self._refuses_idle

    async def close(self) -> None:
        """End the session in seconds, in any state; politely where nothing is going on. Does not raise."""
        if self._dead:
            return
        self._dead = True
        if self._busy:
            self._connection.kill()
            return
        try:
            await in_daemon(self._connection.logout, within=_FAREWELL, give_up=self._connection.kill)
        except Exception as error:  # noqa: BLE001 - a farewell that fails changes nothing
            log.debug("no farewell", account=self._account.account, error=type(error).__name__)
            self._connection.kill()

    async def _fetch(self, uids: Iterable[int], what: str, size: int) -> list[Item]:
        wanted = uid_set(uids)

        def work() -> list[Item]:
            its = self._connection
            try:
                typ, answers = its.uid("FETCH", wanted, what)
            except its.abort:
                raise
            except its.error as error:  # BAD, as Exchange says of a mail that it cannot read
                typ, answers = "BAD", [str(error).encode("ascii", "replace")]
            if typ != "OK":
                _raise_if_throttled(answers)
                # some are gone (RFC 2180, 4.1) or broken: the others were given all the same
                answers = its.response("FETCH")[1]
            return fetched(answers)

        return await self._run(work, size=size)

    async def _run(self, work: Callable[[], T], *, size: int = 0, longest: float | None = None) -> T:
        longest = longest or _LONGEST
        if self._dead:
            raise Unavailable(f"{self._account.where}: the session has ended")

        def guarded() -> T:
            self._connection.allow(_OVERHEAD + size)
            try:
                return work()
            finally:
                self.news = self.news or "EXISTS" in self._connection.forget()

        self._busy = True
        try:
            done = await in_daemon(guarded, within=longest, give_up=self._connection.kill)
        except TimeoutError:
            raise self._failed(Unavailable(f"no end of a command in {longest:.0f} s")) from None
        except asyncio.CancelledError:
            self._connection.kill()
            self._dead = True
            raise
        except Exception as error:  # noqa: BLE001 - all are turned into ours
            raise self._failed(error) from None  # the cause holds what the server said
        self._busy = False
        return done

    def _failed(self, error: Exception) -> OuvidorError:
        self._connection.kill()
        self._dead = True
        return as_ours(error, self._account.where)


def _is_ok(answer: tuple[str, Any]) -> bool:
    return answer[0] == "OK"


def _raise_if_throttled(answers: Iterable[Raw]) -> None:
    """Tell a refusal of all that we ask from one of what we ask for."""
    for words in answers:
        if isinstance(words, bytes) and (found := throttled(words)) is not None:
            raise found


def _owed(answer: tuple[str, list[Raw]], command: str) -> list[Raw]:
    if not _is_ok(answer):
        _raise_if_throttled(answer[1])
        raise Unavailable(f"{command} was refused ({code(answer[1][-1]) or 'no code'})")
    return answer[1]
