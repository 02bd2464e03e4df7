"""What never ends, ends: on a server that hangs, breaks off, floods or lies about lengths when it is told to."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from ingest.email import session
from ouvidor.errors import Unavailable
from tests.ingest.email.mailbox_contract import QUIET_IMAPLIB2, mail
from tests.ingest.email.scripted import ScriptedServer, Talk, fetch_line, opened

pytestmark = QUIET_IMAPLIB2
IN_TIME = 60.0
SILENT = 2
"""The `timeout` where it must be waited out: a connection that breaks is noticed without it."""


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as server:
        server.mails = {uid: mail(uid) for uid in (1, 2, 3)}
        yield server


async def stall(talk: Talk, _: str, __: str) -> None:
    await talk.stall()


async def fails_in_time(server: ScriptedServer, **others: Any) -> Unavailable:  # noqa: ANN401 - settings
    """Read the mailbox: it must be unavailable, and all of it over in time, thread and socket included."""
    began = time.monotonic()
    with pytest.raises(Unavailable) as refused:
        await _read(server, **others)
    assert time.monotonic() - began < IN_TIME
    await until_threads_end()
    return refused.value


async def _read(server: ScriptedServer, **others: Any) -> None:  # noqa: ANN401 - settings
    async with opened(server, **others) as pull:
        for _ in range(3):
            await pull.fetch()


async def until_threads_end() -> None:
    async with asyncio.timeout(IN_TIME):
        while any(  # noqa: ASYNC110 - threads tell nobody
            thread.name.startswith(("imap ", "ouvidor-imap")) for thread in threading.enumerate()
        ):
            await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    "command", ["GREETING", "CAPABILITY", "AUTHENTICATE", "EXAMINE", "UID SEARCH", "UID FETCH", "IDLE"]
)
async def test_a_server_that_hangs_is_unavailable_in_time(server: ScriptedServer, command: str):
    server.on[command] = stall
    words = str(await fails_in_time(server, timeout=SILENT))
    assert words.startswith(f"imap/caixa at localhost:{server.port}: ")


@pytest.mark.parametrize("command", ["GREETING", "AUTHENTICATE", "EXAMINE", "UID SEARCH", "UID FETCH", "IDLE"])
async def test_a_connection_that_breaks_is_unavailable(server: ScriptedServer, command: str):
    async def hang_up(talk: Talk, _: str, __: str) -> bool:
        talk.hang_up()
        return True

    server.on[command] = hang_up
    await fails_in_time(server)


@pytest.mark.parametrize("command", ["AUTHENTICATE", "EXAMINE", "UID SEARCH", "UID FETCH", "IDLE"])
async def test_a_server_that_says_bye_is_unavailable(server: ScriptedServer, command: str):
    async def bye(talk: Talk, _: str, __: str) -> bool:
        await talk.say("* BYE closing down for ana@ouvidor.test")
        talk.hang_up()
        return True

    server.on[command] = bye
    assert "ana" not in str(await fails_in_time(server))


async def test_a_server_that_greets_with_bye_is_unavailable(server: ScriptedServer):
    server.greeting = "* BYE too many connections"
    await fails_in_time(server)


async def test_a_server_that_talks_for_ever_has_an_end_too(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch):
    async def drip(talk: Talk, _: str, __: str) -> None:
        while True:
            await talk.say("* OK still searching")
            await asyncio.sleep(0.2)

    server.on["UID SEARCH"] = drip
    monkeypatch.setattr(session, "_LONGEST", 3.0)
    assert "no end of a command in 3 s" in str(await fails_in_time(server))


async def test_a_flood_breaks_the_connection_and_not_our_memory(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
):
    sent = 0

    async def flood(talk: Talk, _: str, __: str) -> None:
        nonlocal sent
        while True:
            await talk.raw(b"x" * 65536)  # without a line's end
            sent += 65536

    server.on["UID SEARCH"] = flood
    monkeypatch.setattr(session, "_OVERHEAD", 2**20)
    assert "more than was asked for" in str(await fails_in_time(server))
    assert sent < 32 * 2**20


async def test_a_bye_in_the_middle_of_a_mail_is_no_part_of_it(server: ScriptedServer):
    async def half(talk: Talk, _: str, arguments: str) -> bool:
        if "BODY" not in arguments:
            return False
        await talk.raw(fetch_line(1, 1, mail(1))[:60])
        talk.hang_up()
        return True

    server.on["UID FETCH"] = half
    await fails_in_time(server)


@pytest.mark.parametrize("lie", [-40, -1, 1, 500])
async def test_a_length_that_is_a_lie_is_never_taken_for_a_mail(server: ScriptedServer, lie: int):
    body = mail(1) + b"* BYE from inside a mail\r\n* 1 FETCH (UID 1 BODY[]<0> {3}\r\nabc)\r\n"

    async def liar(talk: Talk, tag: str, arguments: str) -> bool:
        if "BODY" not in arguments:
            return False
        await talk.raw(fetch_line(1, 1, body, length=len(body) + lie))
        await talk.say(f"{tag} OK done")
        return True

    server.on["UID FETCH"] = liar
    await fails_in_time(server, timeout=SILENT)  # for some it waits


async def test_a_farewell_within_a_literal_is_no_part_of_the_mail_and_the_mail_comes_later(server: ScriptedServer):
    whole = mail(2, "x" * 3000)
    server.mails[2] = whole

    async def farewell(talk: Talk, _: str, arguments: str) -> bool:
        if "BODY" not in arguments:
            return False
        line = fetch_line(2, 2, whole)
        await talk.raw(line[: len(line) // 2] + b"\r\n* BYE server is going down\r\n")
        talk.writer.close()
        return True

    server.on["UID FETCH"] = farewell
    await fails_in_time(server)
    server.on.clear()
    async with opened(server) as pull:
        found = {delivery.body for delivery in (await pull.fetch()).deliveries}
    assert found == set(server.mails.values())


async def test_a_server_that_is_silent_for_half_an_hour_is_given_up_in_seconds_and_read_on_later(
    server: ScriptedServer,
):
    """A firewall forgot the connection: what we say arrives nowhere, and nobody tells us."""
    async with opened(server) as pull:
        await pull.fetch()
        assert not (await pull.fetch()).deliveries
        server.on["IDLE"] = server.on["UID SEARCH"] = server.on["LOGOUT"] = stall
        server.mails[4] = mail(4)
        began = time.monotonic()
        with pytest.raises(Unavailable):
            await pull.fetch()
        assert time.monotonic() - began < IN_TIME
    server.on.clear()
    async with opened(server) as pull:
        assert len((await pull.fetch()).deliveries) == 4
    await until_threads_end()
