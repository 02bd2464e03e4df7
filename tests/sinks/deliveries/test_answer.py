"""What is kept of an answer helps a technician and tells nothing of the customer."""

import json

import pytest

from sinks.deliveries.answer import LONGEST, tell
from tests.sinks.deliveries.events import data

BODY = json.dumps(
    data("Sou Anastácio Quintanilha, CPF 529.982.247-25, fone +55 11 98765-4321"), ensure_ascii=False
).encode()


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (b"", ""),
        (b"field 'deadline' is missing", "field 'deadline' is missing"),
        (b'{"error":\r\n "unknown\tfield"}', '{"error": "unknown field"}'),
        ("ANASTÁCIO Quintanilha não existe".encode(), "[…] não existe"),
        (b"bad CPF 529.982.247-25", "bad […]"),
        (b"call 0800 123 4567", "call […]"),
        (b"mail to joao@example.org failed", "mail to […] failed"),
        (b"message.author.name: too long", "message.author.name: too long"),
        (b"code 42, line 1234", "code 42, line 1234"),
        (b"\xff\xfe broken", "\ufffd\ufffd broken"),
        (b"\x1b[31mred\x1b[0m", "[31mred [0m"),
    ],
)
def test_it_is_told(answer: bytes, kept: str):
    assert tell(answer, BODY) == kept


def test_the_whole_event_sent_back_leaves_nothing_of_it():
    told = tell(b"invalid: " + BODY, BODY).casefold()
    assert not [word for word in ("anast", "quintanilha", "529", "98765", "maria", "silva", "@") if word in told]


def test_however_long_it_was_it_is_short():
    assert len(tell(b"a b " * 10**6, BODY)) <= LONGEST


def test_what_was_sent_may_be_no_json():
    assert tell(b"Anselmo is unknown", b"Anselmo") == "[…] is unknown"
