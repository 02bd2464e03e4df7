"""The mailbox tests on Dovecot, the server that most mailboxes lie on (`make system test-system`)."""

from collections.abc import AsyncIterator

import pytest

from tests.ingest.email.mailbox_contract import MailboxContract
from tests.ingest.email.servers import MailServer, OnDovecot


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[MailServer]:
    async with OnDovecot() as server:
        yield server


@pytest.mark.system
class TestOnDovecot(MailboxContract):
    pass
