"""The contestants of the intake's benchmark, each a process that listens: the form's door, and a bare handler.

doors.py {door|bare} BOOTSTRAP PREFIX
Says PORT and its number; on SIGUSR1 the CPU seconds that it has used.
"""

import asyncio
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

import structlog
from aiohttp import web
from aiokafka import AIOKafkaProducer

from ingest.push import PushEdge
from ingest.registry import accounts
from ouvidor.health import Heart
from ouvidor.settings import Ingest, Kafka, Settings


async def bare(bootstrap: str, prefix: str) -> None:
    """Produce the body with acks=all, then answer: what one would write by hand."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, linger_ms=5)
    await producer.start()

    async def handle(request: web.Request) -> web.Response:
        body = await request.read()
        await producer.send_and_wait(f"{prefix}originals", body)
        return web.Response(text='{"ok": true}', content_type="application/json")

    app = web.Application()
    app.router.add_post("/form/bench", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print("PORT", runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


async def door(bootstrap: str, prefix: str) -> None:
    """The push edge as it runs in production, with one form."""
    settings = Settings(
        kafka=Kafka(bootstrap=bootstrap, prefix=prefix),
        data=Path(tempfile.mkdtemp()),
        ingest=Ingest(http={"port": 0}, accounts=({"network": "form", "account": "bench"},)),
    )
    edge = PushEdge(settings, accounts(settings))
    running = asyncio.create_task(edge.run(Heart("http")))
    while edge.port is None and not running.done():  # noqa: ASYNC110 - the edge has no event to wait for
        await asyncio.sleep(0.01)
    print("PORT", edge.port, flush=True)
    await running


async def main(name: str, bootstrap: str, prefix: str) -> None:
    """Run until ended."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, lambda: print("CPU", time.process_time(), flush=True))
    loop.add_signal_handler(signal.SIGTERM, lambda: os._exit(0))
    await {"bare": bare, "door": door}[name](bootstrap, prefix)


if __name__ == "__main__":
    import uvloop

    uvloop.run(main(*sys.argv[1:]))
