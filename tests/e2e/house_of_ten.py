"""A house of ten departments on a broker with ACLs: its table and the next one, its settings, its rooms at work.

Each room has its own principal, in this process or in one of its own. Deliveries are always in this one, since their
clock is the test's.
"""

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ouvidor.errors import Misconfigured
from ouvidor.grants.applying import apply, look, wanted
from ouvidor.grants.comparing import compare
from ouvidor.health import Heart
from ouvidor.loading import load
from ouvidor.local.ports import free_ports
from ouvidor.local.process import ServerProcess
from ouvidor.process import rooms
from ouvidor.service import Service, Stage
from ouvidor.settings import Settings
from ouvidor.stage import StageRunner
from ouvidor.topics import Topics
from routers.reading import read_table
from sinks.deliveries.stage import services as delivering
from tests.e2e.household import COMMAND
from tests.ingest.river import until
from tests.secured import ADMIN, DEPARTMENTS, SecuredKafka, password

__all__ = ["MARKS", "NEW", "Clock", "House", "informed_by", "owner_by"]

NEW = "zeladoria"
"""A department of the second table alone: the router makes its topic."""
MARKS = (*DEPARTMENTS, NEW)
"""By what customers write in brackets the table knows whose it is."""
SECRET = "whsec_" + "c2VncmVkbyBkZSB0ZXN0ZSBxdWUgbsOjbyB2YWxl"


def owner_by(second: bool, mark: str) -> str:
    """Tell whom a table says to be a message's owner: the second one knows one department more, and moves another's."""
    if mark == NEW:
        return NEW if second else "atendimento"
    return "obras" if second and mark == "iluminacao" else mark


def informed_by(mark: str) -> tuple[str, ...]:
    """Tell who is informed, by both tables."""
    return ("saude",) if mark == "agua" else ()


def table(second: bool) -> str:
    names = MARKS if second else DEPARTMENTS
    rules = [
        {
            "name": f"de-{mark}",
            "when": f"message.text.contains('[{mark}]')",
            "then": {"owner": owner_by(second, mark), "informed": list(informed_by(mark))},
        }
        for mark in MARKS
    ]
    departments = [{"name": name, "title": name.title()} for name in names]
    return json.dumps({"profile": "seed", "default": "atendimento", "departments": departments, "rules": rules})


