"""`ouvidor up`: everything on this machine, until Ctrl-C; what came in stays in the data directory.

It says in plain lines how each room is; what the rooms themselves say goes to files, one a room.
"""

import asyncio
import json
import logging
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console

from ouvidor.interrupts import run_until_interrupted
from ouvidor.invoked import invoked
from ouvidor.pipeline import Pipeline, pipeline
from ouvidor.progress import Downloads
from ouvidor.settings import Settings
from ouvidor.supervisor import Child, State

__all__ = ["forms", "up"]

_FORM = {"network": "form", "account": "ouvidoria"}


def up(settings: Settings, config: Path | None = None) -> None:
    """Run until SIGINT, SIGTERM or SIGHUP. `config` is the file that the settings were read from, for the rooms.

    Raises `Misconfigured` where a setting must change first, `Unavailable` where the broker does not come up.
    """
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what it would say of the start, we say ourselves
    console = Console(stderr=True, highlight=False)
    environment = {}
    if not settings.ingest.accounts:
        _say(console, "the settings name no account, so nobody could say anything: a form is opened to begin with")
        environment["OUVIDOR__INGEST__ACCOUNTS"] = json.dumps([_FORM])
        settings = settings.model_copy(update={"ingest": settings.ingest.model_copy(update={"accounts": (_FORM,)})})
    run_until_interrupted(_run(settings, config, environment, console))
    _say(console, f"stopped; the data is in {settings.data}")


async def _run(settings: Settings, config: Path | None, environment: dict[str, str], console: Console) -> None:
    def tell(words: str) -> None:
        _say(console, words)

    downloads = Downloads(console, tell)
    try:
        async with pipeline(
            settings,
            config,
            environment=environment,
            tell=tell,
            on_change=lambda child: tell(_how(child)),
            on_progress=downloads.reporter("Apache Kafka"),
        ) as it:
            ready = asyncio.create_task(_tell_when_ready(it, config, console))
            try:
                await it.keep()
            finally:
                ready.cancel()
                tell("stopping")
    finally:
        downloads.stop()


async def _tell_when_ready(it: Pipeline, config: Path | None, console: Console) -> None:
    await it.supervisor.ready()
    for line in _where_to_look(it.settings, config):
        _say(console, line)


def _how(child: Child) -> str:
    words = child.words or (child.program.ready_url or "" if child.state is State.READY else "")
    return f"{child.program.name:<10} {child.state:<10} {words}".rstrip()


def _where_to_look(settings: Settings, config: Path | None) -> Iterable[str]:
    yield "everything runs; Ctrl-C stops it, and the data stays"
    for url in forms(settings):
        yield f"  the form         {url}"
    directory = settings.sinks.directory or settings.data / "departments"
    yield f"  the departments  {directory}/*.ndjson"
    if settings.replies.port:
        yield f"  their replies    http://{_reached(settings.replies.host)}:{settings.replies.port}/v1/replies"
        yield f"  their pages      http://{_reached(settings.replies.host)}:{settings.replies.port}/asyncapi"
    us = invoked() + (f" --config {config}" if config is not None else "")
    yield f"  the ombudsman    {us} tail ombudsman --from-beginning"
    yield f"  the logs         {settings.data / 'log'}/*.log"


def forms(settings: Settings) -> list[str]:
    """Give the addresses of the forms that the settings name."""
    http = settings.ingest.http
    base = (http.public_url or f"http://{_reached(http.host)}:{http.port}").rstrip("/")
    accounts = (each for each in settings.ingest.accounts if each.get("network") == "form")
    return [f"{base}/form/{each.get('account')}" for each in accounts]


def _reached(host: str) -> str:
    """Give how this machine reaches what listens at an address."""
    return "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared


def _say(console: Console, words: str) -> None:
    console.print(words, markup=False, soft_wrap=True)
