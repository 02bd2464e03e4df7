"""One account's door: a call comes in, is verified, made durable and answered.

This is the hot path: nothing here parses the message, logs, or computes what holds for longer than one call.
Nothing of a call is logged: a path's query, a header and a body are personal data, or secrets.
"""

import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Final

import structlog
from aiohttp import ClientPayloadError, web

from ingest.adapter import Account, Adapter, Answer, Call, Delivery, Receipt
from ingest.body import read_body
from ingest.originals import Originals
from ingest.outlet import Outlet
from ouvidor.errors import OuvidorError
from ouvidor.http_server import NAME, ask_for_the_body
from ouvidor.metrics import FORGERIES, INTAKE_CUT, INTAKE_REFUSED, ORIGINALS_RECEIVED
from ouvidor.promise import Promise, PromiseOf

__all__ = ["Door", "by_the_minute"]

_log = structlog.get_logger(__name__)

_BROKEN: Final = "Houve um defeito nosso, e sua mensagem não foi registrada. Por favor, tente de novo em um minuto.\n"
_AWAY: Final = "Não conseguimos registrar sua mensagem agora. Por favor, tente de novo em um minuto.\n"
_SILENT: Final = "Sua mensagem não chegou inteira. Por favor, envie de novo.\n"


class Door:
    """Handles the calls to one account."""

    def __init__(
        self,
        adapter: Adapter,
        account: Account,
        originals: Originals,
        outlet: Outlet,
        *,
        promise: PromiseOf,
        limit: int,
        house: str = "",
    ) -> None:
        """`promise` says until when what is received now is answered; `limit` is that of a body, in bytes.

        `house` is the organisation's name.
        """
        if adapter.accept is None:
            raise ValueError(f"network {adapter.network} takes no calls")
        self._accept = adapter.accept
        self._look_up = adapter.look_up
        self._visit = adapter.visit
        self._respond = adapter.respond
        self._network = adapter.network
        self._account = account
        self._originals = originals
        self._outlet = outlet
        self._promise = promise
        self._limit = limit
        self._house = house
        self._received = ORIGINALS_RECEIVED.labels(adapter.channel, adapter.network)
        self._forgeries = FORGERIES.labels(adapter.network)

    async def handle(self, request: web.BaseRequest) -> web.Response:
        """Answer a call, whatever happens."""
        try:
            return _response(await self._hear(request))
        except OuvidorError:
            return self._refuse("unavailable", HTTPStatus.SERVICE_UNAVAILABLE, _AWAY)  # told and counted by the outlet
        except TimeoutError:
            return self._refuse("silent", HTTPStatus.REQUEST_TIMEOUT, _SILENT)
        except (ConnectionError, ClientPayloadError, web.RequestPayloadError):
            return self._refuse("cut", HTTPStatus.BAD_REQUEST, _SILENT)
        except Exception as error:  # noqa: BLE001 - a defect of ours: who sends again finds it mended, or another way
            _log.error("a call could not be handled", network=self._network, error=type(error).__name__)
            return self._refuse("defect", HTTPStatus.INTERNAL_SERVER_ERROR, _BROKEN)

    async def _hear(self, request: web.BaseRequest) -> Answer:
        posted = request.method == "POST"
        if posted and "Expect" in request.headers:
            await ask_for_the_body(request)
        body, complete = await read_body(request, self._limit) if posted else (b"", True)
        call = Call(
            method="POST" if posted else "GET",
            query=request.query if request.query_string else {},
            headers=request.headers,
            body=body,
            complete=complete,
            house=self._house,
            once="" if posted else secrets.token_urlsafe(16),
            received_at=datetime.now(UTC),
        )
        if not complete:
            INTAKE_CUT.labels(self._network).inc()
        if self._look_up is not None and posted and complete:
            call = replace(call, known=await self._look_up(call, self._account))
        found = self._accept(call, self._account)
        if isinstance(found, Answer):
            if found.visit is not None and self._visit is not None:
                await self._visit(found.visit)
            if found.status == HTTPStatus.UNAUTHORIZED:
                self._forgeries.inc()
            elif posted and found.status >= HTTPStatus.BAD_REQUEST:
                INTAKE_REFUSED.labels(self._network, "adapter").inc()
            return found
        return await self._keep(call, found)

    async def _keep(self, call: Call, delivery: Delivery) -> Answer:
        received_at = datetime.now(UTC)
        registered = self._originals.register(delivery, received_at)
        if registered.blob is None:
            await self._outlet.keep(registered.output)
        else:
            await self._outlet.keep_large(registered.output, registered.blob)
        self._received.inc()
        if self._respond is None:
            return Answer()
        try:
            receipt = Receipt(registered.id, registered.protocol, self._promise(received_at))
            return self._respond(call, self._account, receipt)
        except Exception as error:  # noqa: BLE001 - it is kept: whatever goes wrong now, the answer is yes
            _log.error("an answer could not be made", network=self._network, error=type(error).__name__)
            return Answer(HTTPStatus.ACCEPTED, f"Recebemos sua mensagem. Protocolo: {registered.protocol}\n".encode())

    def _refuse(self, reason: str, status: HTTPStatus, words: str) -> web.Response:
        INTAKE_REFUSED.labels(self._network, reason).inc()
        response = _response(Answer(status, words.encode(), headers={"Retry-After": "60"}))
        response.force_close()  # what is left of a body on this connection would be read as the next call
        return response


def by_the_minute(promise: PromiseOf) -> PromiseOf:
    """Ask for a promise once a minute: all of a minute are promised what its first second is."""
    begins = ends = datetime.min.replace(tzinfo=UTC)
    found: Promise | None = None

    def ask(received_at: datetime) -> Promise:
        nonlocal begins, ends, found
        if found is None or not begins <= received_at < ends:
            minute = received_at.replace(second=0, microsecond=0)
            found = promise(minute)
            begins, ends = minute, minute + timedelta(minutes=1)
        return found

    return ask


def _response(answer: Answer) -> web.Response:
    return web.Response(
        status=answer.status,
        body=answer.body,
        headers={"Content-Type": answer.media_type, **NAME, **answer.headers},
    )
