"""The push edge: everything that comes in by HTTP, to `/<network>/<account>`.

Raw bytes first; the network's adapter verifies them and says what they hand over; that becomes an original, which is
durable in Kafka or in the spool before the answer says so. What is in it is read later, by the intake.

There is no defence against cross-site requests, because there is nothing to steal: no cookie and no session; a form is
for everybody, and a webhook is signed.
"""

import asyncio
import gc
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from time import time
from typing import Final

import structlog
from aiohttp import web

from ingest.adapter import Account, Adapter
from ingest.door import Door, by_the_minute
from ingest.durable import durable
from ingest.originals import Originals
from ingest.outlet import Outlet
from ingest.webform.pages import HEADERS, list_page
from ouvidor.blobs import BlobStore
from ouvidor.errors import Misconfigured
from ouvidor.health import Heart
from ouvidor.http_server import NAME, HttpServer
from ouvidor.identity import Pseudonyms
from ouvidor.metrics import CHANNEL_LAST_SUCCESS
from ouvidor.promise import Promise, PromiseOf, promise_of
from ouvidor.records import Channel
from ouvidor.service import Task
from ouvidor.settings import Settings
from ouvidor.topics import Topics

__all__ = ["PushEdge", "task"]

_METHODS: Final = ("GET", "HEAD", "POST")
_TICK: Final = 10.0
_YOUNG_OBJECTS: Final = 50_000
"""How many objects are made until Python looks for garbage among them (its default is 700)."""
_HEADERS_WITHIN: Final = 75.0
"""Seconds for the headers of a call, and for an idle connection: longer than proxies keep theirs."""
_LAST_CALLS: Final = 5.0
"""Seconds for the calls in hand when we are told to stop."""

_log = structlog.get_logger(__name__)
_silent = logging.getLogger(f"{__name__}.aiohttp")
_silent.disabled = True  # it would quote what a sender wrote


def task(settings: Settings, accounts: Sequence[tuple[Adapter, Account]], promise: PromiseOf | None = None) -> Task:
    """Give the service that listens. `promise` says until when; not given: the house's clocks do."""
    return Task("http", lambda heart: PushEdge(settings, accounts, promise).run(heart))


class PushEdge:
    """The port, and the accounts that are reached by it."""

    def __init__(
        self, settings: Settings, accounts: Sequence[tuple[Adapter, Account]], promise: PromiseOf | None = None
    ) -> None:
        self._settings = settings
        self._accounts = [(adapter, account) for adapter, account in accounts if adapter.accept is not None]
        self._promise = promise
        self.port: int | None = None
        """The port that is listened at, while it is."""
        self._outlet: Outlet | None = None

    @property
    def direct(self) -> bool:
        """Do records go straight to the broker? Where not, they go by the spool."""
        return self._outlet is not None and self._outlet.direct

    async def run(self, heart: Heart) -> None:
        """Listen until cancelled. Raises `OuvidorError` where the port or the spool cannot be had."""
        # What calls in flight hold is taken for garbage to be looked for, again and again: a fifth of the processor.
        gc.set_threshold(_YOUNG_OBJECTS, *gc.get_threshold()[1:])
        async with durable(self._settings, "http", heart) as kept:
            self._outlet = kept.outlet
            try:
                await self._listen(self._doors(kept.outlet, kept.blobs), kept.keeping, heart)
            finally:
                self._outlet = None

    def _doors(self, outlet: Outlet, blobs: BlobStore) -> dict[str, Door]:
        settings = self._settings
        zone = settings.organisation.tz
        promise = self._promise or promise_of(settings)

        def here(moment: datetime) -> Promise:
            found = promise(moment)
            return replace(found, until=found.until.astimezone(zone))

        until = by_the_minute(here)
        pseudonyms = Pseudonyms.from_file(settings.pseudonym_key)
        doors: dict[str, Door] = {}
        for adapter, account in self._accounts:
            originals = Originals(
                channel=adapter.channel,
                network=adapter.network,
                account=account.account,
                topics=Topics(settings.kafka.prefix),
                pseudonyms=pseudonyms,
                zone=zone,
                uri_of=blobs.uri_of,
            )
            limit = settings.ingest.http.body_limit
            house = settings.organisation.name
            door = Door(adapter, account, originals, outlet, promise=until, limit=limit, house=house)
            doors[f"/{adapter.network}/{account.account}"] = door
        return doors

    def _handler(self, doors: Mapping[str, Door]) -> Callable[[web.BaseRequest], Awaitable[web.Response]]:
        """Find the door by the path alone: a web framework's router, signals and middlewares are half of its cost."""

        async def handle(request: web.BaseRequest) -> web.Response:
            door = doors.get(request.path)
            if door is not None and request.method in _METHODS:
                return await door.handle(request)
            if door is not None:
                headers = {"Allow": ", ".join(_METHODS), **NAME}
                return web.Response(status=HTTPStatus.METHOD_NOT_ALLOWED, headers=headers)
            if request.path == "/":
                return self._list()
            return web.Response(status=HTTPStatus.NOT_FOUND, text="Este endereço não existe aqui.\n", headers=NAME)

        return handle

    def _list(self) -> web.Response:
        """List the forms: whoever types the address alone finds where to write."""
        forms = [
            (f"{adapter.network}/{account.account}", getattr(account, "title", account.account))
            for adapter, account in self._accounts
            if adapter.channel is Channel.WEBFORM
        ]
        page = list_page(self._settings.organisation.name, forms)
        return web.Response(body=page, headers={"Content-Type": "text/html; charset=utf-8", **HEADERS, **NAME})

    async def _listen(self, doors: Mapping[str, Door], keeping: "asyncio.Task[None]", heart: Heart) -> None:
        http = self._settings.ingest.http
        server = HttpServer(self._handler(doors), headers_within=_HEADERS_WITHIN, logger=_silent)
        runner = web.ServerRunner(server, shutdown_timeout=_LAST_CALLS)
        await runner.setup()
        try:
            site = web.TCPSite(runner, http.host, http.port)
            try:
                await site.start()
            except OSError as error:
                raise Misconfigured(
                    f"ingest.http: {http.host}:{http.port} cannot be listened at: {error.strerror}; "
                    "another program has it, or it is no address of this machine"
                ) from error
            self.port = runner.addresses[0][1]
            _log.info("listening", host=http.host, port=self.port, accounts=len(self._accounts))
            heart.beat()
            while not keeping.done():
                for adapter, _ in self._accounts:
                    CHANNEL_LAST_SUCCESS.labels(adapter.network).set(time())
                await asyncio.wait({keeping}, timeout=_TICK)
            keeping.result()
        finally:
            self.port = None
            await runner.cleanup()
