"""The mailbox tests on Dovecot, the server that most mailboxes lie on (`make system test-system`)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trustme

from ingest.email.imap import ImapPull, check
from ouvidor.errors import Misconfigured
from tests.ingest.email.mailbox_contract import QUIET_IMAPLIB2, MailboxContract, mail, numbers
from tests.ingest.email.servers import MailServer, OnDovecot

pytestmark = [pytest.mark.system, QUIET_IMAPLIB2]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
async def server(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[MailServer]:
    certificate = tmp_path_factory.mktemp("dovecot") / "server.pem"
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(certificate)
    async with OnDovecot(certificate) as server:
        yield server


class TestOnDovecot(MailboxContract):
    pass


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return str(tmp_path / "ca.pem")


@pytest.mark.parametrize("way", ["implicit", "starttls"])
async def test_dovecot_is_read_by_tls_and_by_its_right_name_alone(server: MailServer, ca_file: str, way: str):
    box = server.mailbox()
    await box.client.put_all([mail(1), mail(2, "x" * 3_000_000)])
    given = {"tls": way, "ca_file": ca_file, "port": server.imaps_port if way == "implicit" else server.imap_port}
    pull = ImapPull(box.account(host="localhost", **given))
    await pull.open(None)
    assert numbers(list((await pull.fetch()).deliveries)) == [1, 2]
    await pull.close()
    with pytest.raises(Misconfigured, match="certificate is not accepted"):
        await check(box.account(host="127.0.0.1", **given))
    with pytest.raises(Misconfigured, match="certificate is not accepted"):
        await check(box.account(host="localhost", **(given | {"ca_file": None})))
