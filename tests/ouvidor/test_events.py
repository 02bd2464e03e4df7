"""Events are CloudEvents that another's software reads, and what does not fit is told without its words."""

import json
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from aiokafka import ConsumerRecord
from cloudevents.core.bindings.kafka import KafkaMessage, from_kafka
from cloudevents.core.formats.json import JSONFormat
from pydantic import BaseModel, ConfigDict

from ouvidor.errors import Rejected
from ouvidor.events import CLASSIFIED, INBOUND, Output, decode, encode, event_id, header, headers_of, time_text
from ouvidor.records import Author, Channel, Message, NetworkEvent, Original

TIME = datetime(2026, 11, 21, 15, 4, 5, 123456, tzinfo=UTC)
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
ID = UUID("0189f7a2-7a3c-5f1e-9d8e-0b6f9a3e2c11")
MESSAGE = Message(
    id=ID,
    protocol="20261121-5B3X-BCZQ-S0X",
    channel=Channel.EMAIL,
    network="imap",
    account="contact",
    received_at=TIME,
    author=Author(name="José Ñandú"),
    text="Não há água há três dias 🚱",
    body="Não há água há três dias 🚱\n--\nJosé",
    original=Original(sha256="0" * 64, uri="blob:0", media_type="message/rfc822"),
)


def record(output: Output) -> "ConsumerRecord[bytes, bytes]":
    return ConsumerRecord(output.topic, 0, 0, 0, 0, output.key, output.value, None, 0, 0, output.headers)


def encoded(cause: "ConsumerRecord[bytes, bytes] | None" = None, **extensions: str) -> Output:
    return encode(
        MESSAGE,
        topic="ouvidor.inbound.email",
        key="conversation",
        id=MESSAGE.id,
        type=INBOUND,
        source="/ingest/imap",
        time=TIME,
        subject=MESSAGE.protocol,
        cause=cause,
        extensions=extensions.items(),
    )


def test_the_cloudevents_sdk_reads_an_event():
    output = encoded(account="contact")
    assert output.value is not None
    event = from_kafka(KafkaMessage(dict(output.headers), output.key, output.value), JSONFormat())
    assert event.get_specversion() == "1.0"
    assert event.get_id() == str(ID)
    assert event.get_source() == "/ingest/imap"
    assert event.get_type() == "ouvidor.message.received.v1"
    assert event.get_subject() == "20261121-5B3X-BCZQ-S0X"
    assert event.get_time() == TIME
    assert event.get_datacontenttype() == "application/json"
    assert event.get_extension("account") == "contact"
    assert event.get_data()["text"] == "Não há água há três dias 🚱"


def test_the_value_is_the_data_alone_without_what_is_missing():
    data = json.loads(encoded().value or b"")
    assert data["protocol"] == "20261121-5B3X-BCZQ-S0X"
    assert data["received_at"] == "2026-11-21T15:04:05.123456Z"
    assert data["author"] == {"name": "José Ñandú"}
    assert "language" not in data


def test_what_was_encoded_is_decoded():
    assert decode(record(encoded()), Message, type=INBOUND) == MESSAGE


def test_what_a_network_said_is_kept_with_its_nulls():
    event = NetworkEvent(
        id=ID, channel=Channel.SOCIAL, network="whatsapp", account="a", kind="status", received_at=TIME,
        data={"read": None, "nested": {"error": None}}, original=MESSAGE.original,
    )  # fmt: skip
    output = encode(event, topic="t", key="k", id=ID, type="x", source="/", time=TIME, subject=None)
    assert decode(record(output), NetworkEvent, type="x") == event


def test_a_trace_is_carried_on_and_nothing_else_of_the_cause():
    cause = ConsumerRecord(
        "t", 0, 0, 0, 0, None, b"", None, 0, 0, (("traceparent", PARENT.encode()), ("ce_secret", b"x"))
    )
    headers = dict(encoded(cause).headers)
    assert headers["traceparent"] == PARENT.encode()
    assert "ce_secret" not in headers
    assert "traceparent" not in dict(encoded().headers)


def test_the_last_of_several_headers_counts_and_what_is_no_text_is_none():
    headers = (("a", b"1"), ("a", b"2"), ("b", b"\xff"), ("c", None))
    found = ConsumerRecord("t", 0, 0, 0, 0, None, b"", None, 0, 0, headers)
    assert [header(found, name) for name in "abcd"] == ["2", None, None, None]


@pytest.mark.parametrize(
    ("headers", "value", "words"),
    [
        ((), b"{}", "ce_type: ouvidor.message.received.v1 is expected, none was found"),
        ((("ce_type", CLASSIFIED.encode()),), b"{}", "'ouvidor.message.classified.v1' was found"),
        ((("ce_type", INBOUND.encode()),), None, "no value: ouvidor.message.received.v1 has data"),
        ((("ce_type", INBOUND.encode()),), b"", "Invalid JSON"),
        ((("ce_type", INBOUND.encode()),), b"Maria", "Invalid JSON"),
        ((("ce_type", INBOUND.encode()),), b'"\xff\xfe"', "Invalid JSON"),
        ((("ce_type", INBOUND.encode()),), b'{"text": "half a \\ud83d"}', "Invalid JSON"),
        ((("ce_type", INBOUND.encode()),), b"[]", "value: Input should be an object"),
        ((("ce_type", INBOUND.encode()),), b"{}", "id: Field required; protocol: Field required"),
        ((("ce_type", INBOUND.encode()),), b"{}", "(and 4 more)"),
    ],
)
def test_what_is_no_event_of_ours_is_told(headers: tuple[tuple[str, bytes], ...], value: bytes | None, words: str):
    with pytest.raises(Rejected) as refused:
        decode(ConsumerRecord("t", 0, 0, 0, 0, None, value, None, 0, 0, headers), Message, type=INBOUND)
    assert words in str(refused.value)


class Small(BaseModel):
    model_config = ConfigDict(extra="forbid")
    number: int
    nested: dict[str, int] = {}


@pytest.mark.parametrize(
    "value", [{"number": "Maria"}, {"number": 1, "Maria": 1}, {"number": 1, "nested": {"a": "Maria"}}, ["Maria"]]
)
def test_a_fault_never_repeats_what_was_written(value: object):
    found = ConsumerRecord("t", 0, 0, 0, 0, None, json.dumps(value).encode(), None, 0, 0, (("ce_type", b"x"),))
    with pytest.raises(Rejected) as refused:
        decode(found, Small, type="x")
    assert "Maria" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_an_id_follows_from_its_cause_and_step():
    assert event_id(ID, "classified") == event_id(str(ID), "classified")
    assert event_id(ID, "classified") != event_id(ID, "dispatched")


def test_times_are_told_in_utc():
    brasilia = timezone(timedelta(hours=-3))
    assert time_text(datetime(2026, 11, 21, 12, 0, tzinfo=brasilia)) == "2026-11-21T15:00:00Z"


def test_an_event_without_a_subject_has_no_empty_one():
    headers = headers_of(id=ID, type="t", source="/", time=TIME, content_type="message/rfc822")
    assert [name for name, _ in headers] == [
        "ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "content-type",
    ]  # fmt: skip
