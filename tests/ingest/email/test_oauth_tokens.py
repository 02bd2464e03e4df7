"""Tokens are renewed before they end, kept safely, and a grant that is over costs nothing."""

import asyncio
import json
import stat
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from ingest.email.oauth.expiries import Expiries
from ingest.email.oauth.grant import Grant, ends_soon, from_answer, read_grant, write_grant
from ingest.email.oauth.settings import OAuth
from ingest.email.oauth.tokens import Tokens
from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.metrics import MAIL_GRANT_EXPIRES
from tests.ingest.email.token_server import TokenServer

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
async def server() -> AsyncIterator[TokenServer]:
    async with TokenServer() as server:
        yield server


@pytest.fixture
def clock() -> Clock:
    return Clock()


def tokens(server: TokenServer, data: Path, clock: Clock, **others: Any) -> Tokens:  # noqa: ANN401 - settings
    oauth = OAuth(**server.given(**others))
    return Tokens(oauth, data=data, network="imap", account="caixa", user="ana@ouvidor.test", clock=clock)


async def granted(server: TokenServer, data: Path, clock: Clock, **others: Any) -> Tokens:  # noqa: ANN401 - settings
    """Give an account whose first grant was just given."""
    its = tokens(server, data, clock, **others)
    its.keep(json.loads(server._tokens(refresh=True).body))  # type: ignore[arg-type]  # these are bytes
    return its


async def test_a_token_serves_until_minutes_before_its_end_and_is_then_renewed(
    server: TokenServer, tmp_path: Path, clock: Clock
):
    its = await granted(server, tmp_path, clock)
    first = await its.current()
    clock.turn(minutes=54)
    assert await its.current() == first
    assert server.asked == []
    clock.turn(minutes=2)
    second = await its.current()
    assert second.words != first.words
    assert [form["grant_type"] for form in server.asked] == ["refresh_token"]


async def test_a_refresh_token_that_was_changed_is_kept_and_the_old_one_never_used_again(
    server: TokenServer, tmp_path: Path, clock: Clock
):
    its = await granted(server, tmp_path, clock)
    for _ in range(4):
        clock.turn(hours=1)
        await tokens(server, tmp_path, clock).current()  # each time a process that has just begun
    used = [form["refresh_token"] for form in server.asked]
    assert len(set(used)) == 4
    assert (await its.current()).words in server.access


async def test_a_provider_that_keeps_its_refresh_token_is_asked_with_it_again(
    server: TokenServer, tmp_path: Path, clock: Clock
):
    server.rotates = False
    its = await granted(server, tmp_path, clock)
    for _ in range(2):
        clock.turn(hours=1)
        await its.current()
    assert len({form["refresh_token"] for form in server.asked}) == 1


async def test_processes_that_want_a_new_token_at_once_renew_it_once(server: TokenServer, tmp_path: Path, clock: Clock):
    await granted(server, tmp_path, clock)
    clock.turn(hours=1)
    server.before_answer = lambda: asyncio.sleep(0.1)
    found = await asyncio.gather(*(tokens(server, tmp_path, clock).current() for _ in range(8)))
    assert len(server.asked) == 1
    assert len({token.words for token in found}) == 1


async def test_the_grant_is_its_owners_alone_and_its_secrets_show_nowhere(
    server: TokenServer, tmp_path: Path, clock: Clock
):
    its = await granted(server, tmp_path, clock)
    path = its.file.path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    grant = its.file.read()
    assert grant is not None
    assert grant.refresh_token is not None
    assert grant.refresh_token not in repr(grant) + repr(grant.token)
    assert (grant.access_token or "") not in repr(grant) + repr(grant.token)


async def test_a_grant_that_is_over_says_what_to_do_and_nobody_is_asked_again_for_an_hour(
    server: TokenServer, tmp_path: Path, clock: Clock
):
    its = await granted(server, tmp_path, clock)
    server.revoked = True
    clock.turn(hours=1)
    for _ in range(11):  # an hour of the poller's pauses
        with pytest.raises(Misconfigured, match=r"over.*invalid_grant, AADSTS50173.*ouvidor mail login caixa") as told:
            await tokens(server, tmp_path, clock).current()
        assert "ana@" not in str(told.value)
        clock.turn(minutes=5)
    assert len(server.asked) == 1
    clock.turn(minutes=10)
    server.revoked = False  # the user was locked out, and let in again
    assert (await its.current()).words in server.access


async def test_a_new_login_mends_a_grant_that_is_over_at_once(server: TokenServer, tmp_path: Path, clock: Clock):
    its = await granted(server, tmp_path, clock)
    server.revoked = True
    clock.turn(hours=1)
    with pytest.raises(Misconfigured):
        await its.current()
    server.revoked = False
    its.keep(json.loads(server._tokens(refresh=True).body))  # type: ignore[arg-type]
    assert (await tokens(server, tmp_path, clock).current()).words in server.access


async def test_a_grant_that_was_never_given_says_so(server: TokenServer, tmp_path: Path, clock: Clock):
    with pytest.raises(Misconfigured, match="no grant was given yet: ouvidor mail login caixa"):
        await tokens(server, tmp_path, clock).current()


