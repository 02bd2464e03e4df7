"""The mailbox tests on GreenMail, which every machine with Python can run."""

from collections.abc import AsyncIterator

import pytest

from tests.ingest.email.mailbox_contract import MailboxContract
from tests.ingest.email.servers import MailServer, OnGreenMail


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[MailServer]:
    async with OnGreenMail() as server:
        yield server


class TestOnGreenMail(MailboxContract):
    pass
