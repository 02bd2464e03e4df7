"""Apache Kafka on this machine: one KRaft node on the loopback, its data in one directory.

The same broker that production runs, so that nothing has to be imitated in the demo and the tests. The voters of the
quorum are named in the configuration and not in the log, so the ports may change from one start to the next.

Source: Apache Kafka 4.2, "KRaft" and "Broker Configs".
"""

import asyncio
import base64
import ssl
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError

from ouvidor.errors import Misconfigured
from ouvidor.local.folder import FolderLock
from ouvidor.local.jars import OnProgress, class_path
from ouvidor.local.java import java
from ouvidor.local.kafka_settings import log4j2_properties, server_properties
from ouvidor.local.ports import HOST, free_ports
from ouvidor.local.secured import (
    BROKER,
    MECHANISM,
    Secured,
    broker_password,
    format_options,
    secured_properties,
)
from ouvidor.local.server import LocalServer

__all__ = ["LocalKafka"]

# With the first compiler only, Kafka starts in 2.5 s instead of 3.5 and takes half the processor time for 30,000
# transactional records (3.7 s, then 1.7 s, against 6.5 s and 4.8 s) and 240 MB instead of 300: our clients are written
# in Python, so the broker seldom has enough to do to pay back what the second compiler costs. Class data sharing for
# Java's own classes brought nothing; an ahead-of-time cache of Kafka's another second, for 69 MB and 9 s once.
_JVM = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError", "-Djava.awt.headless=true")


class LocalKafka(LocalServer):
    """A broker. `data` is made if it is missing and kept over restarts, whatever ended the broker.

    `port` is chosen at the first start if it is not given, and kept. `heap` is Java's `-Xmx`. `settings` are Kafka's
    own, and win over those of `kafka_settings`; `jvm` are further options of Java. With `secured` it asks who speaks to
    it, and ACLs say who may do what. Raises `Misconfigured` when another
    process uses `data`.
    """

    def __init__(
        self,
        data: Path,
        *,
        port: int | None = None,
        heap: str = "256m",
        settings: Mapping[str, str] | None = None,
        jvm: Sequence[str] = (),
        secured: Secured | None = None,
        cache: Path | None = None,
        on_progress: OnProgress | None = None,
    ) -> None:
        super().__init__(f"Kafka in {data}")
        self.data = data.absolute()
        self._port = port
        self._settings = dict(settings or {})
        self._jvm = [f"-Xmx{heap}", *_JVM, *jvm]
        self._secured = secured
        self._cache = cache
        self._on_progress = on_progress
        self._class_path: list[Path] = []
        self._lock: FolderLock | None = None

    @property
    def bootstrap(self) -> str:
        """`host:port` for clients."""
        if self._port is None:
            raise Misconfigured(f"{self._name}: has no port before its first start; await start() first")
        return f"{HOST}:{self._port}"

    @property
    def log(self) -> Path:
        """Where the broker writes its warnings and errors."""
        return self.data / "kafka.log"

    @property
    def _logs(self) -> Sequence[Path]:
        return self.log, self.data / "java.out"

    async def _prepare(self) -> None:
        if "," in str(self.data):
            raise Misconfigured(f"{self.data}: Kafka reads a comma as the end of a directory's name; choose another")
        self._class_path = await asyncio.to_thread(class_path, "kafka", self._cache, self._on_progress)
        self._lock = await asyncio.to_thread(FolderLock, self.data)

    async def _launch(self) -> None:
        *port, controller_port = free_ports(1, {self._port}) if self._port else free_ports(2)
        self._port = self._port or port[0]
        properties = self.data / "server.properties"
        settings, users = self._settings, list[str]()
        if self._secured is not None:
            password = broker_password(self.data)
            settings = {**secured_properties(self._secured, password, self._port, controller_port), **settings}
            users = format_options(self._secured, password)
        properties.touch(0o600)
        properties.write_text(server_properties(self.data, self._port, controller_port, settings), "ascii")
        logging = self.data / "log4j2.properties"
        logging.write_text(log4j2_properties(self.log), "ascii")
        command = [
            str(java()),
            *self._jvm,
            f"-Dlog4j2.configurationFile={logging.as_uri()}",
            "-cp",
            ":".join(map(str, self._class_path)),
        ]
        keep_open = [self._lock.fd] if self._lock else []
        # Kafka's tool writes this file last, so a directory that was half formatted is formatted again.
        if not (self.data / "topics" / "meta.properties").exists():
            tool = ["kafka.tools.StorageTool", "format", "--cluster-id", _new_cluster_id(), "--config", str(properties)]
            tool += users
            if await self._spawn([*command, *tool], keep_open).wait() != 0:
                raise self._ended()
        self._spawn([*command, "kafka.Kafka", str(properties)], keep_open)

    async def _answers(self) -> bool:
        """Tell whether the broker lists itself: it listens some time before it lets clients in."""
        try:
            # The client tells its log of each failed try; a plain connection does not.
            _, writer = await asyncio.open_connection(HOST, self._port)
            writer.close()
            await writer.wait_closed()
            client = AIOKafkaClient(bootstrap_servers=self.bootstrap, client_id="ouvidor-local", **self._shown())
            try:
                await client.bootstrap()
                return bool(client.cluster.brokers())
            finally:
                await client.close()
        except (OSError, KafkaError):
            return False

    def _shown(self) -> dict[str, Any]:
        """Give what a client of our own shows: the broker's user, since no other is sure to be let in."""
        if self._secured is None:
            return {}
        options: dict[str, Any] = {
            "security_protocol": self._secured.protocol,
            "sasl_mechanism": MECHANISM,
            "sasl_plain_username": BROKER,
            "sasl_plain_password": broker_password(self.data),
        }
        if self._secured.certificate is not None:
            options["ssl_context"] = ssl.create_default_context(cafile=self._secured.certificate)
        return options

    def _let_go(self) -> None:
        super()._let_go()
        if self._lock is not None:
            self._lock.release()
            self._lock = None


def _new_cluster_id() -> str:
    """Return a UUID as Kafka writes it; not one that a command line would take for an option."""
    while (text := base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")).startswith("-"):
        continue
    return text
