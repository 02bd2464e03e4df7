"""The access token of an account: as it is kept, or renewed before it ends.

A person's grant lies in a file, which other processes of ours may renew and `ouvidor mail login` replaces: so it is
read each time. While a token server is away, a token that still holds serves. A grant that the provider renews no more
is noted in its file: nobody is asked again but once an hour, no mail server is bothered, no other account waits.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Protocol

from ingest.email.oauth.answers import OVER, Refusal, as_ours
from ingest.email.oauth.assertion import ends_at, for_certificate, for_service_account
from ingest.email.oauth.expiries import NEVER, Expiries
from ingest.email.oauth.grant import Grant, Token, from_answer, is_due
from ingest.email.oauth.grant_file import GrantFile
from ingest.email.oauth.settings import OAuth
from ingest.email.oauth.token_server import TokenServer
from ouvidor.errors import Misconfigured, Unavailable

__all__ = ["Tokens", "tokens_of"]

_FORCED_EVERY: Final = timedelta(hours=1)
_SIGNED: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ON_BEHALF: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LAST_WORD_SECONDS: Final = 5


def _now() -> datetime:
    return datetime.now(UTC)


class Tokens:
    """Gives one account's access tokens."""

    def __init__(
        self,
        oauth: OAuth,
        *,
        data: Path,
        network: str,
        account: str,
        user: str,
        expiries: Expiries | None = None,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self.oauth = oauth
        self.file = GrantFile(data, network, account)
        self._network, self._account, self._user = network, account, user
        self._server = TokenServer(oauth)
        self._expiries = expiries or Expiries()
        self._clock = clock
        self._own: Token | None = None
        self._forced_at = NEVER

    @property
    def login(self) -> str:
        """The command that mends a grant."""
        return f"ouvidor mail login {self._account}"

    async def current(self) -> Token:
        """Give a token that holds for some minutes. Raises `Misconfigured` or `Unavailable`."""
        return await self._current(None)

    async def fresh(self, instead_of: Token) -> Token | None:
        """Give another token than one that was not let in. None: it was renewed lately, and a new one is no better."""
        now = self._clock()
        if now - self._forced_at < _FORCED_EVERY:
            return None
        self._forced_at = now
        return await self._current(instead_of)

    def keep(self, answer: Mapping[str, Any]) -> Grant:
        """Keep what a token server gave after a person agreed."""
        grant = self._made_of(answer, None)
        self.file.write(grant)
        self._note(grant)
        return grant

    async def _current(self, unwanted: Token | None) -> Token:
        if self.oauth.its_flow == "app":
            return await self._of_the_application(unwanted)
        grant = self._given()
        token = grant.token
        if token is None or is_due(token, self._clock()) or _same(token, unwanted):
            async with self.file.alone():
                token = await self._renewed(unwanted)
        return token

    def _given(self) -> Grant:
        grant = self.file.read()
        if grant is None:
            self._expiries.note(self._network, self._account, NEVER, begun_at=NEVER, now=self._clock())
            raise Misconfigured(f"no grant was given yet: {self.login}")
        if grant.client != self.oauth.fingerprint:
            raise Misconfigured(f"its grant was given to another application, or for another scope: {self.login}")
        self._note(grant)
        return grant

    async def _renewed(self, unwanted: Token | None) -> Token:
        grant, now = self._given(), self._clock()  # read anew: another process may have renewed it before us
        token = grant.token
        if token is not None and not is_due(token, now) and not _same(token, unwanted):
            return token
        if not grant.may_be_tried(now):
            raise self._over(grant)
        if grant.refresh_token is None:
            raise Misconfigured(f"its grant ended and cannot be renewed (scope without offline_access?): {self.login}")
        asking = asyncio.ensure_future(self._renew(grant, grant.refresh_token))
        try:
            return await asyncio.shield(asking)
        except asyncio.CancelledError:
            # the provider may have answered, and the old token be worth nothing: it must reach the file
            await asyncio.wait({asking}, timeout=_LAST_WORD_SECONDS)
            raise
        except Unavailable:
            if token is not None and now < token.ends_at and not _same(token, unwanted):
                return token
            raise

    async def _renew(self, grant: Grant, refresh_token: str) -> Token:
        form = {"scope": self.oauth.its_scope} if self.oauth.provider == "microsoft" else {}
        answer = await self._server.token(grant_type="refresh_token", refresh_token=refresh_token, **form)
        if isinstance(answer, Refusal):
            if answer.code not in OVER:
                raise as_ours(answer)
            grant = grant.refuse(str(answer), self._clock())
            self.file.write(grant)
            self._note(grant)
            raise self._over(grant)
        return self._token_of(self._kept(answer, grant))

    def _kept(self, answer: Mapping[str, Any], before: Grant) -> Grant:
        grant = self._made_of(answer, before)
        self.file.write(grant)
        self._note(grant)
        return grant

    def _made_of(self, answer: Mapping[str, Any], before: Grant | None) -> Grant:
        if "access_token" not in answer:
            raise Unavailable("the token server answers without a token")
        return from_answer(
            answer, client=self.oauth.fingerprint, provider=self.oauth.provider, now=self._clock(), before=before
        )

    async def _of_the_application(self, unwanted: Token | None) -> Token:
        now = self._clock()
        if self._own is not None and not is_due(self._own, now) and not _same(self._own, unwanted):
            return self._own
        self._expiries.note(self._network, self._account, ends_at(self.oauth), begun_at=NEVER, now=now)
        try:
            answer = await self._server.token(**self._form_of_the_application(now))
        except Unavailable:
            if self._own is not None and now < self._own.ends_at and not _same(self._own, unwanted):
                return self._own
            raise
        if isinstance(answer, Refusal):
            raise as_ours(answer)
        self._own = self._token_of(self._made_of(answer, None))
        return self._own

    def _form_of_the_application(self, now: datetime) -> dict[str, str]:
        if self.oauth.key_file is not None:
            return {"grant_type": _ON_BEHALF, "assertion": for_service_account(self.oauth, self._user, now)}
        form = {"grant_type": "client_credentials", "scope": self.oauth.its_scope}
        if self.oauth.certificate_file is not None:
            form |= {"client_assertion_type": _SIGNED, "client_assertion": for_certificate(self.oauth, now)}
        return form

    def _over(self, grant: Grant) -> Misconfigured:
        return Misconfigured(f"its grant is over: the provider renews it no more ({grant.refused}): {self.login}")

    def _note(self, grant: Grant) -> None:
        end = grant.refused_at or grant.ends_at
        self._expiries.note(self._network, self._account, end, begun_at=grant.renewed_at, now=self._clock())

    def _token_of(self, grant: Grant) -> Token:
        if grant.token is None:
            raise Unavailable("the token server answers without a token")
        return grant.token


class _Mailbox(Protocol):
    """What is asked of an account's settings to enter it with tokens."""

    @property
    def network(self) -> str: ...
    @property
    def account(self) -> str: ...
    @property
    def username(self) -> str: ...
    @property
    def data(self) -> Path: ...


def tokens_of(
    mailbox: _Mailbox, oauth: OAuth, expiries: Expiries | None = None, *, clock: Callable[[], datetime] = _now
) -> Tokens:
    """Give the tokens of an account."""
    return Tokens(
        oauth,
        data=mailbox.data,
        network=mailbox.network,
        account=mailbox.account,
        user=mailbox.username,
        expiries=expiries,
        clock=clock,
    )


def _same(token: Token, other: Token | None) -> bool:
    return other is not None and token.words == other.words
