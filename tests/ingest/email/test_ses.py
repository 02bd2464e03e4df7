"""Amazon SES by SNS: calls as its documents show them, signed by a stand-in whose certificate is fetched over HTTPS."""

import json
import socket
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import trustme
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from ingest.adapter import Answer, Aside, Call, Delivery
from ingest.email import ses, sns
from ingest.email.identity import own_id
from ouvidor.errors import Unavailable
from ouvidor.events import header
from ouvidor.local.kafka import LocalKafka
from ouvidor.settings import Settings
from tests.ingest.contract import AdapterContract
from tests.ingest.edge import listening
from tests.ingest.email.test_webhooks import ASCII, MAIL, read
from tests.ingest.river import make_topics, own_river

TOPIC = "arn:aws:sns:sa-east-1:012345678912:mail"
HOST = "sns.sa-east-1.amazonaws.com"
URL = f"https://{HOST}/SimpleNotificationService-0123456789abcdef.pem"
ACCOUNT = ses.Ses.model_validate({"network": "ses", "account": "main", "topics": [TOPIC]})

KEY = generate_private_key(65537, 2048)
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
CERTIFICATE = (
    x509.CertificateBuilder()
    .subject_name(NAME)
    .issuer_name(NAME)
    .public_key(KEY.public_key())
    .serial_number(1)
    .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
    .not_valid_after(datetime(2027, 1, 1, tzinfo=UTC) + timedelta(days=1))
    .sign(KEY, SHA256())
    .public_bytes(Encoding.PEM)
)


def notice(content: str | None, **action: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "notificationType": "Received",
        "receipt": {
            "timestamp": "2026-11-20T12:00:00.000Z",
            "recipients": ["ouvidoria@orgao.test"],
            "spfVerdict": {"status": "PASS"},
            "action": {"type": "SNS", "topicArn": TOPIC, **action},
        },
        "mail": {
            "timestamp": "2026-11-20T12:00:00.000Z",
            "source": "ana@cliente.test",
            "messageId": "d6iitobk75ur44p8kdnnp7g2n800",
            "destination": ["ouvidoria@orgao.test"],
            "headersTruncated": False,
            "headers": [{"name": "Subject", "value": "Luz"}],
            "commonHeaders": {
                "from": ["Ana <ana@cliente.test>"],
                "to": ["ouvidoria@orgao.test"],
                "messageId": "<1@cliente.test>",
                "subject": "Luz",
            },
        },
    }
    return found if content is None else {**found, "content": content}


