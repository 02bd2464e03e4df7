"""The whole pipeline on this machine: a broker, the topics, and each room as the process that production runs.

`ouvidor up` and `ouvidor demo` are this with other words around it. The rooms get what differs from the settings' file
(the broker's address, their probes' ports) by the environment, so that they read the same file as everybody else.
"""

import asyncio
import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from ouvidor import topic_admin
from ouvidor.departments import department_names
from ouvidor.local.folder import FolderLock
from ouvidor.local.jars import OnProgress
from ouvidor.local.kafka import LocalKafka
from ouvidor.local.ports import HOST, free_ports
from ouvidor.own_broker import claim_port, keep_broker
from ouvidor.process import rooms
from ouvidor.program import Program
from ouvidor.settings import Settings
from ouvidor.supervisor import Child, Supervisor
from ouvidor.topics import plan

__all__ = ["Pipeline", "pipeline"]

_ROOMS_WITHIN = timedelta(seconds=6)
_BROKER_WITHIN = timedelta(seconds=3)

Tell = Callable[[str], None]


@dataclass(slots=True)
class Pipeline:
    """What runs, and where."""

    settings: Settings
    """As the rooms see them."""
    supervisor: Supervisor
    broker: LocalKafka | None
    """None: it is somebody else's."""
    tell: Tell

    async def keep(self) -> None:
        """Keep all of it running, until cancelled. Raises `Misconfigured` where a setting must change first."""
        tasks = [asyncio.create_task(self.supervisor.run())]
        if self.broker is not None:
            tasks.append(asyncio.create_task(keep_broker(self.broker, self.tell)))
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def pipeline(
    settings: Settings,
    config: Path | None,
    *,
    port: int | None = None,
    environment: Mapping[str, str] | None = None,
    tell: Tell,
    on_change: Callable[[Child], None],
    on_progress: OnProgress,
) -> AsyncIterator[Pipeline]:
    """Bring broker and topics up, and the rooms ready to be started (`keep`); at the end stop all, the broker last.

    `port` is the broker's, if it is ours; not given: the one of the last time, else Kafka's usual one if it is free.
    `environment` is for the rooms: settings that do not stand in the file.
    Raises `Misconfigured` or `Unavailable` where that cannot be.
    """
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)  # customers' words will lie in it
    async with AsyncExitStack() as house:
        lock = await asyncio.to_thread(FolderLock, settings.data / "run")
        house.callback(lock.release)
        settings = _with_http_port(settings)
        broker: LocalKafka | None = None
        if settings.kafka.bootstrap is None:
            if port is None:
                claim = house.enter_context(claim_port(settings.data / "run" / "kafka-port"))
                port = claim.getsockname()[1]
            broker = LocalKafka(settings.data / "kafka", port=port, on_progress=on_progress)
            house.push_async_callback(broker.stop, _BROKER_WITHIN)
            await broker.start()
            kafka = settings.kafka.model_copy(update={"bootstrap": broker.bootstrap})
            settings = settings.model_copy(update={"kafka": kafka})
            tell(f"Apache Kafka listens on {broker.bootstrap}, its data is in {settings.data / 'kafka'}")
        report = await topic_admin.create(settings, plan(settings.kafka, department_names(settings)))
        tell(f"{len(report.created) + len(report.existed)} topics, {len(report.created)} of them new")
        for each in report.differences:
            tell(f"{each.topic}: {each.what} is {each.found}, planned is {each.planned}; left as it is")
        programs = _programs(settings, config, environment or {}, lock.fd)
        supervisor = Supervisor(programs, on_change)
        house.callback(supervisor.kill)
        house.push_async_callback(supervisor.stop, _ROOMS_WITHIN)
        note = settings.data / "run" / "pipeline.json"
        note.write_text(json.dumps(_where(settings, programs), indent=2) + "\n", "utf-8")
        house.callback(note.unlink, missing_ok=True)
        yield Pipeline(settings, supervisor, broker, tell)


def _with_http_port(settings: Settings) -> Settings:
    """Choose the port of forms and webhooks where any will do: it has to be told before anybody listens."""
    if settings.ingest.http.port:
        return settings
    http = settings.ingest.http.model_copy(update={"port": free_ports(1)[0]})
    return settings.model_copy(update={"ingest": settings.ingest.model_copy(update={"http": http})})


def _programs(settings: Settings, config: Path | None, environment: Mapping[str, str], lock: int) -> list[Program]:
    """Plan the rooms' processes; what takes from outside comes first, since the first is stopped first."""
    names = sorted(rooms(), key=lambda name: (name != "ingest", name))
    ports = _probe_ports(settings, len(names))
    # -P: a folder here that happens to be named as one of our packages is not ours.
    command = [sys.executable, "-P", "-m", "ouvidor", *(["--config", str(config)] if config is not None else [])]
    common = {
        **environment,
        "OUVIDOR__KAFKA__BOOTSTRAP": settings.kafka.servers,
        "OUVIDOR__INGEST__HTTP__PORT": str(settings.ingest.http.port),
    }
    host = HOST if settings.telemetry.host in {"0.0.0.0", "::"} else settings.telemetry.host  # noqa: S104 - compared
    return [
        Program(
            name=name,
            command=[*command, "run", name, "--instance", _instance(settings)],
            log=settings.data / "log" / f"{name}.log",
            environment={**common, "OUVIDOR__TELEMETRY__PORT": str(port)},
            ready_url=f"http://{host}:{port}/readyz",
            keep_open=(lock,),
        )
        for name, port in zip(names, ports, strict=True)
    ]


def _probe_ports(settings: Settings, count: int) -> tuple[int, ...]:
    """Give each process its probes' port: those from `telemetry.port` on, if it is set."""
    first = settings.telemetry.port
    return tuple(range(first, first + count)) if first else free_ports(count)


def _instance(settings: Settings) -> str:
    """Name this worker in its groups: the same at every start, and no other's on a broker that several share."""
    place = sha256(os.fsencode(settings.data.absolute())).hexdigest()[:8]
    return f"{socket.gethostname()}-{place}"


def _where(settings: Settings, programs: list[Program]) -> Mapping[str, object]:
    return {
        "pid": os.getpid(),
        "kafka": settings.kafka.servers,
        "rooms": {each.name: {"ready": each.ready_url, "log": str(each.log)} for each in programs},
    }