@dataclass
class Clock:
    """The deliveries' time: the wall's, and what was added to it."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class House:
    """The house in a folder; `destinations` are its webhooks."""

    broker: SecuredKafka
    folder: Path
    prefix: str
    destinations: Sequence[Mapping[str, object]]
    partitions: int = 2
    clock: Clock = field(default_factory=Clock)
    ended: list[str] = field(default_factory=list)
    """What went wrong in a room."""
    pids: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.topics = Topics(self.prefix)
        self.port = free_ports(1)[0]
        self.second, self.first = (self.reload(second=second) for second in (True, False))
        kafka = {"prefix": self.prefix, "partitions": self.partitions, "bootstrap": self.broker.broker.bootstrap}
        kafka |= {"security": "SASL_SSL", "ca_file": str(self.broker.ca)}
        given = {
            "kafka": kafka,
            "data": str(self.folder / "kept"),
            "routing": {"table": str(self.folder / "table.yaml")},
            "judgement": {"lane": "fast"},
            "ingest": {"http": {"port": self.port}, "accounts": [{"network": "form", "account": "balcao"}]},
            "deliveries": {"destinations": list(self.destinations), "allow": ["127.0.0.0/8"]},
            "telemetry": {"level": "warning"},
        }
        (self.folder / "ouvidor.yaml").write_text(json.dumps(given))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/form/balcao"

    def reload(self, *, second: bool) -> str:
        """Put a table in its place, whole; give its hash."""
        new = self.folder / "table.new"
        new.write_text(table(second), encoding="utf-8")
        found = read_table(new).hash
        new.rename(self.folder / "table.yaml")
        return found

    def settings(self, user: str) -> Settings:
        found = load(self.folder / "ouvidor.yaml")
        secret = {"username": user, "password": password(user)}
        return found.model_copy(update={"kafka": type(found.kafka).model_validate(found.kafka.model_dump() | secret)})

    async def grant(self) -> None:
        """Make the topics, ACLs and quotas, as `ouvidor topics apply` does."""
        admin = self.settings(ADMIN)
        planned = wanted(admin)
        found = compare(planned, await look(admin, planned.topics))
        refused = [each for each in await apply(admin, found, lambda _: None) if each.error is not None]
        assert refused == []

    def note(self, error: Misconfigured) -> None:
        """Take note of what ends a room."""
        self.ended.append(str(error))

    def peaks(self) -> dict[str, int]:
        """Tell how much memory each process had at most, in MiB."""
        found = {}
        for name, pid in {**self.pids, "broker": self.broker.broker.pid, "this": os.getpid()}.items():
            status = Path(f"/proc/{pid}/status")
            lines = dict(line.split(":", 1) for line in status.read_text().splitlines()) if status.exists() else {}
            if "VmHWM" in lines:
                found[name] = int(lines["VmHWM"].split()[0]) // 1024
        return found

    @asynccontextmanager
    async def at_work(self, *, apart: bool) -> AsyncIterator[None]:
        """Run all rooms; `apart`: each in a process of its own, but for the deliveries."""
        here = [("sinks", delivering(self.settings("ouvidor-sinks"), now=self.clock))]
        names = ("ingest", "classify", "route", "sinks")
        if not apart:
            here += [(room, self._without_deliveries(room)) for room in names]
        async with _processes(self, names if apart else ()), _services(self, here):
            await until(lambda: _listens(self.port), 120)
            yield

    def _without_deliveries(self, room: str) -> list[Service]:
        offered = rooms()[room](self.settings(f"ouvidor-{room}"))
        return [service for service in offered if service.name not in {"deliveries", "dispatcher"}]


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


@asynccontextmanager
async def _services(house: House, offered: Iterable[tuple[str, Sequence[Service]]]) -> AsyncIterator[None]:
    runners: list[StageRunner] = []
    tasks: list[asyncio.Task[None]] = []
    try:
        for room, services in offered:
            settings = house.settings(f"ouvidor-{room}")
            for service in services:
                heart = Heart(service.name)
                if isinstance(service, Stage):
                    runner = StageRunner(service, settings, heart, instance="1", on_misconfigured=house.note)
                    runners.append(runner)
                    tasks.append(asyncio.create_task(runner.start()))
                else:
                    tasks.append(asyncio.create_task(service.run(heart)))
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, *(runner.stop() for runner in runners), return_exceptions=True)


@asynccontextmanager
async def _processes(house: House, names: Sequence[str]) -> AsyncIterator[None]:
    processes: dict[str, ServerProcess] = {}
    try:
        for room in names:
            user = f"ouvidor-{room}"
            environment = {"OUVIDOR__KAFKA__USERNAME": user, "OUVIDOR__KAFKA__PASSWORD": password(user)}
            what = [room] if room != "sinks" else ["sinks.ndjson", "sinks.replies", "sinks.cases"]
            command = [*COMMAND, "-c", str(house.folder / "ouvidor.yaml"), "run", *what, "--instance", room]
            log = house.folder / f"{room}.log"
            processes[room] = ServerProcess(command, log, environment={**os.environ, **environment})
        house.pids = {room: its.pid for room, its in processes.items()}
        yield
        house.ended += [
            f"{room} ended with {its.exit_code}: {(house.folder / f'{room}.log').read_text()[-2000:]}"
            for room, its in processes.items()
            if its.exit_code is not None
        ]
    finally:
        await asyncio.gather(*(its.stop(timedelta(seconds=15)) for its in processes.values()))
