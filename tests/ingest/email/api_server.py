"""What the stand-ins of both mail APIs have in common: tokens that a token server gave, and answers that go wrong."""

from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.ingest.email.token_server import TokenServer

SECRET = "s3cr3t"
Fails = Callable[[web.Request], web.StreamResponse | None]


class ApiServer:
    """`async with` starts and stops it, on any port of the loopback. What it was asked stands in `asked`."""

    network = ""

    def __init__(self, issuer: TokenServer) -> None:
        self.issuer = issuer
        self.asked: list[web.Request] = []
        self.at_once = self.most_at_once = 0
        self.fails: Fails = lambda _: None
        self.before_mail: Callable[[str], None] = lambda _: None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def given(self, **others: Any) -> dict[str, Any]:  # noqa: ANN401 - settings
        """Give an account's settings with this server, entered with the application's own right."""
        oauth = self.issuer.given(flow="app", client_secret=SECRET)
        mailbox = {"username": "ouvidoria@orgao.test", "poll": "PT1S", "timeout": "PT20S"}
        return {"network": self.network, "account": "caixa", "api": self.api, "oauth": oauth, **mailbox, **others}

    @property
    def api(self) -> str:
        return self.url

    def routes(self, app: web.Application) -> None:
        raise NotImplementedError

    def refuse(self, status: int, code: str, **more: Any) -> web.Response:  # noqa: ANN401 - headers
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._gate])
        self.routes(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port: int = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    @web.middleware
    async def _gate(self, request: web.Request, handler: Any) -> web.StreamResponse:  # noqa: ANN401 - aiohttp's own
        self.asked.append(request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.issuer.access:
            return self.refuse(401, "InvalidAuthenticationToken")
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if (failure := self.fails(request)) is not None:
                return failure
            answer: web.StreamResponse = await handler(request)
            return answer
        finally:
            self.at_once -= 1

    def paths(self, part: str) -> list[str]:
        """Give what was asked whose path holds this."""
        return [request.path_qs for request in self.asked if part in request.path_qs]


class Cut(web.Response):
    """An answer that breaks off: half of what it announces."""

    async def write_eof(self, data: bytes = b"") -> None:
        if self._payload_writer is not None and isinstance(self.body, bytes):
            await self._payload_writer.write(self.body[: len(self.body) // 2])
            transport = self._req.transport if self._req is not None else None
            if transport is not None:
                transport.close()