def signed(message: str, *, version: str = "2", kind: str = "Notification", **changed: str) -> dict[str, str]:
    data = {
        "Type": kind,
        "MessageId": "165545c9-2a5c-472c-8df2-7ff2be2b3b1b",
        "TopicArn": TOPIC,
        "Message": message,
        "Timestamp": "2026-11-20T12:00:01.000Z",
        "SignatureVersion": version,
        "SigningCertURL": URL,
        **changed,
    }
    names = ["Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    words = "".join(f"{name}\n{data[name]}\n" for name in names if name in data)
    algorithm = SHA256() if version == "2" else SHA1()
    return {**data, "Signature": b64encode(KEY.sign(words.encode(), PKCS1v15(), algorithm)).decode()}


def call(data: dict[str, str], certificate: bytes | None = CERTIFICATE) -> Call:
    headers = {"content-type": "text/plain; charset=UTF-8", "x-amz-sns-message-type": data["Type"]}
    return Call("POST", {}, headers, json.dumps(data).encode(), known=certificate)


def accept(given: Call) -> Delivery | Answer:
    assert ses.ADAPTER.accept is not None
    return ses.ADAPTER.accept(given, ACCOUNT)


def kept(data: dict[str, str]) -> Delivery:
    found = accept(call(data))
    assert isinstance(found, Delivery), found
    return found


def inline(mail: bytes, **changed: str) -> dict[str, str]:
    return signed(json.dumps(notice(b64encode(mail).decode(), encoding="BASE64")), **changed)


class TestTheMail(AdapterContract):
    adapter = ses.ADAPTER
    samples = (MAIL, MAIL.replace(b"<1@", b"<2@"), b"no header at all")

    def saying(self, words: str) -> bytes:
        return MAIL.partition(b"\r\n\r\n")[0].replace(b"iso-8859-1", b"utf-8") + b"\r\n\r\n" + words.encode()

    def delivery(self, body: bytes) -> Delivery:
        return Delivery(body, "message/rfc822", own_id=own_id(body))


def test_a_mail_in_base64_is_kept_byte_for_byte_with_its_envelope():
    delivery = kept(inline(MAIL, Subject="Amazon SES Email Receipt Notification"))
    assert (delivery.body, delivery.own_id) == (MAIL, own_id(MAIL))
    assert delivery.hints == {"sender": "ana@cliente.test", "recipients": "ouvidoria@orgao.test"}
    assert read(ses.ADAPTER, delivery).text == "Não há luz."


def test_a_mail_in_words_and_one_whose_encoding_is_not_named_are_read():
    assert kept(signed(json.dumps(notice(ASCII.decode(), encoding="UTF8")))).body == ASCII
    assert kept(signed(json.dumps(notice(ASCII.decode())))).body == ASCII
    assert kept(signed(json.dumps(notice(b64encode(MAIL).decode())))).body == MAIL


def test_a_mail_that_lies_in_s3_is_heard_without_its_text_and_the_object_is_named():
    delivery = kept(signed(json.dumps(notice(None, type="S3", bucketName="correio", objectKey="in/abc"))))
    said = read(ses.ADAPTER, delivery)
    assert (said.subject, said.author_name, said.author_address) == ("Luz", "Ana", "ana@cliente.test")
    assert said.message_id == "1@cliente.test"
    assert any("s3://correio/in/abc" in defect for defect in said.defects)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        (json.dumps({"notificationType": "Bounce", "bounce": {}, "mail": {}}), "notification"),
        ("Successfully validated SNS topic for Amazon SES event publishing.", "notification"),
        ("[]", "notification"),
    ],
)
def test_what_is_no_mail_is_kept_apart(message: str, kind: str):
    said = read(ses.ADAPTER, kept(signed(message)))
    assert isinstance(said, Aside)
    assert said.kind == kind


@pytest.mark.parametrize("version", ["1", "2"])
def test_both_of_amazons_signatures_fit(version: str):
    assert kept(inline(MAIL, version=version)).body == MAIL


def test_what_amazon_did_not_sign_for_our_topic_is_not_taken():
    good = inline(MAIL)
    stranger = trustme.CA().cert_pem.bytes()
    for given in (
        call({**good, "Message": good["Message"] + " "}),
        call({**good, "Signature": "AAAA"}),
        call({**good, "Signature": "?"}),
        call({**good, "Type": "Other"}),
        call({**good, "SignatureVersion": "1"}),
        call(inline(MAIL, TopicArn=TOPIC + "-other")),
        call(good, None),
        call(good, stranger),
        call(good, b"no certificate"),
        Call("POST", {}, {}, b"no json", known=CERTIFICATE),
        Call("POST", {}, {}, b"[]", known=CERTIFICATE),
    ):
        found = accept(given)
        assert isinstance(found, Answer)
        assert found.status == 401


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.sa-east-1.amazonaws.com/SimpleNotificationService-0.pem",
        "https://sns.sa-east-1.amazonaws.com.evil.test/SimpleNotificationService-0.pem",
        "https://evil.test/sns.sa-east-1.amazonaws.com/SimpleNotificationService-0.pem",
        "https://sns.sa-east-1.amazonaws.com@evil.test/SimpleNotificationService-0.pem",
        "https://s3.sa-east-1.amazonaws.com/SimpleNotificationService-0.pem",
        "https://sns.sa-east-1.amazonaws.com/../bucket/SimpleNotificationService-0.pem",
        "https://sns.sa-east-1.amazonaws.com:8443/SimpleNotificationService-0.pem",
        "https://sns.sa-east-1.amazonaws.com/SimpleNotificationService-0.pem?x=1",
        "https://sns.sa-east-1.amazonaws.com/SimpleNotificationService-0.pem\n",
    ],
)
def test_a_certificate_is_fetched_from_amazon_alone(url: str):
    assert sns.certificate_url({"SigningCertURL": url}) is None


