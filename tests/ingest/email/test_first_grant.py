"""A person agrees once: by a code on any device, or in a browser, here or on another machine."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web

from ingest.email.oauth.first_grant import Invitation, by_browser, by_device
from ingest.email.oauth.settings import OAuth
from ouvidor.errors import Misconfigured, Rejected, Unavailable
from tests.ingest.email.token_server import DEVICE, TokenServer

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
async def server() -> AsyncIterator[TokenServer]:
    async with TokenServer() as server:
        yield server


def oauth(server: TokenServer, **others: Any) -> OAuth:  # noqa: ANN401 - settings
    return OAuth(**server.given(**others))


class Person:
    """Sees the invitation, and does something about it after so many polls."""

    def __init__(self, server: TokenServer, does: str = "agreed", after: int = 0) -> None:
        self.server, self.does, self.after = server, does, after
        self.invitations: list[Invitation] = []
        self.pauses: list[float] = []

    def told(self, invitation: Invitation) -> None:
        self.invitations.append(invitation)

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        if len(self.pauses) > self.after:
            self.server.settle(self.does)
        await asyncio.sleep(min(seconds, self.server.interval * 1.2))


async def test_a_person_types_the_code_while_we_ask_now_and_then(server: TokenServer):
    person = Person(server, after=2)
    answer = await by_device(oauth(server), person.told, sleep=person.sleep)
    [invitation] = person.invitations
    assert invitation.address == f"{server.url}/device"
    assert len(invitation.code or "") == 8
    assert answer["refresh_token"] in server.refresh
    assert [form["grant_type"] for form in server.asked[1:]] == [DEVICE] * 3


async def test_who_asks_too_often_is_told_so_and_asks_less_often(server: TokenServer):
    server.interval = 0.3
    person, now = Person(server, after=3), 100.0
    server.clock = lambda: now

    async def hasty(seconds: float) -> None:
        nonlocal now
        now += 0.01 if len(person.pauses) < 2 else seconds
        await person.sleep(0)
        person.pauses[-1] = seconds

    await by_device(oauth(server), person.told, sleep=hasty)
    assert person.pauses[:3] == [0.3, 0.3, 5.3]  # the second poll came too soon


async def test_a_token_server_that_is_away_for_a_moment_does_not_end_the_login(server: TokenServer):
    person = Person(server, after=1)
    server.fails = lambda _: web.Response(status=503) if len(person.pauses) < 3 else None
    await by_device(oauth(server), person.told, sleep=person.sleep)
    assert person.pauses == [0.05, 0.1, 0.2]


async def test_a_person_who_declines_ends_it(server: TokenServer):
    person = Person(server, "declined")
    with pytest.raises(Rejected, match="did not agree"):
        await by_device(oauth(server), person.told, sleep=person.sleep)


async def test_a_code_that_nobody_types_runs_out(server: TokenServer):
    server.code_life = 0.2
    person = Person(server, "pending")
    with pytest.raises(Unavailable, match="begin anew"):
        await by_device(oauth(server), person.told, sleep=person.sleep)


async def test_a_code_that_the_server_calls_expired_ends_it(server: TokenServer):
    person = Person(server, "pending")

    def expired(form: Any) -> web.Response | None:  # noqa: ANN401 - a form
        return web.json_response({"error": "expired_token"}, status=400) if "device_code" in form else None

    server.fails = expired
    with pytest.raises(Unavailable, match="ran out"):
        await by_device(oauth(server), person.told, sleep=person.sleep)


async def test_an_application_that_the_provider_does_not_know_is_for_a_person(server: TokenServer):
    person = Person(server)
    with pytest.raises(Misconfigured, match="check client_id"):
        await by_device(oauth(server, client_id="nobody's"), person.told, sleep=person.sleep)
    assert person.invitations == []


async def test_a_person_agrees_in_a_browser_on_this_machine(server: TokenServer):
    status: list[asyncio.Future[int]] = []

    def told(invitation: Invitation) -> None:
        status.append(asyncio.ensure_future(server.agree_in_browser(invitation.address)))

    answer = await by_browser(oauth(server, flow="browser"), told)
    assert answer["refresh_token"] in server.refresh
    assert await status[0] == 200


@pytest.mark.parametrize(("provider", "host"), [("microsoft", "localhost"), ("google", "127.0.0.1")])
async def test_each_provider_gets_the_address_that_it_lets_desktop_applications_have(
    server: TokenServer, provider: str, host: str
):
    found: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    asking = asyncio.ensure_future(
        by_browser(oauth(server, flow="browser", provider=provider), lambda its: found.set_result(its.address))
    )
    asked = parse_qs(urlsplit(await found).query)
    asking.cancel()
    assert urlsplit(asked["redirect_uri"][0]).hostname == host
    assert asked["code_challenge_method"] == ["S256"]
    assert ("access_type" in asked) is (provider == "google")


async def test_the_address_may_be_pasted_where_the_browser_runs_on_another_machine(server: TokenServer):
    pasted: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def elsewhere(address: str) -> None:
        async with aiohttp.ClientSession() as browser, browser.get(address, allow_redirects=False) as page:
            pasted.set_result(page.headers["Location"] + "\n")

    tasks: list[Any] = []
    answer = await by_browser(
        oauth(server, flow="browser"),
        lambda its: tasks.append(asyncio.ensure_future(elsewhere(its.address))),
        pasted=pasted,
    )
    assert answer["refresh_token"] in server.refresh


async def test_a_strangers_call_of_the_landing_page_neither_grants_nor_ends_anything(server: TokenServer):
    async def both(address: str) -> int:
        back = parse_qs(urlsplit(address).query)["redirect_uri"][0]
        async with aiohttp.ClientSession() as stranger:
            for query in ("", "?code=mine&state=guessed", "?error=access_denied&state=x", "?state=%C3%A9"):
                async with stranger.get(f"{back}/{query}") as page:
                    assert page.status == 400
        return await server.agree_in_browser(address)

    tasks: list[Any] = []
    answer = await by_browser(
        oauth(server, flow="browser"), lambda its: tasks.append(asyncio.ensure_future(both(its.address)))
    )
    assert answer["refresh_token"] in server.refresh
    assert await tasks[0] == 200


async def test_a_person_who_declines_in_the_browser_ends_it(server: TokenServer):
    async def decline(address: str) -> int:
        asked = parse_qs(urlsplit(address).query)
        back = f"{asked['redirect_uri'][0]}/?error=access_denied&state={asked['state'][0]}"
        return await server.agree_in_browser(back)

    tasks: list[Any] = []
    with pytest.raises(Rejected, match="did not agree"):
        await by_browser(
            oauth(server, flow="browser"), lambda its: tasks.append(asyncio.ensure_future(decline(its.address)))
        )
    assert await tasks[0] == 400
