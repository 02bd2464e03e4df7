"""The push edge at a broker that is there: what is taken, shown and refused."""

import asyncio
import gzip
import hmac
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest
import structlog

from ingest import registry
from ingest.door import by_the_minute
from ingest.originals import claim_of, read_original
from ingest.push import task
from ouvidor.blobs import BlobStore
from ouvidor.errors import Misconfigured
from ouvidor.events import header
from ouvidor.health import Heart
from ouvidor.local.kafka import LocalKafka
from ouvidor.local.ports import free_ports
from ouvidor.metrics import FORGERIES, INTAKE_CUT, INTAKE_REFUSED, ORIGINALS_RECEIVED
from ouvidor.promise import Promise
from ouvidor.settings import Routing
from tests.ingest.edge import JSON, PROMISE, SECRET, Edge, count, listening, numbers, settings_for, words_of
from tests.ingest.river import make_topics, running, until
from tests.routers.conftest import PLAIN


@pytest.fixture
async def edge(
    kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Edge]:
    """An edge at the session's broker, with the patience that a busy machine needs: nothing goes by the spool."""
    monkeypatch.setattr("ingest.outlet.PATIENCE", 20.0)
    settings = settings_for(kafka.bootstrap, f"{fresh_name('p')}.", tmp_path / "data", body_limit=200_000)
    await make_topics(settings)
    async with listening(settings, direct=True) as edge:
        yield edge


class TestWhatIsTaken:
    async def test_a_post_is_an_original_and_its_sender_knows_the_protocol_and_the_deadline(self, edge: Edge):
        received = count(ORIGINALS_RECEIVED, "webform", "form")
        answer = await edge.post("Não há água")
        [record] = await edge.originals(1)
        original = read_original(record)
        assert original.body == json.dumps({"message": "Não há água"}).encode()
        assert (original.network, original.account, original.media_type) == ("form", "main", "application/json")
        assert (header(record, "ce_id"), header(record, "ce_subject")) == (answer["id"], answer["protocol"])
        answer_by = datetime.fromisoformat(answer["answer_by"])
        assert answer_by.utcoffset() == timedelta(hours=-3)
        assert timedelta(0) <= original.received_at + PROMISE - answer_by < timedelta(minutes=1)
        assert count(ORIGINALS_RECEIVED, "webform", "form") == received + 1
        assert edge.heart.ready
        assert edge.heart.trouble is None

    async def test_many_at_once_are_each_there_once(self, edge: Edge):
        answers = await asyncio.gather(*(edge.post(words) for words in numbers(1, 300)))
        records = await edge.originals(300)
        assert sorted(words_of(records)) == sorted(numbers(1, 300))
        assert len(records) == 300
        assert {header(record, "ce_subject") for record in records} == {answer["protocol"] for answer in answers}

    async def test_a_redelivery_gets_the_same_protocol(self, edge: Edge):
        assert (await edge.post("de novo"))["protocol"] == (await edge.post("de novo"))["protocol"]

    async def test_a_large_body_lies_in_the_blob_store_before_it_is_answered(self, edge: Edge):
        body = json.dumps({"message": "x" * 100_000}).encode()
        async with edge.session.post(edge.url + "/form/main", data=body, headers=JSON) as answer:
            assert answer.status == 202
        [record] = await edge.originals(1)
        assert record.value == b""
        assert await BlobStore.from_settings(edge.settings).get(claim_of(record) or "") == body

    async def test_a_body_over_the_limit_is_heard_as_far_as_it_was_kept(self, edge: Edge):
        form = aiohttp.FormData()
        form.add_field("message", "O vídeo mostra tudo")
        form.add_field("files", BytesIO(b"v" * 1_500_000), filename="video.mp4", content_type="video/mp4")
        async with edge.session.post(edge.url + "/form/main", data=form, headers={"Accept": "text/html"}) as answer:
            assert answer.status == 200
            assert "ficaram de fora" in await answer.text()
        [record] = await edge.originals(1)
        body = await BlobStore.from_settings(edge.settings).get(claim_of(record) or "")
        assert len(body) == 200_000
        assert "O vídeo mostra tudo".encode() in body
        assert read_original(record).hints == {"cut": "1"}

    async def test_a_signed_webhook_is_taken_byte_for_byte_and_a_forged_one_is_not(self, edge: Edge):
        body = '{"object":"whatsapp_business_account","entry":[{"text":"\\ud83d\\ude22 é"}]}'.encode()
        forgeries = count(FORGERIES, "whatsapp")
        for secret, status in (("outro", 401), (SECRET, 200)):
            signature = "sha256=" + hmac.new(secret.encode(), body, sha256).hexdigest()
            headers = {"X-Hub-Signature-256": signature, "Content-Type": "application/json"}
            async with edge.session.post(edge.url + "/whatsapp/main", data=body, headers=headers) as answer:
                assert answer.status == status
        [record] = await edge.originals(1)
        assert record.value == body
        assert count(FORGERIES, "whatsapp") == forgeries + 1

    async def test_the_challenge_of_a_webhook_is_answered(self, edge: Edge):
        query = {"hub.mode": "subscribe", "hub.verify_token": "palavra", "hub.challenge": "115"}
        async with edge.session.get(edge.url + "/whatsapp/main", params=query) as answer:
            assert (answer.status, await answer.text()) == (200, "115")


