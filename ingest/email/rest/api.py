"""Calls of a mail API with a bearer token: bounded in bytes and time, and to one server alone.

The token goes to no other origin than that of `api`: an address that an answer names is followed only there, and
redirects not at all. An API names the next page by an address, and who could forge one would else be sent the token, or
make us ask inside our own network.

A token that is refused (401) is changed for another one, once; the calls that run beside it take the same.
Nothing that a server says is repeated in an error but codes: its words hold addresses.

Source: RFC 6750 (bearer), RFC 9110, 10.2.3 (`Retry-After`: seconds or a date).
"""

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import aiohttp

from ingest.email.oauth.grant import Token
from ingest.email.oauth.tokens import Tokens
from ingest.email.rest.settings import RestAccount
from ouvidor.errors import Misconfigured, OuvidorError, Unavailable
from ouvidor.retry_after import retry_after
from ouvidor.settings import is_loopback

__all__ = ["Api", "Body", "Broken", "Refused"]

_LARGEST_ANSWER: Final = 4 * 2**20
_LARGEST_REFUSAL: Final = 64 * 1024
_ANSWER_WITHIN: Final = 25.0
_LONGEST_PAUSE: Final = timedelta(hours=1)
_CODE: Final = re.compile(r"[A-Za-z_.]{1,80}")


@dataclass(frozen=True, slots=True)
class Body:
    """A mail's bytes, or their beginning."""

    content: bytes
    complete: bool = True
    announced: int = 0
    """How many the server said there were; 0: it did not."""
    folder: str | None = None
    """Where it lies, if that was not known before it came."""


class Broken(Unavailable):
    """This answer is none; the server may be well all the same."""


class Refused(Unavailable):
    """The server refuses: what it means is the network's to say."""

    def __init__(self, status: int, said: Mapping[str, Any], retry_after: timedelta | None = None) -> None:
        super().__init__(f"HTTP {status}", retry_after=retry_after)
        self.status = status
        self.error: Mapping[str, Any] = found if isinstance(found := said.get("error"), dict) else {}

    @property
    def code(self) -> str:
        """The server's own code, as far as it may be repeated."""
        code = self.error.get("code")
        return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


@dataclass(slots=True)
class Api:
    """One account's calls. `tokens` outlives it."""

    account: RestAccount
    tokens: Tokens
    headers: Mapping[str, str] = field(default_factory=dict)
    _session: aiohttp.ClientSession | None = None
    _renewing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _newest: Token | None = None

    async def open(self) -> None:
        """Get ready to call."""
        near = is_loopback(urlsplit(self.account.api).hostname or "")
        silent = self.account.timeout.total_seconds()
        self._session = aiohttp.ClientSession(
            trust_env=not near,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=silent, sock_read=silent),
            connector=aiohttp.TCPConnector(limit=self.account.at_once),
            headers=dict(self.headers),
        )

    async def close(self) -> None:
        """Let go of the connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def ask(self, url: str) -> Mapping[str, Any]:
        """Give a JSON object. Raises `Refused`, `Broken`, `Unavailable` or `Misconfigured`."""
        body, _ = await self.load(url, _LARGEST_ANSWER, within=_ANSWER_WITHIN)
        found = _json(body.content) if body.complete else None
        if found is None:
            raise Broken(f"{self.account.where}: HTTP 200 without JSON: is `api` the right address, or a proxy's page?")
        return found

    async def load(self, url: str, limit: int, *, within: float) -> tuple[Body, str]:
        """Give the bytes, `limit` of them at most, and their media type. Raises as `ask` does."""
        where = self.account.where
        if not self.is_ours(url):
            raise Misconfigured(f"{where}: it names an address at another server, which is not followed; check api")
        try:
            async with asyncio.timeout(within):
                return await self._with_token(url, limit)
        except OuvidorError:
            raise
        except aiohttp.ClientConnectorError as error:
            raise Unavailable(f"{where}: {type(error).__name__}") from None  # its words may hold the URL
        except TimeoutError:
            raise Broken(f"{where}: no whole answer in time") from None
        except (aiohttp.ClientError, OSError) as error:
            raise Broken(f"{where}: an answer broke off ({type(error).__name__})") from None

    def is_ours(self, url: str) -> bool:
        """Tell whether an address is at the server of `api`: scheme, host and port."""
        return _origin(url) == _origin(self.account.api)

    def on_the_server(self, path: str) -> str:
        """Give the address of a path at this server."""
        return urljoin(self.account.api, path)

    async def _with_token(self, url: str, limit: int) -> tuple[Body, str]:
        token = await self._told(self.tokens.current())
        if token is None:
            raise Unavailable(f"{self.account.where}: no token")
        try:
            return await self._once(url, limit, token)
        except Refused as refused:
            if refused.status != HTTPStatus.UNAUTHORIZED:
                raise
        other = await self._other_than(token)
        try:
            return await self._once(url, limit, other)
        except Refused as refused:
            if refused.status == HTTPStatus.UNAUTHORIZED:
                raise self._not_let_in() from None
            raise

    async def _other_than(self, token: Token) -> Token:
        async with self._renewing:
            if self._newest is not None and self._newest.words != token.words:
                return self._newest
            fresh = await self._told(self.tokens.fresh(token))
            if fresh is None:
                raise self._not_let_in()
            self._newest = fresh
            return fresh

    def _not_let_in(self) -> Misconfigured:
        return Misconfigured(
            f"{self.account.where}: the server refuses the token: check oauth (scope, tenant), and {self.tokens.login}"
        )

    async def _told(self, asking: Any) -> Token | None:  # noqa: ANN401 - an awaitable of either kind of token
        """Say whose account it is where a token is not to be had."""
        try:
            found: Token | None = await asking
        except Misconfigured as error:
            raise Misconfigured(f"{self.account.where}: {error}") from None
        except Unavailable as error:
            raise Unavailable(f"{self.account.where}: {error}", retry_after=error.retry_after) from None
        return found

    async def _once(self, url: str, limit: int, token: Token) -> tuple[Body, str]:
        if self._session is None:
            raise Unavailable(f"{self.account.where}: not open")
        headers = {"Authorization": f"Bearer {token.words}"}
        async with self._session.get(url, headers=headers, allow_redirects=False) as answer:
            if answer.status != HTTPStatus.OK:
                said, _ = await _bounded(answer, _LARGEST_REFUSAL)
                after = retry_after(answer.headers.get("Retry-After"), datetime.now(UTC), _LONGEST_PAUSE)
                raise Refused(answer.status, _json(said) or {}, after)
            content, complete = await _bounded(answer, limit)
            announced = answer.content_length or 0
            return Body(content, complete, announced), answer.content_type


async def _bounded(answer: aiohttp.ClientResponse, limit: int) -> tuple[bytes, bool]:
    body = bytearray()
    async for piece in answer.content.iter_chunked(65536):
        body += piece
        if len(body) > limit:
            return bytes(memoryview(body)[:limit]), False
    return bytes(body), True


def _json(body: bytes) -> Mapping[str, Any] | None:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _origin(url: str) -> tuple[str, str | None, int | None] | None:
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return None
    return None if parts.username is not None else (parts.scheme, parts.hostname, port)