def test_amazons_own_addresses_are_known():
    for url in (
        URL,
        "https://sns.cn-north-1.amazonaws.com.cn/SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem",
    ):
        assert sns.certificate_url({"SigningCertURL": url}) == url
    assert sns.certificate_url({}) is None


class ToLoopback(AbstractResolver):
    """Amazon's name, at this machine."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        assert host == HOST
        found: ResolveResult = {
            "hostname": host, "host": "127.0.0.1", "port": self._port, "family": socket.AF_INET, "proto": 0, "flags": 0,
        }  # fmt: skip
        return [found]

    async def close(self) -> None:
        pass


class Amazon:
    """A stand-in of SNS: gives its certificate, and counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status = 200

    async def answer(self, request: web.BaseRequest) -> web.Response:
        self.asked.append(request.path_qs)
        return web.Response(status=self.status, body=CERTIFICATE)


@asynccontextmanager
async def amazon(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Amazon]:
    authority = trustme.CA()
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(server_side)
    trusted = ssl.create_default_context()
    authority.configure_trust(trusted)
    its = Amazon()
    runner = web.ServerRunner(web.Server(its.answer))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=server_side)
    await site.start()
    port = runner.addresses[0][1]

    def session() -> aiohttp.ClientSession:
        return aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=ToLoopback(port), ssl=trusted))

    monkeypatch.setattr(sns, "_session", session)
    sns._kept.clear()
    try:
        yield its
    finally:
        sns._kept.clear()
        await runner.cleanup()


async def test_a_certificate_is_fetched_once_and_only_for_calls_of_our_topics(monkeypatch: pytest.MonkeyPatch):
    look_up = ses.ADAPTER.look_up
    assert look_up is not None
    async with amazon(monkeypatch) as its:
        assert await look_up(call(inline(MAIL, TopicArn="arn:aws:sns:other")), ACCOUNT) is None
        assert await look_up(call(inline(MAIL, SigningCertURL="https://evil.test/x.pem")), ACCOUNT) is None
        assert its.asked == []
        its.status = 500
        with pytest.raises(Unavailable, match="500"):
            await look_up(call(inline(MAIL)), ACCOUNT)
        its.status = 200
        for _ in range(2):
            assert await look_up(call(inline(MAIL)), ACCOUNT) == CERTIFICATE
        assert len(its.asked) == 2


async def test_amazon_subscribes_and_sends_and_the_mail_is_an_original(
    kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    settings = Settings(
        kafka=own_river(kafka.bootstrap),
        data=tmp_path,
        ingest={"http": {"port": 0}, "accounts": [{"network": "ses", "account": "main", "topics": [TOPIC]}]},
    )
    await make_topics(settings)
    confirm = f"https://{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=abc"
    asks = {"kind": "SubscriptionConfirmation", "Token": "abc", "SubscribeURL": confirm}
    async with amazon(monkeypatch) as its, listening(settings, direct=True) as edge:

        async def send(data: dict[str, str]) -> int:
            async with edge.session.post(edge.url + "/ses/main", data=json.dumps(data)) as answer:
                return answer.status

        assert await send({**signed("subscribe", **asks), "Token": "forged"}) == 401
        assert await send(signed("subscribe", **{**asks, "SubscribeURL": "https://evil.test/?Action=x"})) == 200
        assert not any("Confirm" in asked for asked in its.asked)
        assert await send(signed("subscribe", **asks)) == 200
        assert its.asked[-1].startswith("/?Action=ConfirmSubscription")
        its.status = 503
        assert await send(signed("subscribe", **asks)) == 503
        assert await send(inline(MAIL)) == 200
        # Where the broker was slow to confirm, it comes a second time, with the same id.
        [record] = {header(each, "ce_id"): each for each in await edge.originals(1)}.values()
    assert record.value == MAIL
    assert header(record, "ce_ouvidorhintsender") == "ana%40cliente.test"