class TestWhatIsShown:
    async def test_the_address_alone_lists_the_forms_and_the_form_has_a_new_field_each_time(self, edge: Edge):
        async with edge.session.get(edge.url) as answer:
            page = await answer.text()
            assert '<a href="form/main">Fale conosco</a>' in page
            assert "whatsapp" not in page
        pages = set()
        for _ in range(2):
            async with edge.session.get(edge.url + "/form/main") as answer:
                assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
                assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
                pages.add(await answer.text())
        assert len(pages) == 2

    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [
            ("GET", "/form/other", 404),
            ("POST", "/nothing", 404),
            ("DELETE", "/form/main", 405),
            ("HEAD", "/form/main", 200),
        ],
    )
    async def test_other_addresses_and_methods_are_told_apart(self, edge: Edge, method: str, path: str, status: int):
        async with edge.session.request(method, edge.url + path) as answer:
            assert answer.status == status


class TestWhatIsRefused:
    async def test_a_sender_that_hangs_up_in_the_middle_is_counted_and_nothing_is_kept(self, edge: Edge):
        before = count(INTAKE_REFUSED, "form", "cut")
        _, writer = await asyncio.open_connection("127.0.0.1", int(edge.url.rpartition(":")[2]))
        writer.write(b"POST /form/main HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        await writer.drain()
        await asyncio.sleep(0.1)
        writer.close()
        await writer.wait_closed()
        await until(lambda: count(INTAKE_REFUSED, "form", "cut") == before + 1)
        await edge.post("depois")
        assert words_of(await edge.originals(1)) == ["depois"]

    async def test_a_sender_that_falls_silent_is_given_up(self, edge: Edge, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr("ingest.body._SILENCE", 0.2)
        reader, writer = await asyncio.open_connection("127.0.0.1", int(edge.url.rpartition(":")[2]))
        writer.write(b"POST /form/main HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        assert b"408" in await reader.readline()
        writer.close()
        await writer.wait_closed()

    async def test_without_broker_and_spool_the_answer_is_no_and_says_when_to_try_again(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        [port] = free_ports(1)
        settings = settings_for(f"127.0.0.1:{port}", "p.", tmp_path)
        refused = count(INTAKE_REFUSED, "form", "unavailable")
        async with listening(settings) as edge:
            monkeypatch.setattr("ingest.spool_file.insert", full)
            async with edge.session.post(edge.url + "/form/main", data=b"{}", headers=JSON) as answer:
                assert (answer.status, answer.headers["Retry-After"]) == (503, "60")
                assert "tente de novo" in await answer.text()
            assert count(INTAKE_REFUSED, "form", "unavailable") == refused + 1
            assert "disk is full" in (edge.heart.trouble or "")
            monkeypatch.undo()
            await edge.post("agora sim")
            assert edge.spooled == 1

    async def test_bytes_that_are_no_http_disturb_nobody(self, edge: Edge):
        reader, writer = await asyncio.open_connection("127.0.0.1", int(edge.url.rpartition(":")[2]))
        writer.write(b"\x16\x03\x01\x00\xa5 not HTTP\r\n\r\n")
        assert b"400" in await reader.readline()
        writer.close()
        await writer.wait_closed()
        await edge.post("ainda aqui")

    async def test_a_defect_before_it_is_kept_is_a_no_and_one_after_it_a_yes(
        self, edge: Edge, monkeypatch: pytest.MonkeyPatch
    ):
        defects = count(INTAKE_REFUSED, "form", "defect")
        with structlog.testing.capture_logs() as logs:
            monkeypatch.setattr("ingest.webform.form._own_id", defect)
            async with edge.session.post(edge.url + "/form/main", data=b'{"message":"um"}', headers=JSON) as answer:
                assert answer.status == 500
            monkeypatch.undo()
            monkeypatch.setattr("ingest.webform.form._promised", defect)
            async with edge.session.post(edge.url + "/form/main", data=b'{"message":"dois"}', headers=JSON) as answer:
                assert answer.status == 202
                words = await answer.text()
        [record] = await edge.originals(1)
        assert record.value == b'{"message":"dois"}'
        assert header(record, "ce_subject") in words
        assert count(INTAKE_REFUSED, "form", "defect") == defects + 1
        assert [(line["error"], line["network"]) for line in logs] == [("ZeroDivisionError", "form")] * 2
        assert "palavras" not in str(logs)

    @pytest.mark.parametrize(
        "body", [b"no gzip", gzip.compress(b'{"message":"meio"}', mtime=0)[:-10]], ids=["none", "half"]
    )
    async def test_a_compressed_body_that_is_none_is_no_defect_of_ours(self, edge: Edge, body: bytes):
        headers = {**JSON, "Content-Encoding": "gzip"}
        async with edge.session.post(edge.url + "/form/main", data=body, headers=headers) as answer:
            assert answer.status in {202, 400}
        await edge.post("ainda aqui")

    async def test_a_port_that_is_taken_is_named(self, kafka: LocalKafka, tmp_path: Path):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            settings = settings_for(kafka.bootstrap, "p.", tmp_path, port=taken.getsockname()[1])
            with pytest.raises(Misconfigured, match=r"ingest\.http.*another program has it"):
                async with listening(settings):
                    pass


def full(*_: object) -> None:
    raise OSError("disk is full")


def defect(*_: object) -> None:
    words = "palavras do cliente"
    raise ZeroDivisionError(words)


async def test_a_compressed_form_is_heard(edge: Edge):
    body = gzip.compress(b'{"message":"comprimido"}')
    headers = {**JSON, "Content-Encoding": "gzip"}
    async with edge.session.post(edge.url + "/form/main", data=body, headers=headers) as answer:
        assert answer.status == 202
    assert words_of(await edge.originals(1)) == ["comprimido"]


async def test_a_body_that_swells_a_thousandfold_takes_no_more_room_than_the_limit(edge: Edge):
    body = gzip.compress(b"x" * 30_000_000)
    headers = {**JSON, "Content-Encoding": "gzip"}
    cut = count(INTAKE_CUT, "form")
    async with edge.session.post(edge.url + "/form/main", data=body, headers=headers) as answer:
        assert answer.status == 202
    [record] = await edge.originals(1)
    assert len(await BlobStore.from_settings(edge.settings).get(claim_of(record) or "")) == 200_000
    assert count(INTAKE_CUT, "form") == cut + 1


async def test_nothing_that_a_customer_sends_is_logged(edge: Edge):
    with structlog.testing.capture_logs() as logs:
        await edge.post("palavras secretas")
        for path in ("/form/main?name=Ana", "/nada?cpf=111", "/form/main/../x"):
            async with edge.session.get(edge.url + path):
                pass
    assert logs == []


def test_a_promise_that_could_not_be_made_leaves_no_older_one_in_its_place():
    def promise(moment: datetime) -> Promise:
        if moment == noon + timedelta(days=7):
            raise OSError("the table's disk is away")
        return Promise(until=moment + timedelta(days=1), within="1 dia")

    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    ask = by_the_minute(promise)
    assert ask(noon).until == ask(noon + timedelta(seconds=59)).until == noon + timedelta(days=1)
    for second in (1, 2):
        with pytest.raises(OSError, match="away"):
            ask(noon + timedelta(days=7, seconds=second))
    assert ask(noon + timedelta(days=7, minutes=1)).until == noon + timedelta(days=8, minutes=1)


async def test_the_promise_is_that_of_the_table_s_clock(
    kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path
):
    settings = settings_for(kafka.bootstrap, f"{fresh_name('p')}.", tmp_path)
    await make_topics(settings)
    [port] = free_ports(1)
    table = tmp_path / "table.yaml"
    table.write_text(PLAIN.replace("profile: seed", "profile: sac", 1), encoding="utf-8")
    settings = settings.model_copy(
        update={
            "routing": Routing(table=table),
            "ingest": settings.ingest.model_copy(
                update={"http": settings.ingest.http.model_copy(update={"port": port})}
            ),
        }
    )
    service = task(settings, registry.accounts(settings))
    assert service.name == "http"
    heart = Heart("http")
    work: Awaitable[None] = service.run(heart)
    async with running(asyncio.ensure_future(work)), aiohttp.ClientSession() as session:
        await until(lambda: heart.ready)
        async with session.post(f"http://127.0.0.1:{port}/form/main", data=b"{}", headers=JSON) as answer:
            told = await answer.json()
    left = datetime.fromisoformat(told["answer_by"]) - datetime.now(UTC)
    assert timedelta(days=7) < left <= timedelta(days=8)
    assert told["deadline"] == "O prazo é de 7 dias corridos."
