"""A small IMAP server that does what it is told, and what real ones do wrong.

It holds one folder of mails by UID, and others in `boxes`. `on["UID FETCH"] = deed` puts a deed in the place of its own
answer; the deed gives True where it answered, False to let the server answer as it should. What clients said is in
`commands`.
"""

import asyncio
import contextlib
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Final, Self

from ingest.email.imap import ImapPull
from ingest.email.settings import ImapAccount

STALL: Final = 3600.0


class Talk:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.folder = "INBOX"

    async def say(self, *lines: str | bytes) -> None:
        for line in lines:
            self.writer.write(line.encode() if isinstance(line, str) else line)
            self.writer.write(b"\r\n")
        await self.writer.drain()

    async def raw(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def stall(self) -> None:
        await asyncio.sleep(STALL)

    def hang_up(self) -> None:
        self.writer.transport.abort()


Deed = Callable[[Talk, str, str], Awaitable[bool | None]]
"""Given the connection, the tag and the arguments."""


class ScriptedServer:
    """`async with` starts and stops it."""

    def __init__(self, *, tls: ssl.SSLContext | None = None, starttls: ssl.SSLContext | None = None) -> None:
        self.mails: dict[int, bytes] = {}
        self.boxes: dict[str, dict[int, bytes]] = {}
        self.validity = 1
        self.greeting = "* OK ready"
        self.capabilities = "IMAP4rev1 IDLE AUTH=PLAIN" + (" STARTTLS" if starttls else "")
        self.on: dict[str, Deed] = {}
        self.commands: list[str] = []
        self.logins: list[str] = []
        self.idle_news: asyncio.Queue[str] = asyncio.Queue()
        self._tls, self._upgrade = tls, starttls
        self._talks: set[asyncio.Task[Any]] = set()
        self._open: set[Talk] = set()

    def given(self) -> dict[str, Any]:
        """Give the settings of an account here."""
        return {
            "network": "imap",
            "account": "caixa",
            "host": "localhost",
            "port": self.port,
            "tls": "none",
            "username": "ana@ouvidor.test",
            "password": "segredo",
            "idle": 1,
            "poll": 1,
            "timeout": 20,
        }

    def account(self, **others: Any) -> ImapAccount:  # noqa: ANN401 - settings
        return ImapAccount(**(self.given() | others))

    def hang_up(self) -> None:
        """Break all connections."""
        for talk in self._open:
            talk.hang_up()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        talk = Talk(reader, writer)
        self._open.add(talk)
        try:
            with contextlib.suppress(ConnectionError, ssl.SSLError, TimeoutError):
                await self._talk(talk)
        finally:
            self._talks.discard(task)
            self._open.discard(talk)
            talk.hang_up()

    async def _talk(self, talk: Talk) -> None:
        if "GREETING" in self.on:
            if await self.on["GREETING"](talk, "", ""):
                return
        else:
            await talk.say(self.greeting)
        while line := (await talk.reader.readline()).decode("utf-8", "replace").rstrip("\r\n"):
            tag, _, rest = line.partition(" ")
            name, _, arguments = rest.partition(" ")
            if name == "UID":
                second, _, arguments = arguments.partition(" ")
                name = f"UID {second}"
            self.commands.append(f"{name} {arguments}".strip())
            if name in self.on and await self.on[name](talk, tag, arguments) is not False:
                continue
            answer = getattr(self, "_" + name.lower().replace(" ", "_"), None)
            if answer is None:
                await talk.say(f"{tag} BAD unknown")
            else:
                await answer(talk, tag, arguments)

    async def _capability(self, talk: Talk, tag: str, _: str) -> None:
        await talk.say(f"* CAPABILITY {self.capabilities}", f"{tag} OK done")

    async def _login(self, talk: Talk, tag: str, arguments: str) -> None:
        self.logins.append(arguments)
        await talk.say(f"{tag} OK in")

    async def _authenticate(self, talk: Talk, tag: str, _: str) -> None:
        await talk.say("+ ")
        self.logins.append((await talk.reader.readline()).decode().strip())
        await talk.say(f"{tag} OK in")

    async def _starttls(self, talk: Talk, tag: str, _: str) -> None:
        assert self._upgrade is not None
        await talk.say(f"{tag} OK begin")
        await talk.writer.start_tls(self._upgrade)

    def box(self, talk: Talk) -> dict[int, bytes]:
        """Give the folder that is open."""
        return self.boxes.get(talk.folder, self.mails)

    async def _examine(self, talk: Talk, tag: str, arguments: str) -> None:
        talk.folder = arguments.strip('"')
        await talk.say(
            f"* {len(self.box(talk))} EXISTS",
            "* 0 RECENT",
            f"* OK [UIDVALIDITY {self.validity}] valid",
            f"{tag} OK [READ-ONLY] open",
        )

    async def _uid_search(self, talk: Talk, tag: str, arguments: str) -> None:
        found = sorted(self.box(talk))
        if span := re.fullmatch(r"UID (\d+):\*", arguments):
            found = [uid for uid in found if uid >= int(span[1])] or found[-1:]  # `n:*` always finds the last one
        elif arguments.startswith("UID "):
            wanted = uids(arguments.removeprefix("UID ").split(maxsplit=1)[0])
            found = [uid for uid in found if uid in wanted]
        await talk.say("* SEARCH " + " ".join(map(str, found)), f"{tag} OK done")

    async def _uid_fetch(self, talk: Talk, tag: str, arguments: str) -> None:
        wanted = uids(arguments.split(maxsplit=1)[0])
        for number, (uid, mail) in enumerate(sorted(self.box(talk).items()), 1):
            if uid not in wanted:
                continue
            if part := re.search(r"BODY\.PEEK\[\]<(\d+)\.(\d+)>", arguments):
                start, size = int(part[1]), int(part[2])
                await talk.raw(fetch_line(number, uid, mail[start : start + size], start))
            else:
                await talk.say(f"* {number} FETCH (UID {uid} RFC822.SIZE {len(mail)})")
        await talk.say(f"{tag} OK done")

    async def _idle(self, talk: Talk, tag: str, _: str) -> None:
        await talk.say("+ idling")
        done = asyncio.ensure_future(talk.reader.readline())
        while not done.done():
            news = asyncio.ensure_future(self.idle_news.get())
            await asyncio.wait({done, news}, return_when=asyncio.FIRST_COMPLETED)
            if news.done():
                await talk.say(news.result())
            else:
                news.cancel()
        self.commands.append(done.result().decode().strip())
        await talk.say(f"{tag} OK done")

    async def _logout(self, talk: Talk, tag: str, _: str) -> None:
        await talk.say("* BYE bye", f"{tag} OK out")


@asynccontextmanager
async def opened(server: ScriptedServer, cursor: bytes | None = None, **others: Any) -> AsyncIterator[ImapPull]:  # noqa: ANN401
    """Open the server's folder as an account does."""
    pull = ImapPull(server.account(**others))
    try:
        await pull.open(cursor)
        yield pull
    finally:
        await pull.close()


def fetch_line(number: int, uid: int, body: bytes, start: int = 0, length: int | None = None) -> bytes:
    """Give a FETCH answer with a body; `length` is what is said of its length, if it is a lie."""
    size = len(body) if length is None else length
    return b"* %d FETCH (UID %d BODY[]<%d> {%d}\r\n%b)\r\n" % (number, uid, start, size, body)


def uids(written: str) -> set[int]:
    found: set[int] = set()
    for run in written.split(","):
        first, _, last = run.partition(":")
        found.update(range(int(first), int(last or first) + 1))
    return found
