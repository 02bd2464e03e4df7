"""What reading a mailbox promises, on whichever server: each server's test class inherits these.

Other clients do what they like in between, the server goes away and comes back, folders are made anew: every mail
comes, none is changed, and none comes again.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from ingest.adapter import Delivery, Fetched
from ingest.email.imap import ImapPull, check
from ingest.email.session import Session
from ouvidor.errors import Misconfigured, Unavailable
from tests.ingest.email.servers import Box, MailServer

MEBIBYTE = 2**20
IN_TIME = 30.0
"""Less than an IDLE of 40 seconds, and enough for a machine that is busy otherwise."""
QUIET_IMAPLIB2 = pytest.mark.filterwarnings(
    # imaplib2 3.6 calls threading by names that Python 3.10 gave up: in its own threads, at each connection
    r"ignore:(setDaemon|currentThread|setName|getName)\(\) is deprecated:DeprecationWarning:imaplib2.imaplib2"
)


def mail(number: int, words: str = "Olá", extra: bytes = b"") -> bytes:
    return (
        b"From: Ana <ana@cliente.test>\r\nTo: ouvidoria@ouvidor.test\r\nSubject: Teste\r\n"
        b"Message-ID: <%d@cliente.test>\r\n%b\r\n%b\r\n" % (number, extra, words.encode())
    )


def numbers(deliveries: list[Delivery]) -> list[int]:
    """Tell which mails came, by the numbers in their ids."""
    return [int(each.body.partition(b"Message-ID: <")[2].partition(b"@")[0]) for each in deliveries]


@asynccontextmanager
async def opened(box: Box, cursor: bytes | None = None, **settings: Any) -> AsyncIterator[ImapPull]:  # noqa: ANN401
    pull = ImapPull(box.account(**settings))
    try:
        await pull.open(cursor)
        yield pull
    finally:
        await pull.close()


async def all_of(pull: ImapPull, cursor: bytes | None = None) -> tuple[list[Delivery], bytes | None]:
    """Fetch until nothing more comes at once; give all, and the last cursor."""
    found: list[Delivery] = []
    while True:
        fetched = await pull.fetch()
        found += fetched.deliveries
        cursor = fetched.cursor or cursor
        if not fetched.deliveries:
            return found, cursor


@QUIET_IMAPLIB2
class MailboxContract:
    """Inherit it, and give a fixture `server` of the class's scope."""

    @pytest.fixture
    def box(self, server: MailServer) -> Box:
        return server.mailbox()

    async def test_what_is_in_the_mailbox_comes_in_order_byte_for_byte(self, box: Box):
        mails = [mail(1), mail(2, "com\u00a0acentos ção\r\n. ponto\r\n\r\n\tfim")]
        mails += [mail(3, extra=b"X-Raw: \xe7\xe3o\r\n") if box.server.keeps_raw_headers else mail(3)]
        await box.client.put_all(mails)
        async with opened(box) as pull:
            fetched = await pull.fetch()
        assert numbers(fetched.deliveries) == [1, 2, 3]
        for delivery, sent in zip(fetched.deliveries, mails, strict=True):
            assert delivery.body.rstrip(b"\r\n") == sent.rstrip(b"\r\n")
            assert delivery.media_type == "message/rfc822"
            assert delivery.hints == {"folder": "INBOX"}

    async def test_new_mail_comes_while_the_server_is_idle_long_before_the_idle_ends(self, box: Box):
        async with opened(box, idle=40) as pull:
            assert pull._opened.can_idle
            assert not (await pull.fetch()).deliveries
            waiting = asyncio.ensure_future(pull.fetch())
            await until(lambda: pull._opened._connection.idle_rqb is not None)
            began = time.monotonic()
            await box.client.put(mail(7))
            assert numbers((await waiting).deliveries) == [7]
            assert time.monotonic() - began < IN_TIME

    async def test_a_quiet_mailbox_is_a_success_after_each_idle(self, box: Box):
        async with opened(box, idle=1) as pull:
            first = await pull.fetch()
            for _ in range(2):
                assert await pull.fetch() == Fetched([], None)
        assert first.cursor is not None

    async def test_a_server_without_idle_is_asked_now_and_then(self, box: Box, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(Session, "can_idle", False)
        async with opened(box, poll=1) as pull:
            await pull.fetch()
            waiting = asyncio.ensure_future(pull.fetch())
            await box.client.put(mail(1))
            found = (await waiting).deliveries or (await pull.fetch()).deliveries
        assert numbers(list(found)) == [1]

    async def test_no_mail_is_marked_as_read_nor_changed_at_all(self, box: Box):
        await box.client.put_all([mail(1), mail(2, "x" * 3 * MEBIBYTE)])
        async with opened(box) as pull:
            assert len((await all_of(pull))[0]) == 2
        assert [flags - {"\\Recent"} for flags in (await box.client.flags()).values()] == [set(), set()]

    async def test_mail_that_was_read_on_a_telephone_comes_all_the_same(self, box: Box):
        await box.client.put_all([mail(1), mail(2)])
        await box.client.read_all()
        async with opened(box) as pull:
            assert numbers(list((await pull.fetch()).deliveries)) == [1, 2]

    async def test_after_a_restart_it_goes_on_where_the_cursor_stands(self, box: Box):
        await box.client.put_all([mail(1), mail(2)])
        async with opened(box) as pull:
            _, cursor = await all_of(pull)
        await box.client.put(mail(3))
        async with opened(box, cursor) as pull:
            assert numbers(list((await pull.fetch()).deliveries)) == [3]

    async def test_what_was_fetched_and_not_committed_comes_again(self, box: Box):
        await box.client.put(mail(1))
        async with opened(box) as pull:
            cursor = (await pull.fetch()).cursor
        await box.client.put(mail(2))
        for _ in range(2):
            async with opened(box, cursor) as pull:
                assert numbers(list((await pull.fetch()).deliveries)) == [2]

    async def test_a_backlog_comes_in_batches_each_mail_once(self, box: Box):
        await box.client.put_all([mail(number) for number in range(1, 131)])
        found: list[int] = []
        cursor: bytes | None = None
        for _ in range(5):  # a new session for each batch
            async with opened(box, cursor, batch_mails=30) as pull:
                fetched = await pull.fetch()
                assert len(fetched.deliveries) <= 30
                found += numbers(list(fetched.deliveries))
                cursor = fetched.cursor
        assert found == list(range(1, 131))

    async def test_a_batch_is_bounded_in_bytes(self, box: Box):
        await box.client.put_all([mail(number, "x" * 90_000) for number in range(1, 6)])
        async with opened(box, batch_bytes=200_000) as pull:
            assert numbers(list((await pull.fetch()).deliveries)) == [1, 2]
            assert numbers(list((await all_of(pull))[0])) == [3, 4, 5]

    async def test_a_long_mail_comes_whole(self, box: Box):
        words = "".join(f"{number:07} linha de um texto muito comprido\r\n" for number in range(90_000))
        await box.client.put_all([mail(1), mail(2, words), mail(3)])
        async with opened(box) as pull:
            found, _ = await all_of(pull)
        assert numbers(found) == [1, 2, 3]
        assert found[1].body.rstrip().endswith(mail(2, words).rstrip())
        assert "announced" not in found[1].hints

    async def test_of_a_mail_over_the_limit_the_beginning_comes_and_is_said_to_be_one(self, box: Box):
        await box.client.put_all([mail(1, "x" * 3 * MEBIBYTE), mail(2)])
        async with opened(box, largest_bytes=2 * MEBIBYTE) as pull:
            found, _ = await all_of(pull)
        assert numbers(found) == [1, 2]
        assert len(found[0].body) == 2 * MEBIBYTE
        assert int(found[0].hints["announced"]) > 3 * MEBIBYTE

    async def test_mail_that_another_client_deletes_between_search_and_fetch_disturbs_nothing(
        self, box: Box, monkeypatch: pytest.MonkeyPatch
    ):
        await box.client.put_all([mail(number) for number in range(1, 7)])
        before(monkeypatch, "sizes", lambda: box.client.delete(2, 3))
        before(monkeypatch, "bodies", lambda: box.client.delete(5))
        async with opened(box, idle=1) as pull:
            found, cursor = await all_of(pull)
            assert [number for number in numbers(found) if number not in {2, 3, 5}] == [1, 4, 6]
            await box.client.put(mail(7))
            assert numbers((await all_of(pull, cursor))[0]) == [7]

    async def test_a_long_mail_that_is_deleted_while_it_is_fetched_does_not_stop_the_others(
        self, box: Box, monkeypatch: pytest.MonkeyPatch
    ):
        await box.client.put_all([mail(1, "x" * 3 * MEBIBYTE), mail(2)])
        parts = 0
        ask = Session.bodies

        async def bodies(session: Session, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - the session's own
            nonlocal parts
            parts += 1
            if parts == 2:
                await box.client.delete(1)
            return await ask(session, *given, **named)

        monkeypatch.setattr(Session, "bodies", bodies)
        async with opened(box, idle=1) as pull:
            found, _ = await all_of(pull)
        assert numbers(found)[-1] == 2

    async def test_mail_that_is_moved_from_one_folder_to_another_is_the_same_mail(self, box: Box):
        await box.client.create("Feitas")
        await box.client.put(mail(1))
        async with opened(box, folders=["INBOX", "Feitas"], idle=1, poll=1) as pull:
            [first] = (await pull.fetch()).deliveries
            await box.client.move(1, "Feitas")
            [again] = (await all_of(pull))[0]
        assert again.own_id == first.own_id is not None
        assert again.hints == {"folder": "Feitas"}

    async def test_a_folder_whose_name_has_accents_spaces_and_signs_is_read(self, box: Box):
        await box.client.create("Reclama&AOcA9Q-es &- &2D3eCg-")
        await box.client.put(mail(4), "Reclama&AOcA9Q-es &- &2D3eCg-")
        async with opened(box, folders=["Reclamações & \U0001f60a"]) as pull:
            assert numbers(list((await pull.fetch()).deliveries)) == [4]

    async def test_a_folder_that_is_not_there_is_told_of_after_the_others_were_read(self, box: Box):
        await box.client.put(mail(1))
        async with opened(box, folders=["Clientes", "INBOX"]) as pull:
            assert numbers(list((await pull.fetch()).deliveries)) == [1]
            with pytest.raises(Misconfigured, match=r"folders\[0\]"):
                await pull.fetch()
        with pytest.raises(Misconfigured, match=r"folders\[0\]"):
            await check(box.account(folders=["Clientes", "INBOX"]))
        await check(box.account())

    async def test_a_folder_that_is_made_anew_is_read_anew(self, box: Box):
        await box.client.create("Ouvidoria")
        await box.client.put_all([mail(1), mail(2)], "Ouvidoria")
        async with opened(box, folders=["Ouvidoria"]) as pull:
            before_, cursor = await all_of(pull)
        await asyncio.sleep(1.1)  # a UIDVALIDITY is often a time in seconds, and must be another one
        await box.client.remove_folder("Ouvidoria")
        await box.client.create("Ouvidoria")
        await box.client.put_all([mail(2), mail(3)], "Ouvidoria")
        async with opened(box, cursor, folders=["Ouvidoria"]) as pull:
            after, cursor = await all_of(pull)
        assert numbers(after) == [2, 3]
        assert after[0].own_id == before_[1].own_id  # by which the intake knows it again
        async with opened(box, cursor, folders=["Ouvidoria"]) as pull:
            assert not (await pull.fetch()).deliveries

    async def test_mail_from_before_the_first_day_is_left_alone(self, box: Box):
        await box.client.put(mail(1), date='"01-Feb-2020 12:00:00 +0000"')
        await box.client.put(mail(2), date='"01-Feb-2024 12:00:00 +0000"')
        async with opened(box, since="2023-01-01") as pull:
            found, cursor = await all_of(pull)
        assert numbers(found) == [2]
        await box.client.put(mail(3), date='"01-Feb-2020 12:00:00 +0000"')  # arrives now, though its date is old
        async with opened(box, cursor, since="2023-01-01") as pull:
            assert numbers((await all_of(pull))[0]) == [3]

    async def test_a_wrong_password_is_for_a_person_and_stays_unsaid(self, box: Box):
        account = box.account(password="segredo-errado")
        with pytest.raises(Misconfigured) as refused:
            await check(account)
        words = f"{refused.value} {refused.value.__cause__} {refused.value.__context__}"
        assert "check username and password" in words
        assert "segredo" not in words
        assert box.username not in words

    async def test_a_server_that_dies_is_unavailable_at_once_and_comes_back(self, box: Box, server: MailServer):
        await box.client.put(mail(1))
        pull = ImapPull(box.account(idle=40))
        await pull.open(None)
        cursor = (await pull.fetch()).cursor
        waiting = asyncio.ensure_future(pull.fetch())
        await until(lambda: pull._opened._connection.idle_rqb is not None)
        server.kill()
        with pytest.raises(Unavailable):
            await asyncio.wait_for(waiting, IN_TIME)
        await pull.close()
        with pytest.raises(Unavailable):
            await pull.open(cursor)
        await server.start()
        await box.client.put(mail(2))
        await pull.open(cursor)
        assert numbers(list((await pull.fetch()).deliveries)) == [2]
        await pull.close()

    async def test_a_server_that_falls_silent_is_unavailable_in_time(self, box: Box, server: MailServer):
        async with opened(box, idle=1, timeout=5) as pull:
            await pull.fetch()
            server.freeze()
            try:
                began = time.monotonic()
                with pytest.raises(Unavailable, match="no response"):
                    await pull.fetch()
                assert time.monotonic() - began < IN_TIME
                began = time.monotonic()
                await pull.close()
                with pytest.raises(Unavailable):
                    await ImapPull(box.account(timeout=2)).open(None)
                assert time.monotonic() - began < IN_TIME
            finally:
                server.thaw()
        async with opened(box) as pull:
            await pull.fetch()

    async def test_it_lets_go_at_once_when_it_is_told_to_stop(self, box: Box):
        pull = ImapPull(box.account(idle=40))
        await pull.open(None)
        await pull.fetch()
        waiting = asyncio.ensure_future(pull.fetch())
        await until(lambda: pull._opened._connection.idle_rqb is not None)
        began = time.monotonic()
        waiting.cancel()
        await asyncio.wait({waiting})
        await pull.close()
        assert time.monotonic() - began < IN_TIME


def before(monkeypatch: pytest.MonkeyPatch, method: str, deed: Callable[[], Awaitable[None]]) -> None:
    """Let something happen just before a session's method is called for the first time."""
    ask = getattr(Session, method)
    done = False

    async def asked(session: Session, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - the session's own
        nonlocal done
        if not done:
            done = True
            await deed()
        return await ask(session, *given, **named)

    monkeypatch.setattr(Session, method, asked)


async def until(holds: Callable[[], bool], within: float = 60) -> None:
    async with asyncio.timeout(within):
        while not holds():  # noqa: ASYNC110 - the condition is another thread's state
            await asyncio.sleep(0.02)
