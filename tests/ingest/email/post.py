"""Who hands mail over to our port: real clients, and raw sockets that say what no good client would."""

import asyncio
import smtplib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from ingest.adapter import Delivery
from ingest.email.smtp_server import listening
from ingest.email.smtp_settings import SmtpAccount

OURS = "ouvidoria@orgao.test"


def account(**given: object) -> SmtpAccount:
    return SmtpAccount.model_validate(
        {"network": "smtp", "account": "main", "port": 0, "recipients": [OURS], "hostname": "mx.orgao.test", **given}
    )


@dataclass
class Kept:
    """What was kept; `error` is raised instead, `gate` waited for before; `asked` is set by the first."""

    deliveries: list[Delivery] = field(default_factory=list)
    error: Exception | None = None
    gate: asyncio.Event | None = None
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, delivery: Delivery) -> str:
        self.asked.set()
        if self.gate is not None:
            await self.gate.wait()
        if self.error is not None:
            raise self.error
        self.deliveries.append(delivery)
        return "20261122-ABCD"

    @property
    def bodies(self) -> list[bytes]:
        return [each.body for each in self.deliveries]


@asynccontextmanager
async def port(kept: Kept, **given: object) -> AsyncIterator[int]:
    async with listening(account(**given), kept) as number:
        yield number


def hand_over(
    number: int, mail: bytes, to: Sequence[str] = (OURS,), sender: str = "ana@cliente.test"
) -> dict[str, Any]:
    """Hand a mail over by LMTP, as a server does; gives the recipients that were refused."""
    with smtplib.LMTP("127.0.0.1", number, timeout=60) as client:
        return client.sendmail(sender, list(to), mail)


class Raw:
    """A raw socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def say(self, *lines: bytes | str) -> list[str]:
        """Say lines, each when the last was answered; gives the answers' first lines."""
        found = []
        for line in lines:
            words = line.encode() if isinstance(line, str) else line
            self.writer.write(words + b"\r\n")
            await self.writer.drain()
            found.append(await self.answer())
        return found

    async def answer(self) -> str:
        """Give the last line of an answer; nothing where the connection ended."""
        while True:
            async with asyncio.timeout(60):
                line = (await self.reader.readline()).decode()
            if not line or line[3:4] != "-":
                return line.rstrip("\r\n")

    async def ended(self) -> bool:
        with suppress(ConnectionError):
            async with asyncio.timeout(60):
                return await self.reader.read() == b""
        return True


@asynccontextmanager
async def raw(number: int, *, greet: str = "LHLO mta.test") -> AsyncIterator[Raw]:
    reader, writer = await asyncio.open_connection("127.0.0.1", number)
    talk = Raw(reader, writer)
    try:
        if greet:
            assert (await talk.answer()).startswith("220 ")
            assert (await talk.say(greet))[0].startswith("250 ")
        yield talk
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
