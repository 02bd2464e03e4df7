"""The door: `POST /v1/replies`, the same commands by HTTP, for departments that have no Kafka client; and `/asyncapi`.

Who calls is known by a token of the department's own, so that here nobody speaks as another. A reply is durable in
Kafka before the answer says 202; whether it is taken is told, as for all replies, in `case-events` or on
`refused.<department>`. What is not confirmed is sent again by its sender, with the same id or `Idempotency-Key`.

Source: RFC 9457 (problem details); RFC 6750 (bearer tokens); draft-ietf-httpapi-idempotency-key-header.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from http import HTTPStatus
from typing import Any, Final, NoReturn
from uuid import UUID, uuid5

import structlog
from aiohttp import web

from ouvidor.errors import Misconfigured, OuvidorError, Unavailable
from ouvidor.health import Heart
from ouvidor.http_server import HttpServer, ask_for_the_body
from ouvidor.metrics import REPLY_CALLS
from ouvidor.records import REPLIES, Reply
from ouvidor.reply_event import name_of
from ouvidor.service import Task
from ouvidor.settings import Settings
from sinks.replies.portal import Portal
from sinks.replies.problems import answer, problem
from sinks.replies.reading import BY_MAIL_ALONE, LARGEST, Fault, check_reply, command_of, object_of
from sinks.replies.sending import Sender, sender
from sinks.replies.tokens import Tokens
from sinks.replies.words import NOT_JSON, TOO_LONG

__all__ = ["PATH", "Door", "task"]

PATH: Final = "/v1/replies"
_NAMESPACE: Final = UUID("2f6f1c7e-36b1-5a0e-8c5c-646f6f720001")
_LONGEST_KEY: Final = 255
_HEADERS_WITHIN: Final = 75.0
_BODY_WITHIN: Final = 20.0
_LAST_CALLS: Final = 5.0
_TICK: Final = 10.0
_TRY_AGAIN: Final = {"Retry-After": "5"}

_log = structlog.get_logger(__name__)
_silent = logging.getLogger(f"{__name__}.aiohttp")
_silent.disabled = True  # it would quote what a sender wrote


def task(settings: Settings) -> Task:
    """Give the service that listens."""
    return Task("replies-http", lambda heart: Door(settings).run(heart))


class _Refused(Exception):
    def __init__(self, response: web.Response) -> None:
        super().__init__(response.status)
        self.response = response


class Door:
    """The port."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._kafka = settings.kafka
        self._replies = settings.replies
        self._clock = clock
        self._tokens = Tokens(settings.replies.tokens)
        self._portal = Portal(settings)
        self.port: int | None = None
        """The port that is listened at, while it is."""

    async def run(self, heart: Heart) -> None:
        """Listen until cancelled. Raises `OuvidorError` where the port cannot be had or the broker is away."""
        host, port = self._replies.host, self._replies.port
        async with sender(self._kafka) as sending:

            async def handle(request: web.BaseRequest) -> web.Response:
                if self._portal.has(request.path):
                    return await self._portal.answer(request)
                response = await self._handle(request, sending)
                REPLY_CALLS.labels(str(response.status)).inc()
                return response

            server = HttpServer(handle, headers_within=_HEADERS_WITHIN, logger=_silent)
            runner = web.ServerRunner(server, shutdown_timeout=_LAST_CALLS)
            await runner.setup()
            try:
                try:
                    await web.TCPSite(runner, host, port).start()
                except OSError as error:
                    raise Misconfigured(
                        f"replies: cannot listen on {host}:{port}: {error.strerror or error}; "
                        "another program has it, or it is no address of this machine"
                    ) from error
                self.port = runner.addresses[0][1]
                _log.info("listening", host=host, port=self.port, departments=len(self._replies.tokens))
                while True:
                    heart.beat()
                    await asyncio.sleep(_TICK)
            finally:
                self.port = None
                await runner.cleanup()

    async def _handle(self, request: web.BaseRequest, sending: Sender) -> web.Response:
        try:
            reply = await self._read(request)
            await sending.send(reply, f"/departments/{reply.department}")
        except _Refused as refused:
            return refused.response
        except OuvidorError as error:
            _log.warning("a reply is not durable", error=type(error).__name__, reason=str(error))
            again = Fault(None, "tente de novo com o mesmo id: a resposta vale uma vez só")
            return problem(
                HTTPStatus.SERVICE_UNAVAILABLE, again, _TRY_AGAIN if isinstance(error, Unavailable) else None
            )
        data = {"id": str(reply.id), "protocol": reply.protocol, "command": name_of(reply)}
        return answer(HTTPStatus.ACCEPTED, data)

    async def _read(self, request: web.BaseRequest) -> Reply:
        if request.path != PATH:
            _refuse(HTTPStatus.NOT_FOUND, Fault(None, f"respostas vão por POST a {PATH}"))
        if request.method != "POST":
            _refuse(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "POST"})
        department = self._tokens.department_of(request.headers.get("Authorization", ""))
        if department is None:
            words = "mande o cabeçalho Authorization: Bearer e o token do departamento"
            _refuse(HTTPStatus.UNAUTHORIZED, Fault(None, words), headers={"WWW-Authenticate": "Bearer"})
        if request.content_type != "application/json":
            _refuse(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        data = object_of(await _body(request))
        if data is None:
            _refuse(HTTPStatus.UNPROCESSABLE_ENTITY, Fault(None, NOT_JSON))
        if data.setdefault("department", department) != department:
            _refuse(HTTPStatus.FORBIDDEN, Fault("department", "responda com o token do departamento que responde"))
        data.setdefault("at", self._clock())
        self._identify(data, department, request.headers.get("Idempotency-Key"))
        command = _command(data, request.headers.get("ce-type"))
        reply = check_reply(command, data)
        if isinstance(reply, Fault):
            _refuse(HTTPStatus.UNPROCESSABLE_ENTITY, reply)
        return reply

    def _identify(self, data: dict[str, Any], department: str, key: str | None) -> None:
        """Give the reply the id that its sender meant."""
        if "id" in data:
            return
        key = (key or "").strip().strip('"')
        if not key or len(key) > _LONGEST_KEY:
            words = "mande um UUID em id, ou o cabeçalho Idempotency-Key com até 255 caracteres"
            _refuse(HTTPStatus.BAD_REQUEST, Fault("id", words))
        try:
            data["id"] = UUID(key)
        except ValueError:
            data["id"] = uuid5(_NAMESPACE, f"{department}\n{key}")


def _command(data: dict[str, Any], event_type: str | None) -> str:
    """Take the command out of what was sent, and see that nothing else is there that this way does not have."""
    given = data.pop("command", None)
    command = command_of(event_type) if given is None else given
    if not isinstance(command, str) or command not in REPLIES:
        near = get_close_matches(str(command or ""), REPLIES, n=1, cutoff=0.6)
        hint = f"; seria {near[0]}?" if near else ""
        words = f"diga o que fazer: {', '.join(REPLIES)}{hint}"
        _refuse(HTTPStatus.UNPROCESSABLE_ENTITY, Fault("command", words))
    for name in BY_MAIL_ALONE:
        if name in data:
            _refuse(HTTPStatus.UNPROCESSABLE_ENTITY, Fault(name, "este campo só vem em respostas por e-mail"))
    return command


async def _body(request: web.BaseRequest) -> bytes:
    """Read the body, of bounded length in bounded time."""
    if request.content_length is not None and request.content_length > LARGEST:
        _refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, Fault(None, TOO_LONG.format(limit=LARGEST)))
    await ask_for_the_body(request)
    kept = bytearray()
    try:
        async with asyncio.timeout(_BODY_WITHIN):
            while chunk := await request.content.readany():
                kept += chunk
                if len(kept) > LARGEST:
                    _refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, Fault(None, TOO_LONG.format(limit=LARGEST)))
    except TimeoutError:
        _refuse(HTTPStatus.REQUEST_TIMEOUT)
    return bytes(kept)


def _refuse(status: HTTPStatus, fault: Fault | None = None, headers: Mapping[str, str] | None = None) -> NoReturn:
    raise _Refused(problem(status, fault, headers))
