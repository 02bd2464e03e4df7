"""Where grants are kept: one file for each account below the data directory, its owner's alone.

A new grant is written beside the old one, synced, and takes its name: whoever is killed meanwhile leaves one of both,
whole. Providers that hand out a new refresh token at each renewal may refuse the old one at once, so two processes must
not renew at the same time: `alone` is a lock that the kernel drops when its holder dies.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from ingest.email.oauth.grant import Grant, read_grant, write_grant
from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.files import sync_folder, take_lock

__all__ = ["GrantFile"]

_LOCK_SECONDS: Final = 20.0


class GrantFile:
    """The grant of one account."""

    def __init__(self, data: Path, network: str, account: str) -> None:
        self.path = data / "secret" / "grants" / f"{network}.{account}.json"

    def read(self) -> Grant | None:
        """Give the grant; None where there is none. Raises `Misconfigured`."""
        try:
            written = self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._refused(error) from error
        grant = read_grant(written)
        if grant is None:
            raise Misconfigured(f"{self.path}: not a grant that this version knows: remove it and log in anew")
        return grant

    def write(self, grant: Grant) -> None:
        """Keep a grant in the place of the one before. Raises `Misconfigured`."""
        draft = self.path.with_suffix(".new")
        try:
            self._make_folder()
            number = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
            with os.fdopen(number, "wb") as file:
                os.fchmod(number, 0o600)
                file.write(write_grant(grant))
                file.flush()
                os.fsync(number)
            draft.replace(self.path)
            sync_folder(self.path.parent)
        except OSError as error:
            raise self._refused(error) from error

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Let nobody else renew it meanwhile. Raises `Unavailable` or `Misconfigured`.

        It opens the lock for writing before anything is asked of the provider, so that a directory that takes nothing
        shows before a new refresh token has nowhere to go.
        """
        try:
            self._make_folder()
            number = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise self._refused(error) from error
        try:
            await _lock(number)
            yield
        finally:
            os.close(number)

    def _make_folder(self) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _refused(self, error: OSError) -> Misconfigured:
        return Misconfigured(
            f"{self.path}: {error.strerror or type(error).__name__}: it must be ours to read and write"
        )


async def _lock(number: int) -> None:
    try:
        async with asyncio.timeout(_LOCK_SECONDS):
            while not take_lock(number):  # noqa: ASYNC110 - another process's lock tells nobody
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise Unavailable("another process renews the grant, and does not end") from None
