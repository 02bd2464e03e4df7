"""The mailbox tests on GreenMail, which every machine with Python can run."""

from collections.abc import AsyncIterator

import pytest

from ingest.email.imap import check
from ouvidor.errors import Misconfigured
from tests.ingest.email.mailbox_contract import QUIET_IMAPLIB2, MailboxContract
from tests.ingest.email.servers import MailServer, OnGreenMail


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[MailServer]:
    async with OnGreenMail() as server:
        yield server


class TestOnGreenMail(MailboxContract):
    pass


@QUIET_IMAPLIB2
async def test_greenmails_own_certificate_is_not_trusted(server: MailServer):
    with pytest.raises(Misconfigured, match="certificate is not accepted"):
        await check(server.mailbox().account(tls="implicit", port=server.imaps_port))
