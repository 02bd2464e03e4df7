"""Another mail program in the same mailbox, by the standard library's IMAP: what it does must disturb nothing."""

import asyncio
import imaplib
import re
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")


class OtherClient:
    """Each deed is a session of its own, as from a telephone."""

    def __init__(self, host: str, port: int, username: str, password: str) -> None:
        self._where = (host, port)
        self._who = (username, password)

    async def put(self, mail: bytes, folder: str = "INBOX", flags: str | None = None, date: str | None = None) -> None:
        """Append a mail, as delivery does."""
        await self._do(lambda imap: _ok(imap.append(f'"{folder}"', flags, date, mail)))  # type: ignore[arg-type]

    async def put_all(self, mails: list[bytes], folder: str = "INBOX") -> None:
        await self._do(lambda imap: [_ok(imap.append(f'"{folder}"', None, None, mail)) for mail in mails])  # type: ignore[arg-type]

    async def create(self, folder: str) -> None:
        await self._do(lambda imap: _ok(imap.create(f'"{folder}"')))

    async def remove_folder(self, folder: str) -> None:
        await self._do(lambda imap: _ok(imap.delete(f'"{folder}"')))

    async def read_all(self, folder: str = "INBOX") -> None:
        """Mark all as read, as a person who reads on a telephone does."""

        def do(imap: imaplib.IMAP4) -> None:
            _ok(imap.select(f'"{folder}"'))
            _ok(imap.store("1:*", "+FLAGS", r"(\Seen)"))

        await self._do(do)

    async def delete(self, *uids: int, folder: str = "INBOX") -> None:
        def do(imap: imaplib.IMAP4) -> None:
            _ok(imap.select(f'"{folder}"'))
            for uid in uids:
                _ok(imap.uid("STORE", str(uid), "+FLAGS", r"(\Deleted)"))
            _ok(imap.expunge())

        await self._do(do)

    async def move(self, uid: int, to: str, folder: str = "INBOX") -> None:
        def do(imap: imaplib.IMAP4) -> None:
            _ok(imap.select(f'"{folder}"'))
            _ok(imap.uid("COPY", str(uid), f'"{to}"'))
            _ok(imap.uid("STORE", str(uid), "+FLAGS", r"(\Deleted)"))
            _ok(imap.expunge())

        await self._do(do)

    async def flags(self, folder: str = "INBOX") -> dict[int, set[str]]:
        """Give the flags of each mail by its UID."""

        def do(imap: imaplib.IMAP4) -> dict[int, set[str]]:
            _ok(imap.select(f'"{folder}"', readonly=True))
            found: dict[int, set[str]] = {}
            for line in imap.fetch("1:*", "(UID FLAGS)")[1]:
                words = bytes(line).decode() if line else ""
                if uid := re.search(r"UID (\d+)", words):
                    flags = re.search(r"FLAGS \(([^)]*)\)", words)
                    found[int(uid[1])] = set(flags[1].split()) if flags else set()
            return found

        return await self._do(do)

    async def _do(self, deed: Callable[[imaplib.IMAP4], T]) -> T:
        return await asyncio.to_thread(self._in_session, deed)

    def _in_session(self, deed: Callable[[imaplib.IMAP4], T]) -> T:
        with self._session() as imap:
            return deed(imap)

    @contextmanager
    def _session(self) -> Any:  # noqa: ANN401 - a generator that pytest never sees
        imap = imaplib.IMAP4(*self._where, timeout=20)
        try:
            imap.login(*self._who)
            yield imap
        finally:
            imap.logout()


def _ok(answer: tuple[str, Any]) -> None:
    assert answer[0] == "OK", answer
