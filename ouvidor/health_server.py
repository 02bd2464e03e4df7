"""/livez, /readyz and /metrics, for whoever supervises a process.

Alive is judged by progress (`ouvidor/health.py`): this server answers as long as the event loop turns, but says 503
when a service has had work for longer than its patience and got nowhere. Nothing here is meant for the public: it
listens on the loopback unless the settings say otherwise.

Source: Kubernetes, "Liveness, Readiness, and Startup Probes"; Prometheus, "Exposition formats".
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client.exposition import choose_encoder

from ouvidor.errors import Misconfigured
from ouvidor.health import Pulse
from ouvidor.metrics import PROCESS_ALIVE, PROCESS_READY, REGISTRY
from ouvidor.settings import Telemetry

__all__ = ["serve"]

_CLOSE_WITHIN_SECONDS = 1.0


@asynccontextmanager
async def serve(pulse: Pulse, telemetry: Telemetry) -> AsyncIterator[int | None]:
    """Serve until the context ends; gives the port, or None where the settings want no server.

    Raises `Misconfigured` when the port cannot be had.
    """
    if telemetry.port is None:
        yield None
        return
    runner = web.AppRunner(_application(pulse), access_log=None, shutdown_timeout=_CLOSE_WITHIN_SECONDS)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, telemetry.host, telemetry.port).start()
        except OSError as error:
            place = f"{telemetry.host}:{telemetry.port}"
            raise Misconfigured(f"telemetry.port: cannot listen on {place}: {error.strerror}") from error
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


def _application(pulse: Pulse) -> web.Application:
    async def livez(_: web.Request) -> web.Response:
        return _answer(pulse, well=pulse.alive)

    async def readyz(_: web.Request) -> web.Response:
        return _answer(pulse, well=pulse.ready)

    async def metrics(request: web.Request) -> web.Response:
        PROCESS_READY.set(pulse.ready)
        PROCESS_ALIVE.set(pulse.alive)
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        return web.Response(body=encode(REGISTRY), headers={"Content-Type": content_type})

    app = web.Application()
    app.add_routes([web.get("/livez", livez), web.get("/readyz", readyz), web.get("/metrics", metrics)])
    return app


def _answer(pulse: Pulse, *, well: bool) -> web.Response:
    hearts = [
        {"name": heart.name, "ready": heart.ready, "alive": heart.alive, "trouble": heart.trouble}
        for heart in pulse.hearts
    ]
    body = {"alive": pulse.alive, "ready": pulse.ready, "services": hearts}
    return web.Response(
        status=200 if well else 503, text=json.dumps(body, ensure_ascii=False) + "\n", content_type="application/json"
    )
