"""News that arrive while an IDLE begins end it at once: before the server's go-ahead, with it, or in its stead."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from ingest.email.session import Session
from ingest.email.settings import ImapAccount
from ouvidor.errors import Unavailable

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:imaplib2.imaplib2")


@asynccontextmanager
async def server(idle: list[str]) -> AsyncIterator[int]:
    """A server that answers IDLE with these lines (`TAG` is the command's); after a go-ahead it waits for DONE."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK hello\r\n")
        while line := await reader.readline():
            tag, command, *_ = line.decode().split()
            if command == "LOGOUT" or (command == "IDLE" and "* BYE going down" in idle):
                writer.write(f"* BYE going down\r\n{tag} OK\r\n".encode())
                break
            if command == "IDLE":
                for each in idle:
                    writer.write(each.replace("TAG", tag).encode() + b"\r\n")
                    await writer.drain()
                    await asyncio.sleep(0.02)  # each in a packet of its own
                if "+ idling" in idle and await reader.readline() == b"DONE\r\n":
                    writer.write(f"{tag} OK done\r\n".encode())
                continue
            if command == "CAPABILITY":
                writer.write(b"* CAPABILITY IMAP4rev1 IDLE\r\n")
            elif command == "EXAMINE":
                writer.write(b"* 0 EXISTS\r\n* OK [UIDVALIDITY 1] fine\r\n")
            writer.write(f"{tag} OK fine\r\n".encode())
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listening:
        yield listening.sockets[0].getsockname()[1]


async def _idle(port: int, seconds: float) -> tuple[float, bool]:
    """Give how long the IDLE took, and whether it heard of news."""
    account = ImapAccount(
        network="imap", account="box", host="127.0.0.1", port=port, tls="none", username="a", password="b", timeout=20
    )
    session = await Session.begin(account)
    try:
        await session.examine("INBOX")
        begun = time.monotonic()
        await session.idle(seconds)
        return time.monotonic() - begun, session.news
    finally:
        await session.close()


@pytest.mark.parametrize(
    "lines",
    [
        ["* 1 EXISTS", "+ idling"],
        ["* 1 EXISTS", "* 1 RECENT", "+ idling", "* 2 EXISTS"],
        ["+ idling", "* 1 EXISTS"],
    ],
    ids=["before the go-ahead", "before and after it", "after it"],
)
async def test_news_at_the_begin_of_an_idle_end_it(lines: list[str]) -> None:
    async with server(lines) as port:
        took, news = await _idle(port, seconds=20)
    assert took < 15
    assert news


async def test_an_idle_that_is_refused_after_news_ends_at_once() -> None:
    async with server(["* 1 EXISTS", "TAG NO not now"]) as port:
        took, _ = await _idle(port, seconds=20)
    assert took < 15


async def test_a_farewell_before_the_go_ahead_ends_the_session() -> None:
    async with server(["* BYE going down"]) as port:
        with pytest.raises(Unavailable):
            await _idle(port, seconds=20)


async def test_an_idle_without_news_lasts_as_long_as_it_was_asked_to() -> None:
    async with server(["+ idling"]) as port:
        took, news = await _idle(port, seconds=1)
    assert 0.9 < took < 15
    assert not news
