"""What both mail APIs pass besides their own tests: the contract of their mails, and that of their mailbox."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.ingest.contract import AdapterContract
from tests.ingest.email.corpus import FOLDER
from tests.ingest.email.mailbox_contract import mail
from tests.ingest.email.test_adapter import SAMPLES
from tests.ingest.email.token_server import TokenServer
from tests.ingest.pull_contract import PullContract


class MailContract(AdapterContract):
    samples = tuple((FOLDER / f"{name}.eml").read_bytes() for name in SAMPLES)

    def saying(self, words: str) -> bytes:
        return (
            b"From: Ana <ana@cliente.test>\r\nDate: Fri, 20 Nov 2026 10:00:00 -0300\r\n"
            b"Message-ID: <77@cliente.test>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + words.encode()
        )


class World:
    """A mailbox, and customers who write to it."""

    def __init__(self, server: Any, denial: str) -> None:  # noqa: ANN401 - either stand-in
        self._server, self._denial = server, denial
        self.account = server.given()

    def say(self, number: int) -> None:
        self._server.put(mail(number))

    def break_(self) -> None:
        self._server.fails = lambda _: self._server.refuse(403, self._denial)

    def mend(self) -> None:
        self._server.fails = lambda _: None


class MailboxContract(PullContract):
    stand_in: Any
    denial: str
    """What the network calls a right that was taken away."""

    @asynccontextmanager
    async def world(self, where: Path) -> AsyncIterator[Any]:
        async with TokenServer() as issuer, self.stand_in(issuer) as server:
            yield World(server, self.denial)
