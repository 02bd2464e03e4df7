"""Mails that a server lists and does not give: they stop no other, and go to a person in the end."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from ingest.email.imap import Mailboxes
from ouvidor.errors import Unavailable
from tests.ingest.email.mailbox_contract import QUIET_IMAPLIB2, mail, numbers
from tests.ingest.email.scripted import ScriptedServer, Talk, fetch_line, opened, uids

pytestmark = QUIET_IMAPLIB2


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as server:
        server.mails = {uid: mail(uid) for uid in (1, 2, 3)}
        yield server


@pytest.mark.parametrize("answer", ["NO [SERVERBUG] cannot read it", "BAD invalid message set", "OK done"])
async def test_a_mail_that_is_never_given_does_not_stop_the_others_and_goes_to_a_person(
    server: ScriptedServer, answer: str
):
    async def refuse(talk: Talk, tag: str, arguments: str) -> bool:
        if "BODY" not in arguments or 2 not in uids(arguments.split(maxsplit=1)[0]):
            return False
        await talk.say(f"{tag} {answer}")
        return True

    server.on["UID FETCH"] = refuse
    cursor: bytes | None = None
    given: list[int] = []
    stand_ins = []
    for looks in range(1, 12):
        server.mails[looks + 10] = mail(looks + 10)  # others come and are given
        async with opened(server, cursor, idle=1) as pull:
            fetched = await pull.fetch()
        cursor = fetched.cursor
        given += numbers([each for each in fetched.deliveries if each.body])
        stand_ins += [each for each in fetched.deliveries if not each.body]
    assert given == [1, 3, *range(11, 22)]
    [stand_in] = stand_ins
    assert stand_in.hints["unfetched"].startswith("UID 2 ")
    assert stand_in.own_id


@pytest.mark.parametrize("answer", ["NO some are gone", "BAD one is broken"])
async def test_what_is_given_beside_a_refusal_is_taken(server: ScriptedServer, answer: str):
    async def some(talk: Talk, tag: str, arguments: str) -> bool:
        if "BODY" not in arguments or 2 not in uids(arguments.split(maxsplit=1)[0]):
            return False
        for number in sorted(uids(arguments.split(maxsplit=1)[0]) - {2}):
            await talk.raw(fetch_line(number, number, server.mails[number]))
        await talk.say(f"{tag} {answer}")
        return True

    server.on["UID FETCH"] = some
    async with opened(server) as pull:
        assert numbers(list((await pull.fetch()).deliveries)) == [1, 3]
    asked = [command.split()[2] for command in server.commands if "BODY" in command]
    assert asked == ["1:3", "2"]


async def test_a_mail_that_breaks_the_connection_is_asked_for_alone_and_then_given_up(server: ScriptedServer):
    async def break_(talk: Talk, _: str, arguments: str) -> bool:
        if "BODY" not in arguments or 2 not in uids(arguments.split(maxsplit=1)[0]):
            return False
        talk.hang_up()
        return True

    server.on["UID FETCH"] = break_
    pulls = Mailboxes()  # as the edge uses it: a new pull after each failure
    failures = 0
    async with asyncio.timeout(60):
        while True:
            pull = pulls(server.account())
            try:
                await pull.open(None)
                fetched = await pull.fetch()
                break
            except Unavailable:
                failures += 1
            finally:
                await pull.close()
    assert failures == 3
    assert numbers([each for each in fetched.deliveries if each.body]) == [1, 3]
    assert [each.hints["unfetched"][:6] for each in fetched.deliveries if not each.body] == ["UID 2 "]


async def test_a_long_mail_goes_on_where_the_connection_broke(server: ScriptedServer):
    server.mails = {1: mail(1, "".join(f"{number:06}\r\n" for number in range(400_000)))}
    asked: list[int] = []

    async def break_now_and_then(talk: Talk, _: str, arguments: str) -> bool:
        if "BODY" not in arguments:
            return False
        asked.append(int(arguments.partition("<")[2].partition(".")[0]))
        if len(asked) % 3 == 0:
            talk.hang_up()
            return True
        return False

    server.on["UID FETCH"] = break_now_and_then
    pulls = Mailboxes()
    async with asyncio.timeout(60):
        while True:
            pull = pulls(server.account())
            try:
                await pull.open(None)
                [delivery] = (await pull.fetch()).deliveries
                break
            except Unavailable:
                continue
            finally:
                await pull.close()
    assert delivery.body == server.mails[1]
    assert len(asked) - len(set(asked)) == sum(1 for number in range(1, len(asked)) if number % 3 == 0)
