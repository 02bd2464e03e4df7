"""The server: one POST for an opinion, bounded in time and bytes, to the address of the settings and no other.

Redirects are not followed: the key and a customer's words would go where an answer says. Nothing that a server says is
repeated in an error but its status: its words may hold what it was asked. One that does not know `response_format`
refuses it with 400 or 422 and is asked in a looser form, which is remembered once it is answered.

Source: OpenAI API reference, "Create chat completion", "List models", "Structured outputs"; RFC 9110, 10.2.3.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from ouvidor.errors import Misconfigured, Rejected, Unavailable
from ouvidor.retry_after import retry_after
from ouvidor.settings import Opinion, is_loopback

__all__ = ["Server"]

_LARGEST: Final = 256 * 1024
_LONGEST_PAUSE: Final = timedelta(hours=1)
_UNKNOWN_FORM: Final = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY})
_AWAY: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS})
_AT_ONCE: Final = 8
_SOME: Final = 5


class Server:
    """One server. To be used within one event loop, and closed there."""

    def __init__(self, settings: Opinion) -> None:
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None
        self._form = 0

    async def close(self) -> None:
        """Let go of the connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def complete(self, question: Mapping[str, Any], forms: Sequence[Mapping[str, Any]]) -> tuple[object, int]:
        """Give the answer's JSON, and how many requests it took. `forms`: of the answer, the strictest first.

        Raises `Unavailable` where the server is away or too slow, `Rejected` where this answer is none,
        `Misconfigured` where no answer will come until somebody changes a setting.
        """
        async with self._bounded():
            for requests, form in enumerate(range(self._form, len(forms)), 1):
                async with self._open().post(
                    f"{self._settings.url}/chat/completions", json={**question, **forms[form]}, allow_redirects=False
                ) as answer:
                    if answer.status in _UNKNOWN_FORM and form + 1 < len(forms):
                        continue
                    body = await self._read(answer)
                    self._form = form
                    return body, requests
        raise AssertionError  # pragma: no cover - the last form's answer is always read

    async def models(self) -> list[str]:
        """Give the names of the models that the server has. Raises as `complete` does."""
        async with self._bounded(), self._open().get(f"{self._settings.url}/models", allow_redirects=False) as answer:
            body = await self._read(answer)
        listed = body.get("data") if isinstance(body, dict) else None
        if not isinstance(listed, list):
            raise Rejected("the server's list of models is none")
        return [one["id"] for one in listed if isinstance(one, dict) and isinstance(one.get("id"), str)]

    async def check(self) -> None:
        """Ask once whether the server has the model. Raises as `complete` does."""
        names = await self.models()
        if names and self._settings.model not in names:
            some = ", ".join(name[:60] for name in sorted(names)[:_SOME] if name.isprintable())
            raise Misconfigured(f"model: the server has no {self._settings.model}; it has {some}")

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            key = self._settings.key
            self._session = aiohttp.ClientSession(
                trust_env=not is_loopback(urlsplit(self._settings.url).hostname or ""),
                timeout=aiohttp.ClientTimeout(total=None),
                connector=aiohttp.TCPConnector(limit=_AT_ONCE),
                headers={
                    "Accept": "application/json",
                    **({"Authorization": f"Bearer {key.get_secret_value()}"} if key is not None else {}),
                },
            )
        return self._session

    @asynccontextmanager
    async def _bounded(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._settings.timeout.total_seconds()):
                yield
        except TimeoutError:
            raise Unavailable("no answer in time") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise Unavailable(f"no answer ({type(error).__name__})") from None  # its words may hold address and headers

    async def _read(self, answer: aiohttp.ClientResponse) -> object:
        _refuse(answer)
        kind = answer.content_type
        if kind != "application/json" and not kind.endswith("+json"):
            raise Rejected("the answer is not JSON by its content-type")
        body = bytearray()
        async for piece in answer.content.iter_chunked(65536):
            body += piece
            if len(body) > _LARGEST:
                raise Rejected("the answer is larger than any that was asked for")
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            raise Rejected("the answer is broken JSON") from None


def _refuse(answer: aiohttp.ClientResponse) -> None:
    """Raise what a status means, unless it is well."""
    status = answer.status
    if status == HTTPStatus.OK:
        return
    after = retry_after(answer.headers.get("Retry-After"), datetime.now(UTC), _LONGEST_PAUSE)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _AWAY:
        raise Unavailable(f"HTTP {status}", retry_after=after)
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        raise Misconfigured(f"url: HTTP {status}: it redirects, which is not followed; give the address it leads to")
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.PAYMENT_REQUIRED}:
        raise Misconfigured(f"key: HTTP {status}: the server refuses it; check key_file, and the account behind it")
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE}:
        raise Misconfigured(f"url: HTTP {status}: check it (most end with /v1), and model")
    raise Rejected(f"HTTP {status}")
