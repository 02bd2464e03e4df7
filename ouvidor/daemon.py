"""One process as a supervisor sees it: logs, probes, metrics, systemd, around the services that it runs."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import structlog
import uvloop

from ouvidor.errors import Unavailable
from ouvidor.health import Pulse
from ouvidor.health_server import serve
from ouvidor.kafka import reach
from ouvidor.log import configure
from ouvidor.notify import Notifier, attend
from ouvidor.process import find_services, run_services
from ouvidor.settings import Settings
from ouvidor.tracing import Tracer
from ouvidor.version import VERSION

__all__ = ["run_until_stopped"]

_log = structlog.get_logger(__name__)


def run_until_stopped(settings: Settings, names: Sequence[str], *, instance: str | None = None) -> None:
    """Run services until SIGTERM or SIGINT. Raises `Misconfigured` where they cannot go on.

    `instance` is this worker's name in its consumer groups; the host's where it is not given.
    """
    configure(settings.telemetry, ",".join(names))
    notifier = Notifier.from_environment()
    services = find_services(settings, names)

    @asynccontextmanager
    async def watch(pulse: Pulse) -> AsyncIterator[None]:
        async with serve(pulse, settings.telemetry) as port:
            _log.info("starting", version=VERSION, services=[service.name for service in services], telemetry_port=port)
            attending = asyncio.create_task(attend(pulse, notifier), name="systemd")
            try:
                yield
            finally:
                attending.cancel()
                with suppress(asyncio.CancelledError):
                    await attending

    tracer = Tracer(settings.telemetry, "-".join(names))

    async def run() -> None:
        await _refused(settings)
        await run_services(
            settings,
            services,
            instance=instance or socket.gethostname(),
            on_stop=notifier.stopping,
            watch=watch,
            tracer=tracer,
        )

    try:
        uvloop.run(run())
    finally:
        tracer.close()


async def _refused(settings: Settings) -> None:
    """Raise `Misconfigured` where the broker refuses us; one that is away is waited for by the services."""
    try:
        await reach(settings.kafka)
    except Unavailable as error:
        _log.warning("the broker is away", reason=str(error))
