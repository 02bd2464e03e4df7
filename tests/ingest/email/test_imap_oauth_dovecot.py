"""Tokens on Dovecot, which asks the token server whose they are (`make system test-system`)."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ingest.email import login
from ingest.email.entrance import Entrance
from ingest.email.imap import ImapPull
from ingest.email.settings import ImapAccount
from ouvidor.errors import Misconfigured
from tests.ingest.email.dovecot import Dovecot
from tests.ingest.email.mailbox_contract import QUIET_IMAPLIB2, mail, numbers
from tests.ingest.email.other_client import OtherClient
from tests.ingest.email.token_server import TokenServer

pytestmark = [pytest.mark.system, QUIET_IMAPLIB2]
USER = TokenServer.user


@pytest.fixture
async def issuer() -> AsyncIterator[TokenServer]:
    async with TokenServer() as issuer:
        yield issuer


@pytest.fixture
async def dovecot(issuer: TokenServer) -> AsyncIterator[Dovecot]:
    async with Dovecot({USER: "senha"}, introspection=f"{issuer.url}/introspect") as dovecot:
        yield dovecot


@pytest.fixture
def account(issuer: TokenServer, dovecot: Dovecot, tmp_path: Path) -> ImapAccount:
    given = {"network": "imap", "account": "caixa", "host": "127.0.0.1", "port": dovecot.imap_port, "tls": "none"}
    account = ImapAccount(**given, username=USER, oauth=issuer.given(), idle=1, timeout=10).at(tmp_path)
    tokens = Entrance(account).tokens
    assert tokens is not None
    tokens.keep(json.loads(issuer._tokens(refresh=True).body))  # type: ignore[arg-type]
    return account


@pytest.mark.parametrize("mechanism", ["XOAUTH2", "OAUTHBEARER"])
async def test_dovecot_lets_a_token_in_by_both_mechanisms(
    dovecot: Dovecot, account: ImapAccount, mechanism: str, monkeypatch: pytest.MonkeyPatch
):
    await OtherClient("127.0.0.1", dovecot.imap_port, USER, "senha").put_all([mail(1), mail(2)])
    monkeypatch.setattr(login, "mechanism_of", lambda offered: mechanism if f"AUTH={mechanism}" in offered else None)
    pull = ImapPull(account)
    await pull.open(None)
    assert numbers(list((await pull.fetch()).deliveries)) == [1, 2]
    await pull.close()


@pytest.mark.parametrize("mechanism", ["XOAUTH2", "OAUTHBEARER"])
async def test_dovecots_challenge_is_answered_and_a_new_token_let_in(
    issuer: TokenServer, dovecot: Dovecot, account: ImapAccount, mechanism: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(login, "mechanism_of", lambda offered: mechanism if f"AUTH={mechanism}" in offered else None)
    issuer.access.clear()
    pull = ImapPull(account)
    await pull.open(None)
    await pull.close()
    assert [form["grant_type"] for form in issuer.asked] == ["refresh_token"]


async def test_a_token_of_somebody_else_is_for_a_person(issuer: TokenServer, dovecot: Dovecot, account: ImapAccount):
    issuer.user = "somebody@ouvidor.test"
    with pytest.raises(Misconfigured, match="check that username is the mailbox"):
        await ImapPull(account).open(None)
