"""Mailboxes that take no passwords: on a server that says what Exchange and Gmail say, with tokens of a real server."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.email.entrance import Entrance
from ingest.email.imap import ImapPull, Mailboxes
from ingest.email.settings import ImapAccount
from ouvidor.errors import Misconfigured, Unavailable
from tests.ingest.email.mailbox_contract import QUIET_IMAPLIB2, mail, numbers
from tests.ingest.email.scripted import ScriptedServer, Talk
from tests.ingest.email.test_imap_login import chain
from tests.ingest.email.token_server import TokenServer

pytestmark = QUIET_IMAPLIB2


class BearerServer(ScriptedServer):
    """Lets in who shows a token that the token server gave and has not ended."""

    def __init__(self, issuer: TokenServer, mechanism: str = "XOAUTH2") -> None:
        super().__init__()
        self.capabilities = f"IMAP4rev1 IDLE AUTH={mechanism}"
        self.issuer = issuer
        self.closing_words: list[bytes] = []
        self.on["AUTHENTICATE"] = self._bearer

    async def _bearer(self, talk: Talk, tag: str, mechanism: str) -> bool:
        await talk.say("+ ")
        said = base64.b64decode(await talk.reader.readline()).decode()
        self.logins.append(said)
        token = said.partition("auth=Bearer ")[2].partition("\x01")[0]
        if token in self.issuer.access:
            await talk.say(f"{tag} OK in")
            return True
        why = json.dumps({"status": "400", "schemes": "Bearer", "scope": "https://mail.google.com/"})
        await talk.say("+ " + base64.b64encode(why.encode()).decode())
        self.closing_words.append(await talk.reader.readline())  # without it, it waits for ever, as Gmail does
        await talk.say(f"{tag} NO [AUTHENTICATIONFAILED] Invalid credentials for ana@ouvidor.test")
        return True

    def oauth_account(self, data: Path, **others: Any) -> ImapAccount:  # noqa: ANN401 - settings
        given = self.given() | {"password": None, "oauth": self.issuer.given(**others)}
        return ImapAccount(**given).at(data)


@pytest.fixture
async def issuer() -> AsyncIterator[TokenServer]:
    async with TokenServer() as issuer:
        yield issuer


@pytest.fixture
async def server(issuer: TokenServer) -> AsyncIterator[BearerServer]:
    async with BearerServer(issuer) as server:
        server.mails = {uid: mail(uid) for uid in (1, 2, 3)}
        yield server


def grant(account: ImapAccount) -> None:
    tokens = Entrance(account).tokens
    issuer_answer = _answers[account.its_port]
    assert tokens is not None
    tokens.keep(json.loads(issuer_answer._tokens(refresh=True).body))  # type: ignore[arg-type]


_answers: dict[int, TokenServer] = {}


@pytest.fixture
def account(server: BearerServer, tmp_path: Path) -> ImapAccount:
    """Give an account whose first grant was just given."""
    _answers[server.port] = server.issuer
    its = server.oauth_account(tmp_path)
    grant(its)
    return its


@pytest.mark.parametrize("mechanism", ["XOAUTH2", "OAUTHBEARER"])
async def test_a_mailbox_is_read_with_a_token(issuer: TokenServer, tmp_path: Path, mechanism: str):
    async with BearerServer(issuer, mechanism) as server:
        server.mails = {uid: mail(uid) for uid in (1, 2, 3)}
        _answers[server.port] = issuer
        account = server.oauth_account(tmp_path)
        grant(account)
        pull = ImapPull(account)
        await pull.open(None)
        assert numbers(list((await pull.fetch()).deliveries)) == [1, 2, 3]
        await pull.close()
    assert server.commands[1] == f"AUTHENTICATE {mechanism}"


async def test_a_token_that_is_let_in_no_more_is_changed_for_a_new_one(server: BearerServer, account: ImapAccount):
    server.issuer.access.clear()  # the user's password was changed: what was given is worth nothing
    pull = ImapPull(account)
    await pull.open(None)
    await pull.close()
    assert server.closing_words == [b"\r\n"]
    assert len(server.logins) == 2


async def test_a_server_that_lets_no_token_in_is_for_a_person_and_is_not_knocked_at_with_ever_new_ones(
    server: BearerServer, account: ImapAccount
):
    pulls = Mailboxes()  # as the edge uses it: a new pull after each failure
    server.issuer.before_answer = server.issuer.access.clear
    server.issuer.access.clear()
    for _ in range(3):
        pull = pulls(account)
        with pytest.raises(Misconfigured, match=r"refuses the token \(400\).*that IMAP is on for it") as refused:
            await pull.open(None)
        await pull.close()
        everything = "".join(map(repr, chain(refused.value)))
        assert not [token for token in server.logins if token.partition("Bearer ")[2][:40] in everything]
        assert "ana@" not in everything
    assert len(server.issuer.asked) == 1
    assert len(server.logins) == 4


async def test_a_grant_that_is_over_bothers_no_mail_server_and_no_other_account(
    server: BearerServer, account: ImapAccount, tmp_path: Path
):
    server.issuer.access.clear()
    server.issuer.revoked = True
    pulls = Mailboxes()
    with pytest.raises(Misconfigured, match="ouvidor mail login caixa"):
        await pulls(account).open(None)
    knocks = len(server.commands)
    for _ in range(3):
        with pytest.raises(Misconfigured, match=r"^imap/caixa at localhost:\d+: its grant is over"):
            await pulls(account).open(None)
    assert len(server.commands) == knocks
    assert len(server.issuer.asked) == 1

    server.issuer.revoked = False
    other = ImapAccount(**(account.model_dump() | {"account": "outra"})).at(tmp_path)
    grant(other)
    pull = pulls(other)
    await pull.open(None)
    assert numbers(list((await pull.fetch()).deliveries)) == [1, 2, 3]
    await pull.close()


async def test_a_server_that_lets_nobody_in_just_now_is_away_and_the_token_stays(
    server: BearerServer, account: ImapAccount
):
    async def busy(talk: Talk, tag: str, _: str) -> bool:
        await talk.say("+ ")
        await talk.reader.readline()
        await talk.say(f"{tag} NO Request is throttled. Suggested Backoff Time: 90000 milliseconds")
        return True

    server.on["AUTHENTICATE"] = busy
    with pytest.raises(Unavailable) as told:
        await ImapPull(account).open(None)
    assert told.value.retry_after == timedelta(seconds=90)
    assert server.issuer.asked == []


async def test_a_session_ends_before_its_token_and_goes_on_with_the_next_one(
    server: BearerServer, account: ImapAccount
):
    moved = timedelta()
    entrance = Entrance(account, clock=lambda: datetime.now(UTC) + moved)
    pull = ImapPull(account, entrance=entrance)
    await pull.open(None)
    assert len((await pull.fetch()).deliveries) == 3
    moved = timedelta(minutes=59, seconds=30)
    server.mails[4] = mail(4)
    assert numbers(list((await pull.fetch()).deliveries)) == [4]
    await pull.close()
    assert len(server.logins) == 2
    assert server.logins[0] != server.logins[1]


async def test_a_server_that_takes_no_tokens_is_for_a_person(server: BearerServer, account: ImapAccount):
    server.capabilities = "IMAP4rev1 AUTH=PLAIN"
    with pytest.raises(Misconfigured, match="takes no tokens"):
        await ImapPull(account).open(None)
    assert server.logins == []


@pytest.mark.parametrize("words", ["+ !!!not base 64!!!", "+ bm90IEpTT04="])
async def test_a_challenge_that_cannot_be_read_ends_in_time(server: BearerServer, account: ImapAccount, words: str):
    async def garble(talk: Talk, tag: str, _: str) -> bool:
        await talk.say("+ ")
        await talk.reader.readline()
        await talk.say(words)
        await talk.reader.readline()
        await talk.say(f"{tag} NO no")
        return True

    server.on["AUTHENTICATE"] = garble
    async with asyncio.timeout(60):
        with pytest.raises((Misconfigured, Unavailable)):
            await ImapPull(account).open(None)
