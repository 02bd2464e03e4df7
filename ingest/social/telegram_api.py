"""Calls of Telegram's Bot API, and what its refusals ask for.

The bot's token stands in the URL of each call, and aiohttp's errors quote URLs: none of them is chained or logged.

Source: Telegram Bot API, "Making requests", "ResponseParameters".
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
from pydantic import SecretStr

from ouvidor.errors import Misconfigured, Unavailable

__all__ = ["LOOPBACK", "TelegramApi"]

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
"""Hosts that are this machine: no proxy stands before them, and a token may travel to them unencrypted."""

_ANSWER_WITHIN: Final = 20.0
_LARGEST_ANSWER: Final = 32 * 2**20
_LONGEST_WAIT: Final = 24 * 60 * 60


class TelegramApi:
    """One bot's calls. No error of them holds its token. `name` is how we call the bot in errors."""

    def __init__(self, url: str, token: SecretStr, name: str) -> None:
        self._url = url
        self._token = token
        self._name = name
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Get ready to call."""
        near = urlsplit(self._url).hostname in LOOPBACK
        self._session = aiohttp.ClientSession(trust_env=not near)

    async def close(self) -> None:
        """Let go of the connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def call(self, method: str, question: Mapping[str, Any], within: float = _ANSWER_WITHIN) -> Any:  # noqa: ANN401 - whatever the method gives
        """Call a method, and give its result. Raises `Misconfigured` or `Unavailable`."""
        name = f"telegram {self._name}: {method}"
        if self._session is None:
            raise Unavailable(f"{name}: not open")
        try:
            async with self._session.post(
                f"{self._url}/bot{self._token.get_secret_value()}/{method}",
                json=dict(question),
                timeout=aiohttp.ClientTimeout(total=within, sock_connect=10),
                allow_redirects=False,
            ) as response:
                status, body = response.status, await _bounded(response, name)
        except aiohttp.ClientError as error:
            raise Unavailable(f"{name}: {type(error).__name__} at {self._url}") from None  # it quotes the URL
        except TimeoutError:
            raise Unavailable(f"{name}: no answer within {within:g} s") from None
        try:
            answer = json.loads(body)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise Unavailable(f"{name}: HTTP {status} without JSON; is {self._url} a Bot API server?")
        if answer.get("ok") is True:
            return answer.get("result")
        raise self._refusal(name, answer.get("error_code", status), answer)

    def _refusal(self, name: str, code: object, answer: Mapping[str, Any]) -> Exception:
        said = str(answer.get("description", ""))[:200].replace(self._token.get_secret_value(), "…")
        words = f"{name}: {code} {said}"
        match code:
            case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN | HTTPStatus.NOT_FOUND:
                return Misconfigured(f"{words}; the token was revoked or mistyped: ask @BotFather for it")
            case HTTPStatus.CONFLICT if "webhook" in said:
                return Misconfigured(f"{words}; a bot has a webhook or is polled, not both: call deleteWebhook")
            case HTTPStatus.CONFLICT:
                return Unavailable(f"{words}; stop the other program that polls this bot, or make a bot of its own")
            case HTTPStatus.TOO_MANY_REQUESTS:
                parameters = answer.get("parameters")
                seconds = parameters.get("retry_after") if isinstance(parameters, dict) else None
                after = timedelta(seconds=min(max(seconds, 0), _LONGEST_WAIT)) if isinstance(seconds, int) else None
                return Unavailable(words, retry_after=after)
            case HTTPStatus.BAD_REQUEST:
                return Misconfigured(f"{words}; is `api` the server at which this bot is logged in?")
        return Unavailable(words)


async def _bounded(response: aiohttp.ClientResponse, name: str) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(2**16):
        body += chunk
        if len(body) > _LARGEST_ANSWER:
            raise Unavailable(f"{name}: an answer of more than {_LARGEST_ANSWER} bytes")
    return bytes(body)
