"""A stand-in for a server of chat completions, that answers as it is told: well, wrongly, late or not at all."""

import json
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self

from aiohttp import web

Answers = Callable[[web.Request], Awaitable[web.StreamResponse] | web.StreamResponse]
GOOD = {"kind": "complaint", "severity": "medium", "flags": [], "because": []}


def completion(words: object, **more: object) -> dict[str, Any]:
    """Give a completion with these words; what is no string is given as JSON."""
    content = words if isinstance(words, str) else json.dumps(words, ensure_ascii=False)
    message = {"role": "assistant", "content": content, **more}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 900, "completion_tokens": 40, "total_tokens": 940},
    }


class ModelServer:
    """`async with` starts and stops it. What it was asked stands in `asked`."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.answers: Answers = lambda _: web.json_response(completion(GOOD))
        self.models: Answers = lambda _: web.json_response({"object": "list", "data": [{"id": "small"}]})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def says(self, words: object, **more: object) -> None:
        self.answers = lambda _: web.json_response(completion(words, **more))

    def fails(self, status: int, **more: Any) -> None:  # noqa: ANN401 - headers, text
        self.answers = lambda _: web.Response(status=status, **more)

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._complete)
        app.router.add_get("/v1/models", self._models)
        app.router.add_post("/elsewhere", self._complete)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port: int = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(await request.json())
        self.headers.append(dict(request.headers))
        given = self.answers(request)
        return given if isinstance(given, web.StreamResponse) else await given

    async def _models(self, request: web.Request) -> web.StreamResponse:
        self.headers.append(dict(request.headers))
        given = self.models(request)
        return given if isinstance(given, web.StreamResponse) else await given
