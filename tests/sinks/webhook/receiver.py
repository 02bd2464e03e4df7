"""A department's own system, as a fake one on the loopback: it takes webhooks by the official library."""

import asyncio
import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from aiohttp import web
from standardwebhooks.webhooks import Webhook as Verifier

from sinks.deliveries.contract import Destination, Sink
from tests.sinks.contract import Receiver

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

SECRET = "whsec_" + "c2VncmVkbyBkZSB0ZXN0ZSBxdWUgbsOjbyB2YWxl"
OLD = "whsec_" + "bWFpcyBhbnRpZ28sIG1hcyBhaW5kYSBjb25oZWNpZG8="


class Panel(Receiver):
    """An aiohttp server."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.secrets = [SECRET]
        """Each of them must fit; none where the tests' clock is not the day's, which the library looks at, too."""
        self.answer: Callable[[web.Request], Awaitable[web.StreamResponse]] | None = None
        self.port = 0
        self._what = "take"
        self._runner: web.AppRunner | None = None
        self._free = asyncio.Event()

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/ouvidor", self._handle)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        self._free.set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/ouvidor"

    def destination(self, its: Sink, **more: object) -> Destination:
        given = {"sink": "webhook", "name": "panel", "department": "lamps", "url": self.url, "secret": SECRET}
        return its.settings.model_validate(given | {"in_the_clear": True} | more)

    async def taken(self) -> list[tuple[UUID, dict[str, Any]]]:
        return [(UUID(headers["webhook-id"]), json.loads(body)["data"]) for headers, body in self.requests]

    async def do(self, what: str) -> None:
        if what == "be away":
            await self.stop()
        elif self._runner is None:
            self._free = asyncio.Event()
            await self.start()
        if what == "take":
            self._free.set()
        self._what = what

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        match self._what:
            case "be busy":
                return web.Response(status=429, headers={"retry-after": "7"})
            case "be slow":
                await self._free.wait()
            case "be gone":
                return web.Response(status=410)
            case "fail":
                return web.Response(status=500)
            case "echo":
                return web.Response(status=422, body=b"invalid value: " + body)
        if self.answer is not None:
            return await self.answer(request)
        headers = {name.lower(): value for name, value in request.headers.items()}
        for secret in self.secrets:
            Verifier(secret).verify(body, headers)
        self.requests.append((headers, body))
        return web.Response(status=204)
