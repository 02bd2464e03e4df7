"""TLS: certificate and host name are verified, whatever way the connection takes to it."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from ingest.email.imap import ImapPull, check
from ouvidor.errors import Misconfigured, Unavailable
from tests.ingest.email.mailbox_contract import QUIET_IMAPLIB2, mail, numbers
from tests.ingest.email.scripted import ScriptedServer, Talk

pytestmark = QUIET_IMAPLIB2


class Authority:
    """An authority of this test, and servers with certificates of it."""

    def __init__(self, where: Path) -> None:
        self._authority = trustme.CA()
        self.ca_file = where / "ca.pem"
        self._authority.cert_pem.write_to_path(self.ca_file)

    def context(self, name: str = "localhost", until: datetime | None = None) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert(name, not_after=until).configure_cert(context)
        return context


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
async def servers() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


def by(way: str, context: ssl.SSLContext) -> ScriptedServer:
    server = ScriptedServer(tls=context) if way == "implicit" else ScriptedServer(starttls=context)
    server.mails = {1: mail(1)}
    return server


ways = pytest.mark.parametrize("way", ["implicit", "starttls"])


@ways
async def test_a_server_that_the_authority_vouches_for_is_read(authority: Authority, servers: AsyncExitStack, way: str):
    server = await servers.enter_async_context(by(way, authority.context()))
    pull = ImapPull(server.account(tls=way, ca_file=str(authority.ca_file)))
    await pull.open(None)
    assert numbers(list((await pull.fetch()).deliveries)) == [1]
    await pull.close()
    assert server.logins


@ways
async def test_a_certificate_of_nobody_knows_whom_is_refused_before_the_password(
    authority: Authority, servers: AsyncExitStack, way: str
):
    server = await servers.enter_async_context(by(way, authority.context()))
    with pytest.raises(Misconfigured, match="certificate is not accepted"):
        await check(server.account(tls=way))
    assert server.logins == []


@ways
async def test_another_hosts_certificate_is_refused(authority: Authority, servers: AsyncExitStack, way: str):
    server = await servers.enter_async_context(by(way, authority.context("imap.outro.test")))
    with pytest.raises(Misconfigured, match=r"(?i)hostname mismatch"):
        await check(server.account(tls=way, ca_file=str(authority.ca_file)))
    assert server.logins == []


@ways
async def test_a_certificate_that_has_run_out_is_refused(authority: Authority, servers: AsyncExitStack, way: str):
    past = datetime.now(UTC) - timedelta(days=1)
    server = await servers.enter_async_context(by(way, authority.context(until=past)))
    with pytest.raises(Misconfigured, match="expired"):
        await check(server.account(tls=way, ca_file=str(authority.ca_file)))
    assert server.logins == []


async def test_reader_and_writer_do_not_meet_in_tls(authority: Authority, servers: AsyncExitStack):
    """They are two threads of imaplib2: where both are in OpenSSL at once, the process dies.

    The reader is there after STARTTLS, when a session ticket comes and no data, just when the next command is written.
    """
    server = await servers.enter_async_context(by("starttls", authority.context()))
    account = server.account(tls="starttls", ca_file=str(authority.ca_file))
    for _ in range(8):
        await asyncio.gather(*(check(account) for _ in range(10)))
    assert len(server.logins) == 80


async def test_a_port_without_tls_is_named_as_such(servers: AsyncExitStack):
    server = await servers.enter_async_context(ScriptedServer())
    with pytest.raises(Misconfigured, match="no TLS is spoken"):
        await check(server.account(tls="implicit"))


async def test_who_offers_no_starttls_gets_no_password(servers: AsyncExitStack):
    server = await servers.enter_async_context(ScriptedServer())
    with pytest.raises(Misconfigured, match="offers no STARTTLS"):
        await check(server.account(tls="starttls"))
    assert server.logins == []


async def test_who_calls_us_logged_in_before_tls_is_not_believed(authority: Authority, servers: AsyncExitStack):
    server = await servers.enter_async_context(by("starttls", authority.context()))
    server.greeting = "* PREAUTH welcome back"
    with pytest.raises(Unavailable, match="before TLS"):
        await check(server.account(tls="starttls", ca_file=str(authority.ca_file)))


async def test_a_word_before_the_answer_to_starttls_is_no_answer(authority: Authority, servers: AsyncExitStack):
    server = await servers.enter_async_context(by("starttls", authority.context()))

    async def chatty(talk: Talk, _: str, __: str) -> bool:
        await talk.say("* OK one moment")
        return False

    server.on["STARTTLS"] = chatty
    await check(server.account(tls="starttls", ca_file=str(authority.ca_file)))


async def test_what_was_slipped_in_before_tls_is_forgotten(authority: Authority, servers: AsyncExitStack):
    server = await servers.enter_async_context(by("starttls", authority.context()))

    async def slip(talk: Talk, tag: str, _: str) -> bool:
        await talk.raw(f"{tag} OK begin\r\n* CAPABILITY IMAP4rev1 AUTH=NONE\r\n".encode())
        return True

    server.on["STARTTLS"] = slip
    with pytest.raises((Unavailable, Misconfigured)):
        await check(server.account(tls="starttls", ca_file=str(authority.ca_file), timeout=2))
    assert server.logins == []


async def test_a_ca_file_that_is_not_there_is_named(tmp_path: Path, servers: AsyncExitStack):
    server = await servers.enter_async_context(ScriptedServer())
    with pytest.raises(Misconfigured, match=r"ca_file: .*ca\.pem"):
        await check(server.account(tls="implicit", ca_file=str(tmp_path / "ca.pem")))
