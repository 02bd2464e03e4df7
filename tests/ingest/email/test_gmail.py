"""Gmail's API, on a stand-in: what comes is heard once, however short its memory and whatever it refuses meanwhile."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from ingest.email.gmail import ADAPTER, GmailPull, check
from ingest.email.gmail_answers import meaning
from ingest.email.gmail_settings import GmailAccount
from ingest.email.rest.api import Refused
from ouvidor.config import read_section
from ouvidor.errors import Misconfigured, Unavailable
from tests.ingest.email.api_server import Cut
from tests.ingest.email.gmail_server import USER, GmailServer
from tests.ingest.email.mailbox_contract import all_of, mail, numbers
from tests.ingest.email.rest_contract import MailboxContract, MailContract
from tests.ingest.email.test_graph import only
from tests.ingest.email.test_imap_login import chain
from tests.ingest.email.token_server import TokenServer

MEBIBYTE = 2**20


@pytest.fixture
async def server() -> AsyncIterator[GmailServer]:
    async with TokenServer() as issuer, GmailServer(issuer) as server:
        yield server


@asynccontextmanager
async def opened(
    server: GmailServer,
    cursor: bytes | None = None,
    today: date | None = None,
    **settings: Any,  # noqa: ANN401
) -> AsyncIterator[GmailPull]:
    account = GmailAccount(**server.given(**settings))
    pull = GmailPull(account, today=lambda: today) if today else GmailPull(account)
    try:
        await pull.open(cursor)
        yield pull
    finally:
        await pull.close()


async def rest_of(pull: GmailPull) -> tuple[list[int], bytes | None]:
    found, cursor = await all_of(pull)  # type: ignore[arg-type]
    return numbers(found), cursor


async def test_what_is_in_the_mailbox_comes_page_by_page_byte_for_byte(server: GmailServer):
    sent = [mail(number, "com\u00a0acentos ção\r\n. ponto") for number in range(1, 26)]
    for each in sent:
        server.put(each)
    async with opened(server, batch_mails=10) as pull:
        found, _ = await all_of(pull)  # type: ignore[arg-type]
    assert sorted(numbers(found)) == list(range(1, 26))
    assert {each.body for each in found} == set(sent)
    assert all(each.hints == {"folder": "INBOX"} for each in found)
    assert server.most_at_once <= 4


async def test_after_a_restart_only_the_history_is_asked_for(server: GmailServer):
    server.put(mail(1))
    async with opened(server) as pull:
        _, cursor = await rest_of(pull)
    server.put(mail(2))
    for _ in range(2):  # what was fetched and not committed comes again
        async with opened(server, cursor) as pull:
            assert numbers(list((await pull.fetch()).deliveries)) == [2]
    assert len(server.paths("/messages?")) == 1
    assert len(server.paths("format=raw")) == 3


async def test_what_comes_while_the_lists_are_read_is_in_the_history(server: GmailServer):
    for number in range(1, 21):
        server.put(mail(number))
    server.before_mail = lambda _: server.put(mail(99)) and None if len(server.mails) == 20 else None
    async with opened(server, batch_mails=10) as pull:
        found, _ = await rest_of(pull)
    assert set(found) == {*range(1, 21), 99}
    assert found.count(99) == 1


async def test_what_comes_between_the_number_and_the_list_comes_once(server: GmailServer):
    server.put(mail(1))
    put = False

    def put_late(request: web.Request) -> None:
        nonlocal put
        if "messages?" in request.path_qs and not put:
            put = True
            server.put(mail(2))

    server.fails = put_late
    async with opened(server) as pull:
        found, cursor = await rest_of(pull)
    async with opened(server, cursor) as pull:
        found += (await rest_of(pull))[0]
    assert sorted(found) == [1, 2]


async def test_a_backlog_is_read_on_in_the_middle_of_a_page_after_a_restart(server: GmailServer):
    for number in range(1, 11):
        server.put(mail(number, "x" * 90_000))
    found: list[int] = []
    cursor = None
    for _ in range(10):
        async with opened(server, cursor, batch_bytes=262_144, at_once=2, batch_mails=5) as pull:
            fetched = await pull.fetch()
            assert len(fetched.deliveries) <= 4
            found += numbers(list(fetched.deliveries))
            cursor = fetched.cursor or cursor
    assert sorted(found) == list(range(1, 11))
    assert len(server.paths("format=raw")) == 10


async def test_a_long_history_is_read_to_its_end_in_one_go(server: GmailServer):
    async with opened(server, batch_mails=4) as pull:
        await rest_of(pull)
        for number in range(1, 31):
            server.put(mail(number))
        assert (await rest_of(pull))[0] == list(range(1, 31))


async def test_pages_that_shift_because_mail_came_repeat_none(server: GmailServer):
    for number in range(1, 31):
        server.put(mail(number))
    late = iter(range(40, 46))
    server.before_mail = lambda _: server.put(mail(number)) and None if (number := next(late, 0)) else None
    async with opened(server, batch_mails=10) as pull:
        found, _ = await rest_of(pull)
    assert sorted(found) == [*range(1, 31), *range(40, 46)]


async def test_a_long_history_is_read_on_in_the_middle_after_a_restart(server: GmailServer):
    async with opened(server) as pull:
        _, cursor = await rest_of(pull)
    for number in range(1, 11):
        server.put(mail(number, "x" * 90_000))
    found: list[int] = []
    for _ in range(10):
        async with opened(server, cursor, batch_bytes=262_144, at_once=2, batch_mails=4) as pull:
            fetched = await pull.fetch()
            found += numbers(list(fetched.deliveries))
            cursor = fetched.cursor or cursor
    assert found == list(range(1, 11))
    assert len(server.paths("format=raw")) == 10


async def test_a_page_token_that_holds_no_more_begins_the_list_anew(server: GmailServer):
    for number in range(1, 21):
        server.put(mail(number))
    lost = False

    def lose_once(name: str) -> None:
        nonlocal lost
        if not lost and server.pages:
            lost = True
            server.pages.clear()

    server.before_mail = lose_once
    async with opened(server, batch_mails=10) as pull:
        found, _ = await rest_of(pull)
    assert lost
    assert set(found) == set(range(1, 21))


async def test_a_server_that_knows_no_page_of_its_own_is_not_asked_for_ever(server: GmailServer):
    for number in range(1, 21):
        server.put(mail(number))
    server.before_mail = lambda _: server.pages.clear()
    async with opened(server, batch_mails=10) as pull:
        with pytest.raises(Misconfigured, match="invalidArgument"):
            await rest_of(pull)


async def test_a_number_that_is_known_no_more_has_the_mailbox_read_again_and_known_again(server: GmailServer):
    server.put(mail(1))
    async with opened(server) as pull:
        [before], cursor = await all_of(pull)  # type: ignore[arg-type]
    server.put(mail(2))
    server.oldest = server.number
    async with opened(server, cursor) as pull:
        found, cursor = await all_of(pull)  # type: ignore[arg-type]
        assert sorted(numbers(found)) == [1, 2]
        assert before.own_id in {each.own_id for each in found}
        server.put(mail(3))
        assert (await rest_of(pull))[0] == [3]


async def test_what_was_read_so_long_ago_that_nobody_knows_it_again_is_not_read_anew(server: GmailServer):
    server.put(mail(1), when="Sat, 01 Aug 2026 10:00:00 +0000")
    server.put(mail(2))
    async with opened(server, today=date(2026, 11, 20)) as pull:
        _, cursor = await rest_of(pull)
    server.put(mail(3))
    server.oldest = server.number
    async with opened(server, cursor, today=date(2026, 11, 21)) as pull:
        assert sorted((await rest_of(pull))[0]) == [2, 3]


async def test_spam_and_what_was_thrown_away_are_left_alone_until_somebody_rescues_them(server: GmailServer):
    spam = server.put(mail(1), "SPAM")
    server.put(mail(2), "INBOX", "TRASH")
    async with opened(server) as pull:
        assert (await rest_of(pull))[0] == []
        server.put(mail(3), "SPAM")
        server.put(mail(4), "INBOX", "TRASH")
        server.put(mail(5))
        assert (await rest_of(pull))[0] == [5]
        server.label(spam, "INBOX", remove=("SPAM",))
        assert (await rest_of(pull))[0] == [1]


async def test_spam_is_read_where_the_settings_say_so(server: GmailServer):
    server.put(mail(1), "SPAM")
    async with opened(server, folders=["INBOX", "SPAM"]) as pull:
        found, _ = await all_of(pull)  # type: ignore[arg-type]
        server.put(mail(2), "SPAM")
        found += (await all_of(pull))[0]  # type: ignore[arg-type]
    assert [each.hints["folder"] for each in found] == ["SPAM", "SPAM"]


async def test_a_history_that_tells_no_labels_is_looked_up_in_the_mails(server: GmailServer):
    async with opened(server) as pull:
        await rest_of(pull)
        server.tells_labels = False
        server.put(mail(1), "SENT")
        server.put(mail(2))
        assert (await rest_of(pull))[0] == [2]


async def test_labels_are_found_by_their_names_and_sent_mail_is_told_apart(server: GmailServer):
    server.put(mail(1), "Label_7")
    server.put(mail(2), "SENT")
    server.put(mail(3), "Label_7", "SENT")  # the house wrote to itself: heard as any mail is
    async with opened(server, folders=["Clientes/Região Norte"], sent="SENT", authserv_id="mx.google.com") as pull:
        found, _ = await all_of(pull)  # type: ignore[arg-type]
        server.put(mail(4), "SENT")
        found += (await all_of(pull))[0]  # type: ignore[arg-type]
    directions = {(numbers([each])[0], each.hints["folder"]): each.hints.get("direction") for each in found}
    assert directions[1, "Clientes/Região Norte"] is None
    assert directions[3, "Clientes/Região Norte"] is None
    assert directions[2, "SENT"] == directions[4, "SENT"] == "outbound"
    assert all("mx.google.com" in each.hints.values() for each in found)


async def test_a_label_that_is_not_there_is_named(server: GmailServer):
    with pytest.raises(Misconfigured, match=r"folders\[1\]: there is no such label"):
        await check(GmailAccount(**server.given(folders=["INBOX", "Clientes"])))
    await check(GmailAccount(**server.given()))


async def test_mail_from_before_the_first_day_is_left_alone(server: GmailServer):
    server.put(mail(1), when="Sat, 01 Feb 2020 12:00:00 +0000")
    server.put(mail(2), when="Thu, 01 Feb 2024 12:00:00 +0000")
    async with opened(server, since="2023-01-01") as pull:
        assert (await rest_of(pull))[0] == [2]


async def test_a_mail_that_is_deleted_between_list_and_load_is_skipped(server: GmailServer):
    first = server.put(mail(1))
    server.put(mail(2))
    server.before_mail = lambda name: server.remove(name) if name == first else None
    async with opened(server) as pull:
        assert (await rest_of(pull))[0] == [2]


async def test_a_long_mail_comes_whole_and_one_over_the_limit_is_said_to_be_cut(server: GmailServer):
    long = mail(1, "x" * 3 * MEBIBYTE)
    server.put(long)
    server.put(mail(2))
    async with opened(server, batch_bytes=262_144) as pull:
        found, _ = await all_of(pull)  # type: ignore[arg-type]
    assert {each.body for each in found} == {long, mail(2)}
    async with opened(server, largest_bytes=MEBIBYTE) as pull:
        [cut] = [each for each in (await all_of(pull))[0] if "announced" in each.hints]  # type: ignore[arg-type]
    assert cut.body == long[: len(cut.body)]
    assert MEBIBYTE - 8192 <= len(cut.body) <= MEBIBYTE
    assert int(cut.hints["announced"]) > MEBIBYTE


@pytest.mark.parametrize(
    "broken",
    [
        lambda: Cut(body=b'{"raw": "' + b"QUFB" * 1000),
        lambda: web.Response(text="<html>Bad gateway</html>", content_type="text/html"),
        lambda: web.json_response({"id": "x", "labelIds": ["INBOX"]}),
        lambda: web.json_response({"raw": "a"}),
        lambda: web.json_response({"error": {"code": 500, "status": "INTERNAL"}}, status=500),
    ],
)
async def test_a_mail_that_is_never_given_stops_no_other_and_a_person_is_told(
    server: GmailServer, broken: Callable[[], web.StreamResponse]
):
    poison = server.put(mail(1))
    server.fails = only(poison, broken)
    stand_ins: list[Any] = []
    heard: list[int] = []
    cursor = None
    for number in range(3, 12):
        async with opened(server, cursor) as pull:
            fetched = await pull.fetch()
            cursor = fetched.cursor or cursor
            stand_ins += [each for each in fetched.deliveries if "unfetched" in each.hints]
            heard += numbers([each for each in fetched.deliveries if "unfetched" not in each.hints])
        server.put(mail(number))
    assert len(stand_ins) == 1
    assert heard == list(range(3, 11))


async def test_a_server_that_gives_no_mail_at_all_is_unavailable_and_no_mail_is_given_up(server: GmailServer):
    for number in range(70):
        server.put(mail(number))
    server.fails = only("format=raw", lambda: web.Response(text="<html>Bad gateway</html>", content_type="text/html"))
    async with opened(server) as pull:
        with pytest.raises(Unavailable, match="lists mails and gives none"):
            await pull.fetch()


async def test_a_quota_that_is_used_up_gives_what_came_before_it_and_then_pauses(server: GmailServer):
    for number in range(1, 21):
        server.put(mail(number))
    used_up = False

    def fails(_: web.Request) -> web.Response | None:
        nonlocal used_up
        used_up = used_up or len(server.paths("format=raw")) > 8
        return server.refuse(403, "userRateLimitExceeded") if used_up else None

    server.fails = fails
    async with opened(server) as pull:
        fetched = await pull.fetch()
        assert len(fetched.deliveries) == 8
        with pytest.raises(Unavailable, match="userRateLimitExceeded") as caught:
            await pull.fetch()
    assert caught.value.retry_after == timedelta(seconds=10)
    server.fails = lambda _: None
    async with opened(server, fetched.cursor) as pull:
        assert len((await rest_of(pull))[0]) == 12


async def test_a_token_that_is_refused_is_changed_for_another_one(server: GmailServer):
    server.put(mail(1))
    async with opened(server) as pull:
        server.issuer.access.clear()
        assert (await rest_of(pull))[0] == [1]


NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "reason", "message", "seconds"),
    [
        (429, "rateLimitExceeded", "User-rate limit exceeded.  Retry after 2026-11-20T10:02:00.123Z", 120),
        (429, "rateLimitExceeded", "Retry after 2026-99-99T10:02:00.123Z", 10),
        (403, "rateLimitExceeded", "Rate Limit Exceeded", 10),
        (403, "dailyLimitExceeded", "Daily Limit Exceeded", 900),
        (503, "backendError", "Backend Error", 10),
    ],
)
def test_too_much_is_a_pause_as_long_as_it_asks_for(status: int, reason: str, message: str, seconds: int):
    said = {"error": {"errors": [{"reason": reason}], "message": message}}
    error = meaning(Refused(status, said), "gmail/caixa", NOW)
    assert isinstance(error, Unavailable)
    assert error.retry_after == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"errors": [{"reason": "insufficientPermissions"}]}, r"gmail\.readonly"),
        ({"status": "PERMISSION_DENIED", "details": [{"reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}, r"log in anew"),
        ({"errors": [{"reason": "accessNotConfigured"}]}, "enable it"),
        ({"errors": [{"reason": "domainPolicy"}]}, "administrator"),
        ({"errors": "none", "details": 7}, r"gmail\.readonly"),
    ],
)
def test_what_is_not_allowed_names_the_mend(said: dict[str, Any], words: str):
    error = meaning(Refused(403, {"error": said}), "gmail/caixa", NOW)
    assert isinstance(error, Misconfigured)
    with pytest.raises(Misconfigured, match=words):
        raise error


async def test_a_refusal_repeats_no_address(server: GmailServer):
    server.fails = lambda _: server.refuse(400, "failedPrecondition")
    with pytest.raises(Misconfigured, match="no Gmail") as caught:
        await check(GmailAccount(**server.given()))
    assert USER not in "".join(map(repr, chain(caught.value)))


def test_the_scope_reads_and_does_nothing_else():
    oauth = {"provider": "google", "client_id": "x"}
    account = GmailAccount(network="gmail", account="a", username=USER, oauth=oauth)  # type: ignore[arg-type]
    assert account.its_oauth.its_scope == "https://www.googleapis.com/auth/gmail.readonly"
    given = {"network": "gmail", "account": "a", "username": USER, "oauth": {"provider": "microsoft", "client_id": "x"}}
    with pytest.raises(Misconfigured, match="use google"):
        read_section(GmailAccount, given, where="ouvidor.yaml", within=("ingest", "accounts", 0))


async def test_a_cursor_of_another_network_is_refused_in_words(server: GmailServer):
    pull = GmailPull(GmailAccount(**server.given()))
    for cursor in (b"77", b"{}", b'{"version":9}', b"\xff"):
        with pytest.raises(Misconfigured, match="cursor"):
            await pull.open(cursor)


class TestTheMail(MailContract):
    adapter = ADAPTER
    hints: Mapping[str, str] = {"folder": "INBOX"}


class TestTheMailbox(MailboxContract):
    stand_in = GmailServer
    denial = "insufficientPermissions"
