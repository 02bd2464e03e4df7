"""Webhooks: the contract of sinks, and what Standard Webhooks asks beyond it, verified by its official library."""

import asyncio
import json
import ssl
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from aiohttp import web
from pydantic import ValidationError
from standardwebhooks.webhooks import Webhook as Verifier

from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.settings import Settings
from sinks.deliveries.catalogue import sink
from sinks.deliveries.contract import Again, Delivered, Gone, Outcome, Refused
from sinks.webhook.answers import outcome
from sinks.webhook.signature import key_of, signatures
from tests.sinks.contract import SinkContract, delivery
from tests.sinks.webhook.receiver import OLD, SECRET, Panel

OPEN = Settings(deliveries={"allow": ["127.0.0.0/8", "::1/128"]})  # type: ignore[arg-type]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class TestContract(SinkContract):
    name = "webhook"

    @pytest.fixture
    def receiver(self, panel: Panel) -> Panel:
        return panel


@asynccontextmanager
async def opened(panel: Panel, settings: Settings = OPEN, **more: object):
    its = sink("webhook")
    async with its.open(panel.destination(its, **more), settings) as attempt:
        yield attempt


async def once(panel: Panel, settings: Settings = OPEN, **more: object) -> Outcome:
    async with opened(panel, settings, **more) as attempt:
        return await attempt(delivery())


async def test_the_body_is_the_event_whole_so_that_all_of_it_is_signed(panel: Panel):
    await once(panel)
    ((headers, body),) = panel.requests
    its = delivery()
    assert json.loads(body) == {
        "specversion": "1.0",
        "id": its.attributes["ce_id"],
        "type": "ouvidor.message.dispatched.v1",
        "source": "/route",
        "time": "2026-11-23T12:00:00Z",
        "subject": its.protocol,
        "datacontenttype": "application/json",
        "data": json.loads(its.body),
    }
    assert headers["content-type"] == "application/cloudevents+json; charset=utf-8"


async def test_each_try_is_signed_anew_under_the_same_id(panel: Panel):
    async with opened(panel) as attempt:
        first, second = delivery(), delivery(tries=2)
        for each, later in ((first, 0), (second, 90)):
            object.__setattr__(each, "at", datetime.now(UTC) + timedelta(seconds=later))
            assert isinstance(await attempt(each), Delivered)
    (one, body), (two, same) = panel.requests
    assert one["webhook-id"] == two["webhook-id"]
    assert body == same
    assert one["webhook-timestamp"] != two["webhook-timestamp"]
    assert one["webhook-signature"] != two["webhook-signature"]


async def test_while_the_secret_changes_both_receivers_know_it(panel: Panel):
    panel.secrets = [SECRET, OLD]
    assert isinstance(await once(panel, secret=SECRET, old_secret=OLD), Delivered)
    ((headers, _),) = panel.requests
    assert [each.split(",")[0] for each in headers["webhook-signature"].split(" ")] == ["v1", "v1"]


async def test_a_receiver_with_another_secret_does_not_take_it(panel: Panel):
    panel.secrets = [OLD]
    came = await once(panel, secret=SECRET)
    assert isinstance(came, Again)
    assert came.status == 500


def test_the_signature_is_the_official_one():
    key, said = key_of(SECRET), b'{"a":"\xc3\xa7"}'
    wanted = Verifier(SECRET).sign("msg_1", NOW, said.decode())
    assert signatures([key], "msg_1", int(NOW.timestamp()), said) == wanted


async def test_a_redirect_is_not_followed(panel: Panel):
    seen: list[str] = []

    async def redirect(request: web.Request) -> web.Response:
        seen.append(request.path)
        return web.Response(status=307, headers={"location": "/ouvidor?again"})

    panel.answer = redirect
    came = await once(panel)
    assert came == Again("307 Temporary Redirect: redirects are not followed; set the new address", 307)
    assert seen == ["/ouvidor"]


