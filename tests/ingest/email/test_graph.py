"""Microsoft Graph, on a stand-in: what is listed comes once, whatever moves, breaks off or is refused meanwhile."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from ingest.email.graph import ADAPTER, GraphPull, check
from ingest.email.graph_cursor import FolderCursor, write_cursor
from ingest.email.graph_settings import GraphAccount
from ingest.email.oauth.tokens import tokens_of
from ingest.email.rest.mailbox import Postponed, mark
from ingest.email.rest.round import Letter
from ouvidor.config import read_section
from ouvidor.errors import Misconfigured, Unavailable
from tests.ingest.email.api_server import Cut
from tests.ingest.email.graph_server import USER, Folder, GraphServer
from tests.ingest.email.mailbox_contract import all_of, mail, numbers
from tests.ingest.email.rest_contract import MailboxContract, MailContract
from tests.ingest.email.test_imap_login import chain
from tests.ingest.email.token_server import TokenServer

MEBIBYTE = 2**20


@pytest.fixture
async def server() -> AsyncIterator[GraphServer]:
    async with TokenServer() as issuer, GraphServer(issuer) as server:
        yield server


@asynccontextmanager
async def opened(
    server: GraphServer,
    cursor: bytes | None = None,
    today: date | None = None,
    **settings: Any,  # noqa: ANN401
) -> AsyncIterator[GraphPull]:
    account = GraphAccount(**server.given(**settings))
    pull = GraphPull(account, today=(lambda: today)) if today else GraphPull(account)
    try:
        await pull.open(cursor)
        yield pull
    finally:
        await pull.close()


async def rest_of(pull: GraphPull) -> tuple[list[int], bytes | None]:
    found, cursor = await all_of(pull)  # type: ignore[arg-type]
    return numbers(found), cursor


def only(part: str, answer: Callable[[], web.StreamResponse]) -> Callable[[web.Request], web.StreamResponse | None]:
    return lambda request: answer() if part in request.path_qs else None


async def test_what_is_in_the_mailbox_comes_page_by_page_byte_for_byte(server: GraphServer):
    sent = [mail(number, "com\u00a0acentos ção\r\n. ponto") for number in range(1, 26)]
    for each in sent:
        server.put(each)
    async with opened(server, batch_mails=10) as pull:
        found, _ = await all_of(pull)  # type: ignore[arg-type]
    assert sorted(numbers(found)) == list(range(1, 26))
    assert {each.body for each in found} == set(sent)
    assert {each.media_type for each in found} == {"message/rfc822"}
    assert all(each.hints == {"folder": "inbox"} for each in found)
    assert server.most_at_once <= 4
    assert len(server.paths("skiptoken")) == 2


async def test_after_a_restart_only_what_is_new_is_listed(server: GraphServer):
    server.put(mail(1))
    async with opened(server) as pull:
        _, cursor = await rest_of(pull)
    server.put(mail(2))
    for _ in range(2):  # what was fetched and not committed comes again
        async with opened(server, cursor) as pull:
            assert numbers(list((await pull.fetch()).deliveries)) == [2]
    assert len(server.paths("$value")) == 3


async def test_a_batch_is_bounded_in_bytes_and_a_restart_in_the_middle_of_a_page_goes_on_there(server: GraphServer):
    for number in range(1, 11):
        server.put(mail(number, "x" * 90_000))
    found: list[int] = []
    cursor = None
    for _ in range(10):
        async with opened(server, cursor, batch_bytes=262_144, at_once=2) as pull:
            fetched = await pull.fetch()
            assert len(fetched.deliveries) <= 4
            found += numbers(list(fetched.deliveries))
            cursor = fetched.cursor or cursor
    assert sorted(found) == list(range(1, 11))
    assert len(server.paths("$value")) == 10


async def test_a_long_mail_comes_whole_and_one_over_the_limit_is_said_to_be_cut(server: GraphServer):
    long = mail(1, "x" * 3 * MEBIBYTE)
    server.put(long)
    server.put(mail(2))
    async with opened(server, batch_bytes=262_144) as pull:
        found, _ = await all_of(pull)  # type: ignore[arg-type]
    assert {each.body for each in found} == {long, mail(2)}
    async with opened(server, largest_bytes=MEBIBYTE) as pull:
        [cut] = [each for each in (await all_of(pull))[0] if "announced" in each.hints]  # type: ignore[arg-type]
    assert cut.body == long[:MEBIBYTE]
    assert cut.hints["announced"] == str(len(long))


async def test_a_mail_that_is_marked_as_read_or_removed_is_not_fetched_again(server: GraphServer):
    first = server.put(mail(1))
    second = server.put(mail(2))
    async with opened(server) as pull:
        await rest_of(pull)
        server.mark_as_read(first)
        server.remove(second)
        assert (await rest_of(pull))[0] == []
    assert len(server.paths("$value")) == 2


async def test_when_the_server_lost_our_place_the_folder_is_read_anew_and_known_again(server: GraphServer):
    server.put(mail(1))
    async with opened(server) as pull:
        [before], cursor = await all_of(pull)  # type: ignore[arg-type]
    server.folders["inbox"].tokens.clear()
    server.put(mail(2))
    async with opened(server, cursor) as pull:
        found, _ = await all_of(pull)  # type: ignore[arg-type]
    assert sorted(numbers(found)) == [1, 2]
    assert before.own_id in {each.own_id for each in found}  # by which the intake knows it again


async def test_what_was_read_so_long_ago_that_nobody_knows_it_again_is_not_read_anew(server: GraphServer):
    server.put(mail(1), when="2026-08-01T10:00:00Z")
    server.put(mail(2), when="2026-11-20T10:00:00Z")
    async with opened(server, today=date(2026, 11, 20)) as pull:
        _, cursor = await rest_of(pull)
    server.folders["inbox"].tokens.clear()
    async with opened(server, cursor, today=date(2026, 11, 21)) as pull:
        assert (await rest_of(pull))[0] == [2]


async def test_a_place_that_is_lost_before_the_first_round_ended_costs_no_mail(server: GraphServer):
    for number in range(1, 31):
        server.put(mail(number), when=f"2026-01-{number:02}T10:00:00Z")
    async with opened(server, batch_mails=10, batch_bytes=262_144) as pull:
        fetched = await pull.fetch()
        server.folders["inbox"].tokens.clear()
        found = numbers(list(fetched.deliveries)) + (await rest_of(pull))[0]
    assert set(found) == set(range(1, 31))


async def test_mail_from_before_the_first_day_is_left_alone_and_old_mail_that_comes_later_is_not(server: GraphServer):
    server.put(mail(1), when="2020-02-01T12:00:00Z")
    server.put(mail(2), when="2024-02-01T12:00:00Z")
    async with opened(server, since="2023-01-01") as pull:
        found, cursor = await rest_of(pull)
    assert found == [2]
    server.put(mail(3), when="2020-02-01T12:00:00Z")
    async with opened(server, cursor, since="2023-01-01") as pull:
        assert (await rest_of(pull))[0] == [3]


async def test_a_mail_that_is_deleted_between_list_and_load_is_skipped(server: GraphServer):
    first, second = server.put(mail(1)), server.put(mail(2))
    server.before_mail = lambda name: server.folders["inbox"].mails.pop(first, None) and None
    async with opened(server) as pull:
        assert (await rest_of(pull))[0] == [2]
    assert second in server.folders["inbox"].mails


async def test_a_mail_that_is_moved_between_list_and_load_is_found_where_it_lies(server: GraphServer):
    server.folders["feitas"] = Folder("Feitas")
    name = server.put(mail(1))
    moved = False

    def move(asked: str) -> None:
        nonlocal moved
        if asked == name and not moved:
            moved = True
            server.move(name, "inbox", "feitas")

    server.before_mail = move
    async with opened(server) as pull:
        assert (await rest_of(pull))[0] == [1]


async def test_a_mail_that_somebody_rescues_from_the_junk_comes(server: GraphServer):
    server.folders["junkemail"] = Folder("Lixo Eletrônico")
    name = server.put(mail(1), "junkemail")
    async with opened(server) as pull:
        assert (await rest_of(pull))[0] == []
        server.move(name, "junkemail", "inbox")
        assert (await rest_of(pull))[0] == [1]


async def test_a_mail_that_always_breaks_off_stops_no_other_and_a_person_is_told(server: GraphServer):
    poison = server.put(mail(1))
    server.put(mail(2))
    server.fails = only(poison[:40], lambda: Cut(body=mail(1)))
    stand_ins: list[Any] = []
    cursor = None
    for number in range(3, 12):
        async with opened(server, cursor) as pull:  # the process is another one each time
            fetched = await pull.fetch()
            cursor = fetched.cursor or cursor
            stand_ins += [each for each in fetched.deliveries if "unfetched" in each.hints]
        server.put(mail(number))
    [told] = stand_ins
    assert told.hints["unfetched"].startswith("recebida em 2026-11-20T")
    async with opened(server, cursor) as pull:
        assert 1 not in (await rest_of(pull))[0]


async def test_a_mail_that_was_not_given_at_first_comes_when_the_server_is_well(server: GraphServer):
    poison = server.put(mail(1))
    server.fails = only(poison[:40], lambda: server.refuse(500, "ErrorInternalServerError"))
    async with opened(server) as pull:
        assert (await rest_of(pull))[0] == []
        server.fails = lambda _: None
        assert (await rest_of(pull))[0] == [1]


async def test_a_server_that_gives_no_mail_at_all_is_unavailable_and_no_mail_is_given_up(server: GraphServer):
    for number in range(70):
        server.put(mail(number))
    server.fails = only("$value", lambda: web.Response(text="<html>Bad gateway</html>", content_type="text/html"))
    async with opened(server) as pull:
        with pytest.raises(Unavailable, match="lists mails and gives none"):
            await pull.fetch()


async def test_throttling_gives_what_came_before_it_and_then_waits_as_long_as_asked(server: GraphServer):
    for number in range(1, 21):
        server.put(mail(number))
    throttled = False

    def fails(request: web.Request) -> web.Response | None:
        nonlocal throttled
        throttled = throttled or len(server.paths("$value")) > 8
        return server.refuse(429, "ApplicationThrottled", headers={"Retry-After": "33"}) if throttled else None

    server.fails = fails
    async with opened(server) as pull:
        fetched = await pull.fetch()
        assert len(fetched.deliveries) == 8
        with pytest.raises(Unavailable, match="ApplicationThrottled") as caught:
            await pull.fetch()
    assert caught.value.retry_after == timedelta(seconds=33)
    server.fails = lambda _: None
    async with opened(server, fetched.cursor) as pull:
        assert len((await rest_of(pull))[0]) == 12


async def test_a_link_to_another_host_is_not_followed_and_the_token_stays_at_home(server: GraphServer):
    async with TokenServer() as issuer, GraphServer(issuer) as other:
        for number in range(1, 4):
            server.put(mail(number))
        server.other_host = other.url
        async with opened(server, batch_mails=1) as pull:
            with pytest.raises(Misconfigured, match="another server, which is not followed"):
                await rest_of(pull)
        assert other.asked == []


async def test_a_redirect_is_not_followed(server: GraphServer):
    async with TokenServer() as issuer, GraphServer(issuer) as other:
        server.fails = lambda _: web.Response(status=302, headers={"Location": other.url})
        with pytest.raises(Misconfigured, match="not followed"):
            await check(GraphAccount(**server.given()))
        assert other.asked == []


async def test_a_page_of_html_in_the_place_of_an_answer_is_no_answer(server: GraphServer):
    server.fails = lambda _: web.Response(text="<html>Proxy login</html>", content_type="text/html")
    with pytest.raises(Unavailable, match="without JSON"):
        await check(GraphAccount(**server.given()))


async def test_a_token_that_is_refused_is_changed_for_another_one_once(server: GraphServer):
    server.put(mail(1))
    async with opened(server) as pull:
        server.issuer.access.clear()
        assert (await rest_of(pull))[0] == [1]
        given = sum(form["grant_type"] == "client_credentials" for form in server.issuer.asked)
        assert given == 2
        server.issuer.access.clear()
        server.issuer.before_answer = server.issuer.access.clear
        with pytest.raises(Misconfigured, match="refuses the token"):
            await pull.fetch()
        assert sum(form["grant_type"] == "client_credentials" for form in server.issuer.asked) == given


@pytest.mark.parametrize(
    ("status", "code", "kind", "words"),
    [
        (403, "ErrorAccessDenied", Misconfigured, r"Mail\.Read \(application\)"),
        (404, "ErrorInvalidUser", Misconfigured, "username"),
        (404, "MailboxNotEnabledForRESTAPI", Misconfigured, "username"),
        (503, "ErrorServerBusy", Unavailable, "not now"),
        (500, "ErrorInternalServerError", Unavailable, "not now"),
        (400, "ErrorInvalidRequest", Misconfigured, "refuses the question"),
    ],
)
async def test_a_refusal_names_what_to_mend_and_repeats_no_address(
    server: GraphServer, status: int, code: str, kind: type[Exception], words: str
):
    server.fails = lambda _: server.refuse(status, code)
    with pytest.raises(kind, match=words) as caught:
        await check(GraphAccount(**server.given()))
    everything = "".join(map(repr, chain(caught.value)))
    assert code in str(caught.value)
    assert USER not in everything
    assert not [token for token in server.issuer.access if token in everything]


async def test_folders_are_found_by_the_names_that_mail_programs_show(server: GraphServer):
    server.folders["AQMk1"] = Folder("Reclamações d'água & luz")
    server.put(mail(4), "AQMk1")
    async with opened(server, folders=["inbox/Reclamações d'água & luz"]) as pull:
        [found] = (await pull.fetch()).deliveries
    assert found.hints == {"folder": "inbox/Reclamações d'água & luz"}


async def test_a_folder_that_is_not_there_is_told_of_after_the_others_were_read(server: GraphServer):
    server.put(mail(1))
    async with opened(server, folders=["Clientes", "inbox"]) as pull:
        assert numbers(list((await pull.fetch()).deliveries)) == [1]
        with pytest.raises(Misconfigured, match=r"folders\[0\]"):
            await pull.fetch()
    with pytest.raises(Misconfigured, match=r"folders\[0\]"):
        await check(GraphAccount(**server.given(folders=["Clientes", "inbox"])))


async def test_sent_mail_is_told_apart_and_the_own_server_is_named(server: GraphServer):
    server.put(mail(1))
    server.put(mail(2), "sentitems")
    async with opened(server, sent="sentitems", authserv_id="mx.orgao.test") as pull:
        found, _ = await all_of(pull)  # type: ignore[arg-type]
    directions = {numbers([each])[0]: each.hints.get("direction") for each in found}
    assert directions == {1: None, 2: "outbound"}
    assert all("mx.orgao.test" in each.hints.values() for each in found)


async def test_two_accounts_read_beside_each_other_and_one_that_is_refused_disturbs_none(server: GraphServer):
    async with TokenServer() as issuer, GraphServer(issuer) as other:
        server.put(mail(1))
        other.fails = lambda _: other.refuse(403, "ErrorAccessDenied")
        async with opened(server) as pull:
            refused, found = await asyncio.gather(
                check(GraphAccount(**other.given(account="outra"))), rest_of(pull), return_exceptions=True
            )
        assert isinstance(refused, Misconfigured)
        assert not isinstance(found, BaseException)
        assert found[0] == [1]


def test_the_scope_is_that_of_graph_and_follows_the_cloud():
    oauth: dict[str, Any] = {"provider": "microsoft", "client_id": "x"}
    given: dict[str, Any] = {"network": "graph", "account": "a", "username": USER, "oauth": oauth}
    assert GraphAccount(**given).its_oauth.its_scope == "https://graph.microsoft.com/Mail.Read offline_access"
    assert "Mail.Read.Shared" in GraphAccount(**given, shared=True).its_oauth.its_scope
    app = oauth | {"flow": "app", "client_secret": "s", "tenant": "orgao.test"}
    account = GraphAccount(**(given | {"oauth": app, "api": "https://graph.microsoft.us/v1.0"}))
    assert account.its_oauth.its_scope == "https://graph.microsoft.us/.default"


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("api", "http://graph.example.org/v1.0", "https is expected"),
        ("folders", ["inbox", "inbox"], "named twice"),
        ("sent", "inbox", "stands in folders too"),
        ("at_once", 5, "less than or equal to 4"),
        ("oauth", {"provider": "google", "client_id": "x"}, "use microsoft"),
        ("password", "x", "unknown key"),
    ],
)
def test_a_wrong_setting_is_named(key: str, value: object, words: str):
    oauth = {"provider": "microsoft", "client_id": "x"}
    given = {"network": "graph", "account": "a", "username": USER, "oauth": oauth, key: value}
    with pytest.raises(Misconfigured, match=words):
        read_section(GraphAccount, given, where="ouvidor.yaml", within=("ingest", "accounts", 0))


async def test_a_cursor_of_another_network_is_refused_in_words(server: GraphServer):
    pull = GraphPull(GraphAccount(**server.given()))
    for cursor in (b"77", b"{}", b'{"version":9}', b"\xff"):
        with pytest.raises(Misconfigured, match="cursor"):
            await pull.open(cursor)


def test_a_cursor_of_a_busy_mailbox_fits_into_a_record():
    done = frozenset(mark(str(number)) for number in range(200))
    folders = {f"inbox/Pasta {number}": FolderCursor("/v1.0/x?" + "t" * 900, done) for number in range(10)}
    postponed = {str(n) * 50: Postponed(Letter(str(n) * 50, "inbox", "2026-11-20T10:00:00Z")) for n in range(60)}
    assert len(write_cursor(folders, postponed)) < 60 * 1024
    assert json.loads(write_cursor(folders, postponed))["version"] == 1


def test_the_tokens_of_an_account_are_its_own(tmp_path: Path):
    oauth = {"provider": "microsoft", "client_id": "x"}
    account = GraphAccount(network="graph", account="a", username=USER, oauth=oauth).at(tmp_path)  # type: ignore[arg-type]
    assert tokens_of(account, account.its_oauth).file.path == tmp_path / "secret" / "grants" / "graph.a.json"


class TestTheMail(MailContract):
    adapter = ADAPTER
    hints: Mapping[str, str] = {"folder": "inbox"}


class TestTheMailbox(MailboxContract):
    stand_in = GraphServer
    denial = "ErrorAccessDenied"
