"""The way into a mailbox: with its password, or with a token that still holds.

A token that a server does not let in is changed for a new one, once an hour at most: providers end tokens early (a new
password, a policy), and a mailbox that is closed for other reasons must not be knocked at with ever new ones. A session
is ended a minute before its token, since servers break it off then; the next one begins with a new token, and nothing
has failed.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from ingest.email.login import TokenRefused
from ingest.email.oauth.expiries import Expiries
from ingest.email.oauth.tokens import tokens_of
from ingest.email.session import Session
from ingest.email.settings import ImapAccount
from ouvidor.errors import Misconfigured, Unavailable

__all__ = ["Entrance"]

_BEFORE: Final = timedelta(minutes=1)


def _now() -> datetime:
    return datetime.now(UTC)


class Entrance:
    """Begins an account's sessions; outlives them."""

    def __init__(
        self, account: ImapAccount, expiries: Expiries | None = None, *, clock: Callable[[], datetime] = _now
    ) -> None:
        self._account = account
        self._clock = clock
        self._ends_at: datetime | None = None
        self.tokens = tokens_of(account, account.oauth, expiries, clock=clock) if account.oauth is not None else None

    @property
    def is_ending(self) -> bool:
        """Does the token of the last session end now?"""
        return self._ends_at is not None and self._clock() >= self._ends_at

    async def begin(self) -> Session:
        """Connect and log in. Raises `Unavailable` or `Misconfigured`."""
        tokens = self.tokens
        if tokens is None:
            return await Session.begin(self._account)
        try:
            token = await tokens.current()
            try:
                session = await Session.begin(self._account, token.words)
            except TokenRefused:
                if (fresh := await tokens.fresh(token)) is None:
                    raise
                token = fresh
                session = await Session.begin(self._account, token.words)
        except Misconfigured as error:
            raise Misconfigured(self._told(error)) from None
        except Unavailable as error:
            raise Unavailable(self._told(error), retry_after=error.retry_after) from None
        self._ends_at = token.ends_at - min(_BEFORE, (token.ends_at - token.given_at) / 10)
        return session

    def _told(self, error: Exception) -> str:
        words = str(error)
        return words if words.startswith(self._account.where) else f"{self._account.where}: {words}"
