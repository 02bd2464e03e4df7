"""Originals: the same delivery is the same record wherever it comes, and nothing of it is lost on the way back."""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

import pytest
from aiokafka import ConsumerRecord
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event
from cloudevents.core.formats.json import JSONFormat

from ingest.adapter import Delivery
from ingest.originals import LARGEST_VALUE, Originals, Registered, claim_of, read_original
from ouvidor.errors import Rejected
from ouvidor.events import ORIGINAL, Incoming, headers_of
from ouvidor.identity import Pseudonyms, message_id
from ouvidor.protocol import normalise
from ouvidor.records import Channel
from ouvidor.topics import Topics

NOW = datetime(2026, 11, 21, 2, 30, 0, 123456, tzinfo=UTC)


TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"


def originals(account: str = "main") -> Originals:
    return Originals(
        channel=Channel.SOCIAL,
        network="whatsapp",
        account=account,
        topics=Topics("t."),
        pseudonyms=Pseudonyms(b"k" * 32),
        zone=ZoneInfo("America/Sao_Paulo"),
        uri_of=lambda digest: f"memory:///{digest}",
        trace=lambda: TRACE,
    )


def incoming(registered: Registered, **headers: bytes | None) -> Incoming:
    output = registered.output
    kept = [(name, headers.get(name, value)) for name, value in output.headers]
    return ConsumerRecord(
        topic=output.topic,
        partition=0,
        offset=0,
        timestamp=0,
        timestamp_type=0,
        key=output.key,
        value=registered.blob or output.value,
        checksum=None,
        serialized_key_size=0,
        serialized_value_size=0,
        headers=[(name, value) for name, value in kept if value is not None],
    )


@pytest.mark.parametrize("body", [b"", b"\xff\x00 any bytes", b"x" * (LARGEST_VALUE + 1)])
def test_an_original_is_read_as_it_was_written(body: bytes):
    hints = {"folder": "Entrada/Água & Luz", "name": "a=b%20c\n\ud800"}
    found = read_original(incoming(originals().register(Delivery(body, "text/plain", hints=hints), NOW)))
    assert (found.channel, found.network, found.account) == (Channel.SOCIAL, "whatsapp", "main")
    assert (found.body, found.media_type, found.received_at) == (body, "text/plain", NOW)
    assert found.hints == {"folder": "Entrada/Água & Luz", "name": "a=b%20c\n?"}


def test_its_headers_are_those_of_a_cloudevent():
    registered = originals().register(Delivery(b"{}", "application/json", own_id="wamid.1"), NOW)
    expected = headers_of(
        id=registered.id,
        type=ORIGINAL,
        source="/ingest/whatsapp/main",
        time=NOW,
        subject=registered.protocol,
        content_type="application/json",
        trace=TRACE,
        extensions=(("ouvidorchannel", "social"), ("ouvidornetwork", "whatsapp"), ("ouvidoraccount", "main")),
    )
    assert sorted(registered.output.headers) == sorted(expected)
    assert registered.output.topic == "t.originals"


def test_another_reader_of_cloudevents_reads_it():
    output = originals().register(Delivery(b'{"a":1}', "application/json", hints={"file": "x y"}), NOW).output
    event = from_binary_event(KafkaMessage(dict(output.headers), output.key, output.value or b""), JSONFormat())
    assert event.get_type() == ORIGINAL
    assert event.get_data() == {"a": 1}
    assert event.get_extension("ouvidorhintfile") == "x%20y"


def test_the_id_is_of_the_networks_own_id_or_of_the_bytes():
    def of(own: str) -> str:
        return str(message_id("social", "whatsapp", "main", own))

    assert originals().register(Delivery(b"a", "x/y", own_id="wamid.1"), NOW).id == of("wamid.1")
    assert originals().register(Delivery(b"a", "x/y"), NOW).id == of(sha256(b"a").hexdigest())


def test_a_redelivery_is_the_same_record_but_for_its_time():
    first = originals().register(Delivery(b"a", "x/y"), NOW)
    again = originals().register(Delivery(b"a", "x/y"), NOW.replace(minute=31))
    assert (first.id, first.protocol, first.output.key) == (again.id, again.protocol, again.output.key)


def test_the_protocol_number_is_of_the_day_in_the_organisations_zone():
    protocol = originals().register(Delivery(b"a", "x/y"), NOW).protocol
    assert protocol.startswith("20261120-")
    assert normalise(protocol) == protocol


def test_what_is_too_large_is_a_claim_check():
    body = b"x" * (LARGEST_VALUE + 1)
    registered = originals().register(Delivery(body, "application/pdf"), NOW)
    digest = sha256(body).hexdigest()
    assert registered.output.value == b""
    assert registered.blob == body
    assert dict(registered.output.headers)["ce_ouvidorsha256"] == digest.encode()
    assert claim_of(incoming(registered)) == f"memory:///{digest}"
    small = originals().register(Delivery(body[:-1], "application/pdf"), NOW)
    assert (small.blob, small.output.value) == (None, body[:-1])
    assert claim_of(incoming(small)) is None


def test_the_key_says_nothing_and_keeps_together_what_is_to_stay_in_order():
    def key(order: str | None, account: str = "main") -> bytes | None:
        return originals(account).register(Delivery(b"a", "x/y", order=order), NOW).output.key

    assert key("5511987654321") == key("5511987654321") != key(None)
    assert key(None) != key(None, "other")
    assert b"5511987654321" not in (key("5511987654321") or b"")


@pytest.mark.parametrize(
    "media_type", ["", "a" * 5000, "text/plain; charset=\udcff", "multipart/form-data; boundary=ção"]
)
def test_any_media_type_that_a_sender_writes_is_kept_in_some_form(media_type: str):
    registered = originals().register(Delivery(b"a", media_type), NOW)
    assert len(dict(registered.output.headers)["content-type"]) <= 255
    assert read_original(incoming(registered)).media_type


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ce_type", b"another.type"),
        ("ce_type", None),
        ("ce_ouvidorchannel", b"telepathy"),
        ("ce_ouvidornetwork", None),
        ("ce_ouvidoraccount", b""),
        ("ce_time", b"yesterday"),
        ("ce_time", b"2026-11-21T00:00:00"),
        ("ce_time", None),
    ],
)
def test_what_is_no_original_is_rejected_and_the_header_is_named(name: str, value: bytes | None):
    registered = originals().register(Delivery(b"a", "x/y"), NOW)
    with pytest.raises(Rejected, match=f"{name}|headers"):
        read_original(incoming(registered, **{name: value}))


def test_an_original_without_a_media_type_is_bytes():
    registered = originals().register(Delivery(b"a", "x/y"), NOW)
    bare = replace(registered, output=replace(registered.output, headers=registered.output.headers))
    assert read_original(incoming(bare, **{"content-type": None})).media_type == "application/octet-stream"
