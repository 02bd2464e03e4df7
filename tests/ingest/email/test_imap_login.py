"""Logging in: what a refusal means, and that no secret is ever told."""

import base64
from collections.abc import AsyncIterator

import pytest

from ingest.email.imap import ImapPull
from ouvidor.errors import Misconfigured, Unavailable
from tests.ingest.email.mailbox_contract import QUIET_IMAPLIB2, mail
from tests.ingest.email.scripted import ScriptedServer, Talk, opened

pytestmark = QUIET_IMAPLIB2


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as server:
        server.mails = {uid: mail(uid) for uid in (1, 2, 3)}
        yield server


def chain(error: BaseException | None) -> list[BaseException]:
    """Give an error with all that hangs on it, shown or not."""
    found: list[BaseException] = []
    waiting = [error]
    while waiting:
        each = waiting.pop()
        if each is not None and each not in found:
            found.append(each)
            waiting += [each.__cause__, each.__context__]
    return found


class TestLogin:
    @pytest.mark.parametrize(
        ("answer", "error"),
        [
            ("NO [AUTHENTICATIONFAILED] Invalid credentials for ana@ouvidor.test", Misconfigured),
            ("NO Login failed.", Misconfigured),
            ("NO [UNAVAILABLE] Temporary authentication failure", Unavailable),
            ("NO [LIMIT] slow down", Unavailable),
            ("NO Too many simultaneous connections.", Unavailable),
            ("BAD what?", Misconfigured),
        ],
    )
    @pytest.mark.parametrize("way", ["AUTHENTICATE", "LOGIN"])
    async def test_a_refusal_is_for_a_person_or_for_another_try(
        self, server: ScriptedServer, answer: str, error: type[Exception], way: str
    ):
        async def refuse(talk: Talk, tag: str, _: str) -> bool:
            await talk.say(f"{tag} {answer}")
            return True

        server.capabilities = "IMAP4rev1" + (" AUTH=PLAIN" if way == "AUTHENTICATE" else "")
        server.on[way] = refuse
        with pytest.raises(error) as refused:
            await ImapPull(server.account(password="ultra-secreto")).open(None)
        everything = "".join(map(repr, chain(refused.value)))
        assert "secreto" not in everything
        assert "ana@" not in everything
        assert (getattr(refused.value, "retry_after", None) is not None) is (error is Unavailable)

    async def test_a_password_with_accents_goes_as_utf_8(self, server: ScriptedServer):
        async with opened(server, password='çã"o\\'):
            pass
        assert base64.b64decode(server.logins[0]) == "ana@ouvidor.test".join("\0\0").encode() + 'çã"o\\'.encode()

    async def test_a_password_with_quotes_is_quoted_where_there_is_only_login(self, server: ScriptedServer):
        server.capabilities = "IMAP4rev1"
        async with opened(server, password='a"b\\c d'):
            pass
        assert server.logins == ['"ana@ouvidor.test" "a\\"b\\\\c d"']

    async def test_a_server_that_takes_no_passwords_is_for_a_person(self, server: ScriptedServer):
        server.capabilities = "IMAP4rev1 LOGINDISABLED STARTTLS"
        with pytest.raises(Misconfigured, match="set tls: starttls"):
            await ImapPull(server.account()).open(None)
        assert server.logins == []