async def test_a_grant_of_another_application_is_not_used(server: TokenServer, tmp_path: Path, clock: Clock):
    await granted(server, tmp_path, clock)
    with pytest.raises(Misconfigured, match="another application"):
        await tokens(server, tmp_path, clock, client_id="a-new-one").current()


Answers = Callable[[Mapping[str, str]], web.Response]


def answers(status: int, body: str, **headers: str) -> Answers:
    return lambda _: web.Response(status=status, text=body, headers=headers)


@pytest.mark.parametrize(
    ("failure", "error", "words"),
    [
        (answers(503, "<html>maintenance</html>"), Unavailable, "status 503"),
        (answers(400, '{"error": "temporarily_unavailable"}'), Unavailable, "temporarily_unavailable"),
        (answers(200, "<html>Please accept the terms of this network</html>"), Misconfigured, "no OAuth"),
        (answers(302, "", Location="https://elsewhere.test/"), Misconfigured, "302"),
        (answers(200, '{"token_type": "Bearer"}'), Unavailable, "without a token"),
        (answers(200, '{"access_token": "a\\u0001b"}'), Unavailable, "access_token that is none"),
        (answers(200, '{"access_token": "ab", "token_type": "mac"}'), Misconfigured, "another type"),
        (answers(200, "x" * 300_000), Unavailable, "more than tokens need"),
        (answers(401, '{"error": "invalid_client"}'), Misconfigured, "check client_id and its secret"),
        (answers(400, '{"error": "invalid_scope"}'), Misconfigured, "check scope"),
        (answers(400, '{"error": "unknown ana@ouvidor.test"}'), Misconfigured, "unknown_error"),
    ],
)
async def test_a_token_server_that_fails_is_away_or_wrongly_set_and_the_grant_stays(
    tmp_path: Path, clock: Clock, failure: Answers, error: type[Exception], words: str
):
    async with TokenServer() as server:
        its = await granted(server, tmp_path, clock)
        server.fails = failure
        clock.turn(hours=2)
        with pytest.raises(error, match=words) as told:
            await its.current()
        assert "ana@" not in str(told.value)
        server.fails = lambda _: None
        assert (await its.current()).words in server.access


async def test_a_token_server_that_asks_for_a_pause_gets_it(server: TokenServer, tmp_path: Path, clock: Clock):
    its = await granted(server, tmp_path, clock)
    server.fails = answers(429, "{}", **{"Retry-After": "120"})
    clock.turn(hours=2)
    with pytest.raises(Unavailable, match="status 429") as told:
        await its.current()
    assert told.value.retry_after == timedelta(seconds=120)


async def test_while_the_token_server_is_away_a_token_that_still_holds_serves(
    server: TokenServer, tmp_path: Path, clock: Clock
):
    its = await granted(server, tmp_path, clock)
    first = await its.current()
    server.fails = answers(503, "")
    clock.turn(minutes=57)
    assert await its.current() == first
    clock.turn(minutes=3)
    with pytest.raises(Unavailable):
        await its.current()


async def test_a_token_server_that_nobody_answers_at_is_unavailable(tmp_path: Path, clock: Clock):
    async with TokenServer() as server:
        its = await granted(server, tmp_path, clock)
    clock.turn(hours=1)
    with pytest.raises(Unavailable, match=r"the token server 127\.0\.0\.1 does not answer"):
        await its.current()


async def test_who_is_stopped_while_the_provider_answers_keeps_what_it_gave(
    server: TokenServer, tmp_path: Path, clock: Clock
):
    its = await granted(server, tmp_path, clock)
    clock.turn(hours=1)
    answering = asyncio.Event()

    async def slowly() -> None:
        answering.set()
        await asyncio.sleep(0.3)

    server.before_answer = slowly
    asking = asyncio.ensure_future(its.current())
    await answering.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert (await tokens(server, tmp_path, clock).current()).words in server.access
    assert len(server.asked) == 1


async def test_the_applications_own_right_needs_no_person_and_no_file(
    server: TokenServer, tmp_path: Path, clock: Clock
):
    server.client_secret = "s3cr3t"
    its = tokens(server, tmp_path, clock, flow="app", client_secret="s3cr3t")
    first = await its.current()
    assert await its.current() == first
    clock.turn(hours=1)
    assert (await its.current()).words != first.words
    assert [form["grant_type"] for form in server.asked] == ["client_credentials"] * 2
    assert not its.file.path.exists()
    wrong = tokens(server, tmp_path, clock, flow="app", client_secret="another")
    with pytest.raises(Misconfigured, match=r"invalid_client, AADSTS7000215.*which may have expired") as told:
        await wrong.current()
    assert "another" not in str(told.value)


async def test_a_token_that_was_not_let_in_is_changed_once_an_hour_at_most(
    server: TokenServer, tmp_path: Path, clock: Clock
):
    its = await granted(server, tmp_path, clock)
    first = await its.current()
    second = await its.fresh(first)
    assert second is not None
    assert second.words != first.words
    clock.turn(minutes=30)
    assert await its.fresh(second) is None
    clock.turn(minutes=31)
    assert await its.fresh(second) is not None


