"""What real servers do otherwise than the book says, on a server that does it when told to: no mail is lost by it."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from ingest.email.download import PART
from tests.ingest.email.mailbox_contract import QUIET_IMAPLIB2, all_of, mail, numbers
from tests.ingest.email.scripted import ScriptedServer, Talk, opened, uids

pytestmark = QUIET_IMAPLIB2
IN_TIME = 30.0


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as server:
        server.mails = {uid: mail(uid) for uid in (1, 2, 3)}
        yield server


async def test_what_others_do_in_between_is_not_taken_for_an_answer(server: ScriptedServer):
    async def busy(talk: Talk, _: str, __: str) -> bool:
        await talk.say("* 2 EXPUNGE", "* 1 FETCH (FLAGS (\\Seen $Forwarded))", "* 4 EXISTS", "* 1 FETCH (MODSEQ (9))")
        return False

    server.on["UID SEARCH"] = server.on["UID FETCH"] = busy
    async with opened(server) as pull:
        assert numbers(list((await pull.fetch()).deliveries)) == [1, 2, 3]


async def test_the_last_mail_which_every_search_finds_comes_once(server: ScriptedServer):
    async with opened(server) as pull:
        _, cursor = await all_of(pull)
        assert not (await pull.fetch()).deliveries
    async with opened(server, cursor) as pull:
        assert not (await all_of(pull))[0]


async def test_a_lower_number_that_shows_later_is_not_passed_over(server: ScriptedServer):
    late = server.mails.pop(2)
    async with opened(server) as pull:
        found, cursor = await all_of(pull)
        assert numbers(found) == [1, 3]
    server.mails[2] = late
    async with opened(server, cursor) as pull:
        assert numbers((await all_of(pull))[0]) == [2]


async def test_news_that_came_with_the_search_are_not_slept_over(server: ScriptedServer):
    """A server tells of a mail once: who is told within a SEARCH, before its IDLE, waits in vain there."""
    async with opened(server, idle=40) as pull:
        await pull.fetch()

        async def told(talk: Talk, tag: str, _: str) -> bool:
            del server.on["UID SEARCH"]
            await talk.say("* SEARCH 1 2 3", "* 4 EXISTS", f"{tag} OK done")
            server.mails[4] = mail(4)
            return True

        server.on["UID SEARCH"] = told
        began = time.monotonic()
        assert numbers(list((await pull.fetch()).deliveries)) == [4]
        assert time.monotonic() - began < IN_TIME


async def test_each_idle_ends_soon_and_a_search_follows(server: ScriptedServer):
    async with opened(server, idle=1) as pull:
        await pull.fetch()
        del server.commands[:]
        await pull.fetch()
        await pull.fetch()
    words = [command.split()[0] if command != "UID" else command for command in server.commands]
    assert [word for word in words if word in {"IDLE", "DONE", "UID"}][-6:] == ["IDLE", "DONE", "UID"] * 2


async def test_a_server_that_offers_idle_and_refuses_it_is_polled(server: ScriptedServer):
    async def refuse(talk: Talk, tag: str, _: str) -> bool:
        await talk.say(f"{tag} BAD not today")
        return True

    server.on["IDLE"] = refuse
    async with opened(server, poll=1) as pull:
        await pull.fetch()
        for _ in range(2):
            assert not (await pull.fetch()).deliveries
        server.mails[4] = mail(4)
        assert numbers(list((await pull.fetch()).deliveries)) == [4]
    assert server.commands.count("IDLE") == 1


async def test_an_idle_that_was_refused_leaves_no_time_limit_behind(server: ScriptedServer):
    """imaplib2 would give later commands one second, and break the connection."""

    async def refuse(talk: Talk, tag: str, _: str) -> bool:
        await talk.say(f"{tag} NO not today")
        return True

    async def slow(talk: Talk, _: str, __: str) -> bool:
        await asyncio.sleep(2.5)
        return False

    server.on["IDLE"] = refuse
    async with opened(server, idle=1, poll=1) as pull:
        await pull.fetch()
        server.on["UID SEARCH"] = slow
        assert not (await pull.fetch()).deliveries


async def test_the_time_for_an_answer_begins_with_the_command(server: ScriptedServer):
    """imaplib2 would count it from the last line that came, four seconds before."""

    async def slow(talk: Talk, _: str, __: str) -> bool:
        await asyncio.sleep(1.5)
        return False

    server.capabilities = "IMAP4rev1 AUTH=PLAIN"
    async with opened(server, poll=4, timeout=5) as pull:
        await pull.fetch()
        server.on["EXAMINE"] = slow
        assert not (await pull.fetch()).deliveries


async def test_numbers_that_begin_anew_under_our_hands_are_noticed(server: ScriptedServer):
    async with opened(server, idle=1) as pull:
        await pull.fetch()
        server.validity, server.mails = 2, {1: mail(3), 2: mail(4)}
        assert numbers((await all_of(pull))[0]) == [3, 4]


@pytest.mark.parametrize("lie", [-100, 5, 5000])
async def test_announced_sizes_may_be_wrong(server: ScriptedServer, lie: int):
    server.mails[2] = mail(2, "x" * (2 * PART + 77))

    async def announce(talk: Talk, tag: str, arguments: str) -> bool:
        if "RFC822.SIZE" not in arguments:
            return False
        for number, uid in enumerate(sorted(server.mails), 1):
            await talk.say(f"* {number} FETCH (RFC822.SIZE {max(0, len(server.mails[uid]) + lie)} UID {uid})")
        await talk.say(f"{tag} OK done")
        return True

    server.on["UID FETCH"] = announce
    async with opened(server) as pull:
        found, _ = await all_of(pull)
    assert [delivery.body for delivery in found] == [server.mails[uid] for uid in (1, 2, 3)]


async def test_a_server_that_knows_no_parts_gives_the_whole_mail(server: ScriptedServer):
    server.mails[2] = mail(2, "x" * (2 * PART + 77))

    async def whole(talk: Talk, tag: str, arguments: str) -> bool:
        if "BODY" not in arguments:
            return False
        for uid in sorted(uids(arguments.split(maxsplit=1)[0])):
            body = server.mails[uid]
            await talk.raw(b"* %d FETCH (BODY[] {%d}\r\n%b UID %d)\r\n" % (uid, len(body), body, uid))
        await talk.say(f"{tag} OK done")
        return True

    server.on["UID FETCH"] = whole
    async with opened(server) as pull:
        found, _ = await all_of(pull)
    assert [delivery.body for delivery in found] == [server.mails[uid] for uid in (1, 2, 3)]


async def test_nothing_is_ever_asked_that_changes_anything(server: ScriptedServer):
    async with opened(server, idle=1) as pull:
        await all_of(pull)
    said = {
        " ".join(command.split()[:2]) if command.startswith("UID") else command.split()[0]
        for command in server.commands
    }
    assert said == {"CAPABILITY", "AUTHENTICATE", "EXAMINE", "UID SEARCH", "UID FETCH", "IDLE", "DONE", "LOGOUT"}
    assert all("PEEK" in command for command in server.commands if "BODY" in command)


async def test_mails_that_vanish_while_we_wait_and_fetch_disturb_none_of_the_others(server: ScriptedServer):
    """Another client deletes: EXPUNGE comes in an IDLE and, against the book, within a FETCH."""
    async with opened(server, idle=5) as pull:
        await pull.fetch()
        server.mails |= {4: mail(4), 5: mail(5), 6: mail(6)}

        async def expunge(talk: Talk, _: str, arguments: str) -> bool:
            if "BODY" in arguments:
                server.mails.pop(5, None)
                await talk.say("* 5 EXPUNGE", "* 5 EXISTS")
            return False

        server.on["UID FETCH"] = expunge
        server.mails.pop(1)
        await server.idle_news.put("* 1 EXPUNGE")
        assert numbers(list((await pull.fetch()).deliveries)) == [4, 6]
        assert not (await all_of(pull))[0]
