"""Apache Kafka on this machine: one KRaft node on the loopback, its data in one directory.

The same broker that production runs, so that nothing has to be imitated in the demo and the tests. The voters of the
quorum are named in the configuration and not in the log, so the ports may change from one start to the next.

Source: Apache Kafka 4.3, "KRaft" and "Broker Configs".
"""

import asyncio
import base64
import signal
import uuid
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.local.folder import FolderLock
from ouvidor.local.jars import OnProgress, class_path
from ouvidor.local.java import java
from ouvidor.local.kafka_settings import log4j2_properties, server_properties
from ouvidor.local.ports import HOST, free_ports
from ouvidor.local.process import ServerProcess

__all__ = ["LocalKafka"]

_START_WITHIN = timedelta(seconds=90)
_STOP_WITHIN = timedelta(seconds=7)
_LAST_LINES = 15
_LOOK_EVERY_SECONDS = 0.05

_JVM = ("-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", "-Djava.awt.headless=true")


class LocalKafka:
    """A broker that lives as long as we do: `start`, `stop`, and what a fault test does to it.

    `data` is made if it is missing and kept over restarts, whatever ended the broker. `port` is chosen once if it is
    not given. `heap` is Java's `-Xmx`. `settings` are Kafka's own, and win over those of `kafka_settings`.
    """

    def __init__(
        self,
        data: Path,
        *,
        port: int | None = None,
        heap: str = "256m",
        settings: Mapping[str, str] | None = None,
        cache: Path | None = None,
        on_progress: OnProgress | None = None,
    ) -> None:
        self.data = data.absolute()
        self._port = port
        self._heap = heap
        self._settings = dict(settings or {})
        self._cache = cache
        self._on_progress = on_progress
        self._process: ServerProcess | None = None
        self._lock: FolderLock | None = None

    @property
    def bootstrap(self) -> str:
        """`host:port` for clients."""
        if self._port is None:
            raise Misconfigured(f"{self.data}: the broker has no port before its first start; await start()")
        return f"{HOST}:{self._port}"

    @property
    def pid(self) -> int:
        """The broker's process id."""
        return self._running().pid

    @property
    def log(self) -> Path:
        """Where the broker writes its warnings and errors."""
        return self.data / "kafka.log"

    async def start(self, within: timedelta = _START_WITHIN) -> None:
        """Start the broker and wait until it answers; what is already running goes on.

        `within` does not count the download of the jars. Raises `Misconfigured` when another process uses the data or
        the broker refuses to run, with the last lines of its log; `Unavailable` when it takes too long.
        """
        if self._process is not None and self._process.exit_code is None:
            return
        if "," in str(self.data):
            raise Misconfigured(f"{self.data}: Kafka reads a comma as the end of a directory's name; choose another")
        jars = await asyncio.to_thread(class_path, "kafka", self._cache, self._on_progress)
        self._let_go()
        self._lock = await asyncio.to_thread(FolderLock, self.data)
        try:
            async with asyncio.timeout(within.total_seconds()):
                await self._launch([str(java()), f"-Xmx{self._heap}", *_JVM, "-cp", ":".join(map(str, jars))])
        except TimeoutError:
            self._let_go()
            raise Unavailable(
                f"{self.data}: Kafka has not answered within {within.total_seconds():.0f} s of its start; "
                f"try again with less running on this machine. Its last words:\n{self._last_words()}",
            ) from None
        except BaseException:
            self._let_go()
            raise

    async def stop(self, within: timedelta = _STOP_WITHIN) -> None:
        """Stop the broker as it likes to be stopped; kill it when that takes longer than `within`."""
        if self._process is not None:
            await self._process.stop(within)
        self._let_go()

    def kill(self) -> None:
        """`kill -9`; `start` brings it back on the same port with the same data."""
        self._running().kill()
        self._let_go()

    def freeze(self) -> None:
        """Stop its clock: connections stay, nobody answers."""
        self._running().send(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen broker go on."""
        self._running().send(signal.SIGCONT)

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop."""
        await self.stop()

    async def _launch(self, jvm: list[str]) -> None:
        *port, controller_port = free_ports(1 if self._port else 2)
        self._port = self._port or port[0]
        properties, logging = self.data / "server.properties", self.data / "log4j2.properties"
        properties.write_text(server_properties(self.data, self._port, controller_port, self._settings), "ascii")
        logging.write_text(log4j2_properties(self.log), "ascii")
        jvm = [*jvm, f"-Dlog4j2.configurationFile={logging.as_uri()}"]
        if not (self.data / "topics" / "meta.properties").exists():
            tool = ["kafka.tools.StorageTool", "format", "--cluster-id", _new_cluster_id(), "--config", str(properties)]
            self._spawn([*jvm, *tool])
            if await self._running().wait() != 0:
                raise self._ended("format its data directory")
        self._spawn([*jvm, "kafka.Kafka", str(properties)])
        while not await _answers(self.bootstrap):
            if self._running().exit_code is not None:
                raise self._ended("run")
            await asyncio.sleep(_LOOK_EVERY_SECONDS)

    def _spawn(self, command: list[str]) -> None:
        keep_open = [self._lock.fd] if self._lock else []
        self._process = ServerProcess(command, self._output, keep_open)

    def _running(self) -> ServerProcess:
        if self._process is None:
            raise Misconfigured(f"{self.data}: its broker does not run; await start() first")
        return self._process

    def _let_go(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process = None
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    @property
    def _output(self) -> Path:
        """What Java itself says, before and beside the log."""
        return self.data / "java.out"

    def _ended(self, what: str) -> Misconfigured:
        code = self._running().exit_code
        return Misconfigured(f"{self.data}: Kafka did not {what} (exit code {code}):\n{self._last_words()}")

    def _last_words(self) -> str:
        return "\n".join(line for path in (self.log, self._output) for line in _last_lines(path))


def _new_cluster_id() -> str:
    """Return a UUID as Kafka writes it; not one that a command line would take for an option."""
    while (text := base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")).startswith("-"):
        continue
    return text


def _last_lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8", "replace").splitlines()[-_LAST_LINES:]
    except FileNotFoundError:
        return []


async def _answers(bootstrap: str) -> bool:
    """Tell whether the broker lists itself: it listens some time before it lets clients in."""
    host, port = bootstrap.split(":")
    try:
        # The Kafka client tells its log of each failed try; a plain connection does not.
        _, writer = await asyncio.open_connection(host, int(port))
        writer.close()
        await writer.wait_closed()
        client = AIOKafkaClient(bootstrap_servers=bootstrap, client_id="ouvidor-local", request_timeout_ms=5_000)
        try:
            await client.bootstrap()
            return bool(client.cluster.brokers())
        finally:
            await client.close()
    except (OSError, KafkaError):
        return False
