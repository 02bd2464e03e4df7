"""What the port does with HTTP itself: senders that ask before they send, that never finish, that speak nonsense."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from ouvidor.local.kafka import LocalKafka
from tests.ingest.edge import Edge, listening, settings_for, words_of
from tests.ingest.river import make_topics

BODY = b'{"message":"depois de perguntar"}'
HEAD = b"POST /form/main HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" % len(BODY)


@pytest.fixture
async def edge(kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path) -> AsyncIterator[Edge]:
    settings = settings_for(kafka.bootstrap, f"{fresh_name('p')}.", tmp_path)
    await make_topics(settings)
    async with listening(settings, direct=True) as edge:
        yield edge


async def connect(edge: Edge) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", int(edge.url.rpartition(":")[2]))


async def head_of(reader: asyncio.StreamReader) -> str:
    async with asyncio.timeout(60):
        return (await reader.readuntil(b"\r\n\r\n")).decode()


class TestWhoAsksFirst:
    async def test_a_sender_that_asks_whether_to_send_is_told_to(self, edge: Edge):
        reader, writer = await connect(edge)
        writer.write(HEAD + b"Expect: 100-continue\r\n\r\n")
        assert await head_of(reader) == "HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(BODY)
        assert (await head_of(reader)).startswith("HTTP/1.1 202 ")
        writer.close()
        await writer.wait_closed()
        assert words_of(await edge.originals(1)) == ["depois de perguntar"]

    async def test_one_that_does_not_wait_for_the_answer_is_heard_too(self, edge: Edge):
        reader, writer = await connect(edge)
        writer.write(HEAD + b"Expect: 100-Continue\r\n\r\n" + BODY)
        answer = await head_of(reader)
        if answer.startswith("HTTP/1.1 100"):
            answer = await head_of(reader)
        assert answer.startswith("HTTP/1.1 202 ")
        writer.close()
        await writer.wait_closed()

    async def test_one_that_asks_at_an_address_that_there_is_not_is_told_so_at_once(self, edge: Edge):
        reader, writer = await connect(edge)
        writer.write(HEAD.replace(b"main", b"gone") + b"Expect: 100-continue\r\n\r\n")
        assert (await head_of(reader)).startswith("HTTP/1.1 404 ")
        writer.close()
        await writer.wait_closed()

    async def test_an_expectation_that_nobody_knows_is_no_reason_to_refuse(self, edge: Edge):
        reader, writer = await connect(edge)
        writer.write(HEAD + b"Expect: the-spanish-inquisition\r\n\r\n" + BODY)
        assert (await head_of(reader)).startswith("HTTP/1.1 202 ")
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /form/main HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /gone HTTP/1.1\r\nHost: x\r\n\r\n",
        b"DELETE /form/main HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x00\xa5 not HTTP\r\n\r\n",
        b"POST /form/main HTTP/1.1\r\nHost: x\r\nContent-Length: minus\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
    ],
)
async def test_no_answer_tells_which_programs_we_are_made_of(edge: Edge, request_: bytes):
    reader, writer = await connect(edge)
    writer.write(request_)
    head = await head_of(reader)
    assert "Server: ouvidor\r\n" in head
    assert "aiohttp" not in head.lower()
    assert "python" not in head.lower()
    writer.close()
    await writer.wait_closed()


class TestWhoNeverFinishes:
    @pytest.fixture
    async def edge(
        self, kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> AsyncIterator[Edge]:
        monkeypatch.setattr("ingest.push._HEADERS_WITHIN", 1.0)
        settings = settings_for(kafka.bootstrap, f"{fresh_name('p')}.", tmp_path)
        await make_topics(settings)
        async with listening(settings) as edge:
            yield edge

    @pytest.mark.parametrize("said", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\n", b"\r\n\r\n"])
    async def test_headers_that_do_not_end_are_given_up(self, edge: Edge, said: bytes):
        reader, writer = await connect(edge)
        writer.write(said)
        async with asyncio.timeout(60):
            assert b"200" not in await reader.read()
        writer.close()
        await writer.wait_closed()

    async def test_drops_of_headers_win_no_time(self, edge: Edge):
        reader, writer = await connect(edge)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n")

        async def drip() -> None:
            while True:
                writer.write(b"X: y\r\n")
                await asyncio.sleep(0.05)

        dripping = asyncio.ensure_future(drip())
        try:
            async with asyncio.timeout(60):
                assert await reader.read() == b""
        finally:
            dripping.cancel()
            writer.transport.abort()

    async def test_a_connection_that_is_used_again_is_not_cut_in_a_call(self, edge: Edge):
        reader, writer = await connect(edge)
        for _ in range(2):
            writer.write(b"GET /gone HTTP/1.1\r\nHost: x\r\n\r\n")
            head = await head_of(reader)
            assert head.startswith("HTTP/1.1 404 ")
            await reader.readexactly(int(head.lower().partition("content-length: ")[2].split("\r\n")[0]))
        async with asyncio.timeout(60):
            assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()