def test_ends_are_told_by_the_provider_or_presumed_and_renewals_move_what_is_presumed():
    kept = {"client": "c", "provider": "microsoft"}
    first = from_answer({"access_token": "a", "refresh_token": "r", "expires_in": "3599"}, now=NOW, before=None, **kept)
    assert first.access_ends_at == NOW + timedelta(seconds=3599)
    assert first.ends_at == NOW + timedelta(days=90)
    later = NOW + timedelta(days=30)
    assert from_answer({"access_token": "b"}, now=later, before=first, **kept).ends_at == later + timedelta(days=90)
    told = {"access_token": "a", "refresh_token": "r", "refresh_token_expires_in": 604_800}
    testing = from_answer(told, client="c", provider="google", now=NOW, before=None)
    assert testing.ends_at == NOW + timedelta(days=7)
    renewed = from_answer({"access_token": "b"}, client="c", provider="google", now=later, before=testing)
    assert renewed.ends_at == NOW + timedelta(days=7)
    assert renewed.refresh_token == "r"


@pytest.mark.parametrize("strange", ["nan", "inf", -5, None, [], "soon", 1e300])
def test_a_life_that_is_no_number_is_taken_for_a_short_one(strange: Any):  # noqa: ANN401 - anything
    grant = from_answer(
        {"access_token": "a", "expires_in": strange}, client="c", provider="other", now=NOW, before=None
    )
    assert grant.access_ends_at == NOW + timedelta(minutes=30)
    assert grant.ends_at is None


def test_a_warning_comes_a_week_before_the_end_or_in_the_last_third_of_a_short_life():
    end = NOW + timedelta(days=90)
    assert not ends_soon(end, NOW, end - timedelta(days=8))
    assert ends_soon(end, NOW, end - timedelta(days=7))
    short = NOW + timedelta(days=6)
    assert not ends_soon(short, NOW, short - timedelta(days=3))
    assert ends_soon(short, NOW, short - timedelta(days=2))


def test_the_metric_tells_the_earliest_end():
    expiries, day = Expiries(), timedelta(days=1)
    expiries.note("mail-test", "one", NOW + 30 * day, begun_at=NOW, now=NOW)
    expiries.note("mail-test", "two", NOW + 9 * day, begun_at=NOW, now=NOW)
    assert MAIL_GRANT_EXPIRES.labels("mail-test")._value.get() == (NOW + 9 * day).timestamp()
    expiries.note("mail-test", "two", NOW + 90 * day, begun_at=NOW, now=NOW)
    assert MAIL_GRANT_EXPIRES.labels("mail-test")._value.get() == (NOW + 30 * day).timestamp()


@pytest.mark.parametrize("written", [b"", b"{}", b"[]", b'{"version": 2}', b'{"version": 1, "x": 1}', b"\xff"])
def test_a_file_that_is_no_grant_says_what_to_do(tmp_path: Path, server: TokenServer, clock: Clock, written: bytes):
    its = tokens(server, tmp_path, clock)
    its.file.path.parent.mkdir(parents=True)
    its.file.path.write_bytes(written)
    with pytest.raises(Misconfigured, match="remove it and log in anew"):
        its.file.read()


def test_what_is_written_is_read_again():
    grant = Grant("c", "r", "a", NOW, NOW, NOW, end_told=True, refused="invalid_grant", refused_at=NOW)
    assert read_grant(write_grant(grant)) == grant


_RENEWER = """
import asyncio, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from ingest.email.oauth.settings import OAuth
from ingest.email.oauth.tokens import Tokens
moved = timedelta()
tokens = Tokens(OAuth.model_validate_json(sys.argv[1]), data=Path(sys.argv[2]), network="imap", account="caixa",
                user="ana", clock=lambda: datetime.now(UTC) + moved)
async def main():
    global moved
    while True:
        await tokens.current()
        moved += timedelta(hours=1)
asyncio.run(main())
"""


async def test_kills_at_any_moment_leave_a_grant_that_serves(server: TokenServer, tmp_path: Path):
    """Renewed without rest and killed; the provider still takes the token before, as Microsoft does."""
    server.rotates, clock = False, Clock()
    clock.now = datetime.now(UTC)
    its = await granted(server, tmp_path, clock)
    server.rotates, server.grace = True, 10**9
    for token in server.refresh:
        server.refresh[token] = 10**9
    for turn in range(6):
        before = len(server.asked)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _RENEWER, json.dumps(server.given()), str(tmp_path), stderr=asyncio.subprocess.PIPE
        )
        async with asyncio.timeout(60):
            while len(server.asked) < before + 5 + turn:
                assert process.returncode is None, (await process.communicate())[1].decode()
                await asyncio.sleep(0.001 * turn)
        process.kill()
        await process.communicate()
        clock.turn(hours=1)
        its.file.read()
        assert (await its.fresh(await its.current()) or await its.current()).words in server.access
    assert {path.suffix for path in its.file.path.parent.iterdir()} <= {".json", ".lock", ".new"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in its.file.path.parent.iterdir()} == {0o600}