async def test_an_endless_answer_is_read_to_a_bound(panel: Panel):
    sent = 0

    async def flood(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        answer = web.StreamResponse(status=500)
        await answer.prepare(request)
        while sent < 2**30:
            await answer.write(b"x" * 65536)
            sent += 65536
        return answer

    panel.answer = flood
    async with asyncio.timeout(30):
        came = await once(panel)
    assert isinstance(came, Again)
    assert len(came.words) < 300
    assert sent < 2**26


async def test_no_cookie_is_kept(panel: Panel):
    cookies: list[str | None] = []

    async def answer(request: web.Request) -> web.Response:
        cookies.append(request.headers.get("cookie"))
        return web.Response(status=204, headers={"set-cookie": "session=1"})

    panel.answer = answer
    async with opened(panel) as attempt:
        await attempt(delivery())
        await attempt(delivery(2))
    assert cookies == [None, None]


@pytest.mark.parametrize(
    ("status", "asked", "wanted"),
    [
        (200, None, Delivered("200 OK", 200)),
        (202, None, Delivered("202 Accepted", 202)),
        (410, None, Gone("410 Gone", 410)),
        (413, None, Refused("413 Request Entity Too Large", 413)),
        (400, None, Again("400 Bad Request", 400)),
        (401, None, Again("401 Unauthorized", 401)),
        (404, "9", Again("404 Not Found", 404)),
        (429, None, Again("429 Too Many Requests", 429, timedelta(seconds=30))),
        (429, "120", Again("429 Too Many Requests", 429, timedelta(seconds=120))),
        (503, None, Again("503 Service Unavailable", 503)),
        (503, "Mon, 23 Nov 2026 12:10:00 GMT", Again("503 Service Unavailable", 503, timedelta(minutes=10))),
        (599, None, Again("599", 599)),
    ],
)
def test_an_answer_means(status: int, asked: str | None, wanted: Outcome):
    found = outcome(status, "", asked, NOW)
    assert (type(found), found.status) == (type(wanted), wanted.status)
    assert getattr(found, "after", None) == getattr(wanted, "after", None)


async def test_a_private_address_is_not_reached_unless_allowed(panel: Panel):
    came = await once(panel, Settings())
    assert isinstance(came, Again)
    assert "webhooks may not reach" in came.words
    assert panel.requests == []
    assert isinstance(await once(panel, OPEN), Delivered)


async def test_a_receiver_is_spoken_to_by_its_name_in_tls_and_its_certificate_looked_at(tmp_path: Path):
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    hosts: list[str] = []

    async def take(request: web.Request) -> web.Response:
        hosts.append(request.host)
        return web.Response(status=204)

    app = web.Application()
    app.router.add_post("/", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    port = runner.addresses[0][1]
    its = sink("webhook")
    given = {"sink": "webhook", "name": "panel", "department": "lamps", "secret": SECRET}
    trusted = {"ca_file": tmp_path / "ca.pem"}
    try:
        ours = its.settings.model_validate(given | trusted | {"url": f"https://localhost:{port}/"})
        async with its.open(ours, OPEN) as attempt:
            assert isinstance(await attempt(delivery()), Delivered)
        assert hosts == [f"localhost:{port}"]
        assert its.check is not None
        await its.check(ours, OPEN)
        stranger = its.settings.model_validate(given | {"url": f"https://localhost:{port}/"})
        async with its.open(stranger, OPEN) as attempt:
            came = await attempt(delivery())
        assert isinstance(came, Again)
        assert "its certificate is not trusted" in came.words
        with pytest.raises(Misconfigured, match="its certificate is not trusted"):
            await its.check(stranger, OPEN)
        by_number = its.settings.model_validate(given | trusted | {"url": f"https://127.0.0.1:{port}/"})
        async with its.open(by_number, OPEN) as attempt:
            assert isinstance(await attempt(delivery()), Again)  # the certificate is another name's
    finally:
        await runner.cleanup()
    with pytest.raises(Unavailable, match="not reached"):
        await its.check(ours, OPEN)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"url": "http://example.org/"}, "in_the_clear"),
        ({"url": "ftp://example.org/"}, "an address such as"),
        ({"url": "example.org"}, "an address such as"),
        ({"url": "https://a:b@example.org/"}, "are not sent"),
        ({"secret": "whsec_c2hvcnQ="}, "24 to 64 random bytes"),
        ({"secret": "segredo"}, "openssl rand"),
        ({"ca_file": "/nowhere.pem"}, "no certificates can be read"),
        ({"at_once": 0}, "greater than or equal"),
    ],
)
def test_a_setting_that_cannot_work_is_told_and_secrets_are_not(more: dict[str, object], words: str):
    given = {"sink": "webhook", "name": "p", "department": "d", "url": "https://example.org/", "secret": SECRET}
    with pytest.raises(ValidationError) as told:
        sink("webhook").settings.model_validate(given | more)
    said = " ".join(fault["msg"] for fault in told.value.errors())
    assert words in said
    assert str(more.get("secret", SECRET)) not in said
