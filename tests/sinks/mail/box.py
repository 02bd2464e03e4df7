"""A mail server that behaves as it is told, on the loopback: what a healthy one such as GreenMail never does."""

import asyncio
import email
import json
from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import UUID

from aiosmtpd.smtp import SMTP, Envelope, Session

from ouvidor.settings import Settings
from sinks.deliveries.contract import Destination, Sink
from tests.sinks.contract import Receiver


def read(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=default)  # type: ignore[return-value]


def event_in(mail: EmailMessage) -> dict[str, Any]:
    (file,) = mail.iter_attachments()
    found: dict[str, Any] = json.loads(file.get_content())
    return found


class Box(Receiver):
    """An aiosmtpd server in the test's own loop."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []
        self.port = 0
        self._what = "take"
        self._server: asyncio.Server | None = None
        self._free = asyncio.Event()

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SMTP(self, hostname="box.test"), "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self._free.set()
        if self._server is not None:
            self._server.close()
            self._server = None

    def settings(self, path: object) -> Settings:
        smtp = {"host": "127.0.0.1", "port": self.port, "security": "none", "sender": "ouvidoria@casa.test"}
        return Settings(data=path, smtp=smtp | {"reply_to": "respostas@casa.test"})  # type: ignore[arg-type]

    def destination(self, its: Sink, **more: object) -> Destination:
        given = {"sink": "mail", "name": "panel", "department": "lamps", "to": "lamps@casa.test"}
        return its.settings.model_validate(given | more)

    async def taken(self) -> list[tuple[UUID, dict[str, Any]]]:
        mails = [read(each) for each in self.mails]
        return [(UUID(mail["X-Ouvidor-Delivery"]), event_in(mail)["data"]) for mail in mails]

    async def do(self, what: str) -> None:
        if what == "be away":
            await self.stop()
        elif self._server is None:
            self._free = asyncio.Event()
            await self.start()
        if what == "take":
            self._free.set()
        self._what = what

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        if self._what == "be busy":
            return "450 4.2.1 greylisted, come back later"
        if self._what == "be gone":
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802 - the library's name
        match self._what:
            case "fail":
                return "451 4.3.0 the disk is full"
            case "be slow":
                await self._free.wait()
                return "451 4.3.0 too late"
            case "echo":
                return "554 5.7.1 spam: Meu vizinho Anastacio, maria@example.org, 11 98765-4321, Maria da Silva"
        self.mails.append(bytes(envelope.content or b""))
        return "250 OK"
