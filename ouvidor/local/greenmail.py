"""GreenMail on this machine: a real SMTP and IMAP server, all in memory, for the demo and the tests.

It speaks what a company's mail server speaks (IDLE, UIDPLUS, MOVE), so that the e-mail adapter meets a real one. It
keeps nothing: a stop forgets every mail. Each protocol gets its own host name setting, because the common one would
open GreenMail's HTTP API too, on port 8080 of every machine.

Source: GreenMail, "Standalone", and its `GreenMailApiServerBuilder`.
"""

import asyncio
import contextlib
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from ouvidor.errors import Misconfigured
from ouvidor.local.jars import OnProgress, class_path
from ouvidor.local.java import java
from ouvidor.local.ports import HOST, free_ports
from ouvidor.local.server import LocalServer

__all__ = ["GreenMail"]

_JVM = ("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true")
_MAIN = "com.icegreen.greenmail.standalone.GreenMailStandaloneRunner"
_PROTOCOLS = ("smtp", "smtps", "imap", "imaps")


class GreenMail(LocalServer):
    """A mail server with these `users`: address to password. They log in by their address.

    The passwords stand on Java's command line, where everybody on this machine can read them: made-up ones only. With
    `api` GreenMail's HTTP API listens on `api_port`. The certificate of the TLS ports is GreenMail's own.
    """

    def __init__(
        self,
        users: Mapping[str, str],
        *,
        api: bool = False,
        cache: Path | None = None,
        on_progress: OnProgress | None = None,
    ) -> None:
        super().__init__("GreenMail")
        self.users = dict(users)
        self.host = HOST
        self._user_list = ",".join(_user(address, password) for address, password in users.items())
        self._ports: dict[str, int] = {}
        self._wanted = (*_PROTOCOLS, "api") if api else _PROTOCOLS
        self._cache = cache
        self._on_progress = on_progress
        self._class_path: list[Path] = []
        self._folder = contextlib.ExitStack()
        self._output = Path()

    @property
    def smtp_port(self) -> int:
        """Takes mail for everybody, in the clear."""
        return self._port("smtp")

    @property
    def smtps_port(self) -> int:
        """As `smtp_port`, in TLS."""
        return self._port("smtps")

    @property
    def imap_port(self) -> int:
        """Gives the users their mail, in the clear."""
        return self._port("imap")

    @property
    def imaps_port(self) -> int:
        """As `imap_port`, in TLS."""
        return self._port("imaps")

    @property
    def api_port(self) -> int:
        """The HTTP API, if it was asked for."""
        return self._port("api")

    def _port(self, protocol: str) -> int:
        if protocol not in self._wanted:
            raise Misconfigured(f"{self._name}: its HTTP API is off; ask for it with api=True")
        if protocol not in self._ports:
            raise Misconfigured(f"{self._name}: has no ports before its first start; await start() first")
        return self._ports[protocol]

    @property
    def _logs(self) -> Sequence[Path]:
        return (self._output,)

    async def _prepare(self) -> None:
        self._class_path = await asyncio.to_thread(class_path, "greenmail", self._cache, self._on_progress)
        folder = self._folder.enter_context(tempfile.TemporaryDirectory(prefix="ouvidor-greenmail-"))
        self._output = Path(folder) / "java.out"

    async def _launch(self) -> None:
        if not self._ports:
            self._ports = dict(zip(self._wanted, free_ports(len(self._wanted)), strict=True))
        places = [
            f"-Dgreenmail.{protocol}.{key}={value}"
            for protocol, port in self._ports.items()
            for key, value in (("hostname", HOST), ("port", port))
        ]
        # Without a limit of its own (2 s) it would give up on a busy machine; ours is LocalServer's.
        users = [
            "-Dgreenmail.startup.timeout=600000",
            "-Dgreenmail.users.login=email",
            "-Dgreenmail.sieve.ignore.detail=true",  # box+anything@ is box@, as with other servers
            f"-Dgreenmail.users={self._user_list}",
        ]
        self._spawn([str(java()), *_JVM, *places, *users, "-cp", ":".join(map(str, self._class_path)), _MAIN])

    async def _answers(self) -> bool:
        """Tell whether SMTP greets and the last user can log in: GreenMail listens before it has made its users."""
        login = ""
        if self.users:
            address, password = list(self.users.items())[-1]
            login = f'1 LOGIN {address} "{password}"\r\n'
        return await _says(self.smtp_port, "", b"220") and await _says(
            self.imap_port, login, b"1 OK" if login else b"*"
        )

    def _let_go(self) -> None:
        super()._let_go()
        self._folder.close()


async def _says(port: int, request: str, answer: bytes) -> bool:
    """Tell whether the server's last line, after its greeting and the request if there is one, begins like this."""
    try:
        reader, writer = await asyncio.open_connection(HOST, port)
        try:
            line = await reader.readline()
            if request:
                writer.write(request.encode())
                line = await reader.readline()
            return line.startswith(answer)
        finally:
            writer.close()
            await writer.wait_closed()
    except OSError:
        return False


def _user(address: str, password: str) -> str:
    """Write a user as GreenMail's setting wants it, which has no way to quote its own separators."""
    name, at, domain = address.partition("@")
    if (
        not (name and at and domain and password)
        or re.search(r'[\s,:@"\\]', name + domain)
        or re.search(r'[\s,"\\]', password)
    ):
        raise Misconfigured(
            f"GreenMail user {address!r}: not an address without spaces, commas, colons and quotes with a password "
            "without spaces, commas and quotes; choose others",
        )
    return f"{name}:{password}@{domain}"
