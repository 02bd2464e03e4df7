"""Telegram's Bot API on this machine, for the demo and the tests: getUpdates with its rules and its refusals.

It confirms and forgets what is before the offset that is asked for, as the real one does, and it refuses as that one
does: a wrong token (401), a second poller or a webhook (409), too many calls (429 with `retry_after`), a gateway's page
(502). An offset that the queue is far from is answered from the queue's head, as the published server's code does; a
poller that insists on it is not told so.

Source: Telegram Bot API, "Getting updates", "Making requests"; tdlib's telegram-bot-api, `Client::do_get_updates`.
"""

import asyncio
import json
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any, Final

from aiohttp import web

__all__ = ["TelegramStandIn"]

_HOST: Final = "127.0.0.1"
_FAR: Final = 10
_MOST: Final = 100
_LONGEST_PATIENCE: Final = 50


class TelegramStandIn:
    """A bot's updates behind `url`. `refuse` makes the next calls fail; `calls` are the questions of all getUpdates."""

    def __init__(self, token: str, updates: Iterable[Mapping[str, Any]] = (), *, patience: float | None = None) -> None:
        """`patience` cuts short for how long a call is held open, whatever it asks for (seconds)."""
        self.token = token
        self.webhook: str | None = None
        self.calls: list[dict[str, Any]] = []
        self._queue: deque[Mapping[str, Any]] = deque(updates)
        self._tail = self._queue[-1]["update_id"] if self._queue else 0
        self._refusals: deque[tuple[int, Mapping[str, Any] | None]] = deque()
        self._patience = patience
        self._news = asyncio.Event()
        self._polling: asyncio.Event | None = None
        self._runner: web.AppRunner | None = None
        self._url = ""

    @property
    def url(self) -> str:
        """Where it listens: the adapter's setting `api`."""
        return self._url

    @property
    def unconfirmed(self) -> list[int]:
        """The ids of the updates that nobody has confirmed yet."""
        return [each["update_id"] for each in self._queue]

    async def start(self) -> None:
        """Listen at any free port of the loopback."""
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        self._runner = web.AppRunner(app, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, _HOST, 0)
        await site.start()
        _, port, *_ = self._runner.addresses[0]
        self._url = f"http://{_HOST}:{port}"

    async def stop(self) -> None:
        """Hang up."""
        runner, self._runner = self._runner, None
        if runner is not None:
            self._news.set()
            await runner.cleanup()

    def add(self, *updates: Mapping[str, Any]) -> None:
        """Put updates at the end of the queue."""
        self._queue.extend(updates)
        self._tail = self._queue[-1]["update_id"] if self._queue else self._tail
        self._news.set()

    def refuse(self, code: int, times: int = 1, **parameters: Any) -> None:  # noqa: ANN401 - as the API has them
        """Let the next calls of any method fail; 502 is a gateway's page, all others are the API's own."""
        self._refusals.extend([(code, parameters or None)] * times)

    async def _call(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != self.token:
            return _refusal(401, "Unauthorized")
        if self._refusals:
            code, parameters = self._refusals.popleft()
            return _refused(code, parameters)
        return await self._answer(request.match_info["method"].lower(), await _question(request))

    async def _answer(self, method: str, question: dict[str, Any]) -> web.Response:
        match method:
            case "getupdates":
                return await self._get_updates(question)
            case "getme":
                bot = int(self.token.partition(":")[0])
                return _result({"id": bot, "is_bot": True, "first_name": "Ouvidoria", "username": "ouvidoria_bot"})
            case "setwebhook" | "deletewebhook":
                self.webhook = str(question.get("url", "")) or None
                return _result(result=True)
        return _refusal(404, "Not Found")

    async def _get_updates(self, question: dict[str, Any]) -> web.Response:
        self.calls.append(question)
        if self.webhook is not None:
            return _refusal(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete it first",
            )
        if self._polling is not None:
            self._polling.set()  # the newer call ends the older
        ended = self._polling = asyncio.Event()
        offset = int(question.get("offset", 0))
        limit = min(max(int(question.get("limit", _MOST)), 1), _MOST)
        patience = min(float(question.get("timeout", 0)), _LONGEST_PATIENCE)
        if self._patience is not None:
            patience = min(patience, self._patience)
        self._forget_before(offset)
        if not self._queue and patience:
            self._news.clear()
            waiting = {asyncio.ensure_future(self._news.wait()), asyncio.ensure_future(ended.wait())}
            await asyncio.wait(waiting, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            for each in waiting:
                each.cancel()
        if ended.is_set():
            return _refusal(
                409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
            )
        self._polling = None
        return _result(list(self._queue)[:limit])

    def _forget_before(self, offset: int) -> None:
        if offset < 0:
            while len(self._queue) > -offset:
                self._queue.popleft()
        if offset <= 0 or offset > self._tail + 1 + _FAR:
            return
        while self._queue and self._queue[0]["update_id"] < offset:
            self._queue.popleft()


async def _question(request: web.Request) -> dict[str, Any]:
    if request.content_type == "application/json":
        found = await request.json()
        return dict(found) if isinstance(found, dict) else {}
    return {**request.query, **await request.post()}


def _result(result: Any) -> web.Response:  # noqa: ANN401 - whatever the method gives
    return web.Response(body=json.dumps({"ok": True, "result": result}).encode(), content_type="application/json")


def _refusal(code: int, description: str, parameters: Mapping[str, Any] | None = None) -> web.Response:
    answer: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    if parameters:
        answer["parameters"] = dict(parameters)
    return web.Response(status=code, body=json.dumps(answer).encode(), content_type="application/json")


def _refused(code: int, parameters: Mapping[str, Any] | None) -> web.Response:
    if code == 502:  # noqa: PLR2004 - Bad Gateway
        return web.Response(status=code, text="<html><body>502 Bad Gateway</body></html>", content_type="text/html")
    words = {
        401: "Unauthorized",
        404: "Not Found",
        429: f"Too Many Requests: retry after {(parameters or {}).get('retry_after', 1)}",
        500: "Internal Server Error",
    }
    return _refusal(code, words.get(code, "Bad Request"), parameters)
