"""Servers that have enough of us, in the words of those that do: we stay away as long as they say, and lose nothing."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from ingest.email.imap import ImapPull, Mailboxes
from ingest.pull import pause_after
from ouvidor.errors import Misconfigured, Unavailable
from tests.ingest.email.mailbox_contract import QUIET_IMAPLIB2, all_of, mail, numbers
from tests.ingest.email.scripted import ScriptedServer, Talk

pytestmark = QUIET_IMAPLIB2
EXCHANGE = "Request is throttled. Suggested Backoff Time: 299910 milliseconds"
WORDS = [
    (f"NO {EXCHANGE}", timedelta(milliseconds=299_910)),
    (f"BAD {EXCHANGE}", timedelta(milliseconds=299_910)),
    ("NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)", timedelta(minutes=1)),
    ("NO [LIMIT] Rate limit hit.", timedelta(minutes=1)),
    ("NO Server Unavailable. 15", timedelta(minutes=1)),
    ("BAD Request is throttled. Suggested Backoff Time: 999999999 milliseconds", timedelta(hours=1)),
]


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as server:
        server.mails = {uid: mail(uid) for uid in (1, 2, 3)}
        yield server


@pytest.mark.parametrize("command", ["EXAMINE", "UID SEARCH", "UID FETCH"])
@pytest.mark.parametrize(("words", "pause"), WORDS)
async def test_who_throttles_is_left_alone_for_as_long_as_it_says_and_every_mail_comes_then(
    server: ScriptedServer, command: str, words: str, pause: timedelta
):
    async def throttle(talk: Talk, tag: str, _: str) -> bool:
        await talk.say(f"{tag} {words}")
        return True

    server.on[command] = throttle
    pulls = Mailboxes()
    for _ in range(5):  # more often than a mail may break a connection
        pull = pulls(server.account())
        await pull.open(None)
        with pytest.raises(Unavailable) as told:
            await pull.fetch()
        await pull.close()
        assert told.value.retry_after == pause
    server.on.clear()
    pull = pulls(server.account())
    await pull.open(None)
    found, _ = await all_of(pull)
    await pull.close()
    assert numbers(found) == [1, 2, 3]
    assert all(delivery.body for delivery in found)


async def test_a_throttling_that_ends_the_connection_too_is_no_fault_of_the_mails(server: ScriptedServer):
    async def throttle(talk: Talk, tag: str, arguments: str) -> bool:
        if "BODY" not in arguments:
            return False
        await talk.raw(f"{tag} BAD {EXCHANGE}\r\n* BYE Connection closed. 14\r\n".encode())
        talk.writer.close()
        return True

    server.on["UID FETCH"] = throttle
    pulls = Mailboxes()
    for _ in range(4):
        pull = pulls(server.account())
        await pull.open(None)
        with pytest.raises(Unavailable):
            await pull.fetch()
        await pull.close()
    server.on.clear()
    pull = pulls(server.account())
    await pull.open(None)
    found, _ = await all_of(pull)
    await pull.close()
    assert [bool(delivery.body) for delivery in found] == [True] * 3


async def test_a_login_that_is_refused_for_an_hour_is_tried_now_and_then_and_costs_no_mail(server: ScriptedServer):
    """An hour of an expired licence or a locked mailbox, by the pauses that the edge makes."""

    async def refuse(talk: Talk, tag: str, _: str) -> bool:
        await talk.say("+ ")
        await talk.reader.readline()
        await talk.say(f"{tag} NO [AUTHENTICATIONFAILED] no")
        return True

    pull = ImapPull(server.account())
    await pull.open(None)
    _, cursor = await all_of(pull)
    await pull.close()
    server.on["AUTHENTICATE"] = refuse
    server.mails[4] = mail(4)
    gone, failures = timedelta(), 0
    while gone < timedelta(hours=1):
        failures += 1
        with pytest.raises(Misconfigured) as told:
            await ImapPull(server.account()).open(cursor)
        gone += pause_after(told.value, failures, 0.5)
    assert failures == 12  # every five minutes: no provider locks an account for that
    server.on.clear()
    pull = ImapPull(server.account())
    await pull.open(cursor)
    assert numbers((await all_of(pull))[0]) == [4]
    await pull.close()


async def test_a_login_that_is_throttled_for_an_hour_is_not_tried_more_than_once_a_minute(server: ScriptedServer):
    async def refuse(talk: Talk, tag: str, _: str) -> bool:
        await talk.say("+ ")
        await talk.reader.readline()
        await talk.say(f"{tag} NO [UNAVAILABLE] Temporary authentication failure.")
        return True

    server.on["AUTHENTICATE"] = refuse
    gone, failures = timedelta(), 0
    while gone < timedelta(hours=1):
        failures += 1
        with pytest.raises(Unavailable) as told:
            await ImapPull(server.account()).open(None)
        gone += pause_after(told.value, failures, 0.0)
    assert failures <= 60
