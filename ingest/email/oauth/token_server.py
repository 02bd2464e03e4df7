"""Asking a token server: forms over HTTPS, with an end in time and a bound, and no redirect followed with a secret.

Source: RFC 6749, 2.3.1 and 4; RFC 7523, 2.2 (an assertion in the place of a secret).
"""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from ingest.email.oauth.answers import Refusal, read_answer
from ingest.email.oauth.settings import OAuth
from ouvidor.errors import Unavailable
from ouvidor.settings import is_loopback

__all__ = ["TokenServer"]

_WITHIN: Final = aiohttp.ClientTimeout(total=20)
_LONGEST: Final = 256 * 1024


class TokenServer:
    """One provider's servers, for one application."""

    def __init__(self, oauth: OAuth) -> None:
        self._oauth = oauth

    async def token(self, **form: str) -> Mapping[str, Any] | Refusal:
        """Ask for tokens. Raises `Unavailable` or `Misconfigured`."""
        return await self._post(self._oauth.its_token_url, {**self._client(), **form})

    async def device_code(self) -> Mapping[str, Any] | Refusal:
        """Ask for a code that a person types on any device. Raises as `token` does."""
        form = {"client_id": self._oauth.client_id or "", "scope": self._oauth.its_scope}
        return await self._post(self._oauth.its_device_url or "", form)

    def _client(self) -> dict[str, str]:
        """Say who we are. The secret goes in the form, where both providers take it."""
        oauth = self._oauth
        said = {"client_id": oauth.client_id} if oauth.client_id else {}
        if oauth.client_secret is not None:
            said["client_secret"] = oauth.client_secret.get_secret_value()
        return said

    async def _post(self, url: str, form: Mapping[str, str]) -> Mapping[str, Any] | Refusal:
        host = urlsplit(url).hostname or ""
        try:
            async with (
                aiohttp.ClientSession(timeout=_WITHIN, trust_env=not is_loopback(host)) as session,
                session.post(url, data=form, headers={"Accept": "application/json"}, allow_redirects=False) as answer,
            ):
                body = await _bounded(answer.content)
                return read_answer(answer.status, body, answer.headers.get("Retry-After"))
        except (aiohttp.ClientError, OSError) as error:
            raise Unavailable(f"the token server {host} does not answer ({type(error).__name__})") from None


async def _bounded(content: aiohttp.StreamReader) -> bytes:
    body = bytearray()
    async for piece in content.iter_chunked(65536):
        body += piece
        if len(body) > _LONGEST:
            raise Unavailable("the token server answers with more than tokens need")
    return bytes(body)
