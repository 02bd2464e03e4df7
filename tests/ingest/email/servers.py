"""The mail servers on which the same mailbox tests run."""

from abc import ABC, abstractmethod
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ingest.email.settings import ImapAccount
from ouvidor.local.greenmail import GreenMail
from tests.ingest.email.dovecot import Dovecot
from tests.ingest.email.other_client import OtherClient

MAILBOXES = 40


class MailServer(ABC):
    """A server with `MAILBOXES` mailboxes; each test takes one."""

    keeps_raw_headers = True
    """Does it give bytes above ASCII in headers back as they came?"""

    def __init__(self) -> None:
        self._taken = 0
        self._open = AsyncExitStack()

    @property
    @abstractmethod
    def imap_port(self) -> int: ...

    @property
    @abstractmethod
    def imaps_port(self) -> int: ...

    @abstractmethod
    def kill(self) -> None:
        """`kill -9`."""

    @abstractmethod
    async def start(self) -> None: ...

    @abstractmethod
    def freeze(self) -> None: ...

    @abstractmethod
    def thaw(self) -> None: ...

    @abstractmethod
    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._open.aclose()

    def mailbox(self) -> "Box":
        """Give a mailbox that no other test has."""
        self._taken += 1
        return Box(self, f"box{self._taken}@ouvidor.test", f"senha-{self._taken}")


class Box:
    """A mailbox: our account's settings for it, and another client of it."""

    def __init__(self, server: MailServer, username: str, password: str) -> None:
        self.server, self.username, self.password = server, username, password

    @property
    def client(self) -> OtherClient:
        return OtherClient("127.0.0.1", self.server.imap_port, self.username, self.password)

    def given(self, **others: Any) -> dict[str, Any]:  # noqa: ANN401 - settings
        return {
            "network": "imap",
            "account": "caixa",
            "host": "127.0.0.1",
            "port": self.server.imap_port,
            "tls": "none",
            "username": self.username,
            "password": self.password,
            "idle": 1,
            "timeout": 20,
            **others,
        }

    def account(self, **others: Any) -> ImapAccount:  # noqa: ANN401 - settings
        return ImapAccount(**self.given(**others))


class OnGreenMail(MailServer):
    keeps_raw_headers = False

    async def __aenter__(self) -> Self:
        self._server = GreenMail({f"box{n}@ouvidor.test": f"senha-{n}" for n in range(1, MAILBOXES + 1)})
        await self._open.enter_async_context(self._server)
        return self

    @property
    def imap_port(self) -> int:
        return self._server.imap_port

    @property
    def imaps_port(self) -> int:
        return self._server.imaps_port

    def kill(self) -> None:
        self._server.kill()

    async def start(self) -> None:
        await self._server.start()

    def freeze(self) -> None:
        self._server.freeze()

    def thaw(self) -> None:
        self._server.thaw()


class OnDovecot(MailServer):
    def __init__(self, certificate: Path | None = None) -> None:
        super().__init__()
        self._certificate = certificate

    async def __aenter__(self) -> Self:
        users = {f"box{n}@ouvidor.test": f"senha-{n}" for n in range(1, MAILBOXES + 1)}
        self._server = Dovecot(users, certificate=self._certificate)
        await self._open.enter_async_context(self._server)
        return self

    @property
    def imap_port(self) -> int:
        return self._server.imap_port

    @property
    def imaps_port(self) -> int:
        return self._server.imaps_port

    def kill(self) -> None:
        self._server.kill()

    async def start(self) -> None:
        await self._server.start()

    def freeze(self) -> None:
        self._server.freeze()

    def thaw(self) -> None:
        self._server.thaw()
