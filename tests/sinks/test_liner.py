"""An event becomes a line: its data, and under `ce` what CloudEvents says of it."""

import json

import pytest
from aiokafka import ConsumerRecord

from ouvidor.errors import Rejected
from ouvidor.topics import Topics
from sinks.stage import liner

HEADERS = (
    ("ce_specversion", b"1.0"),
    ("ce_id", b"5b2b2b3e-3f6f-5d0a-8f57-000000000001"),
    ("ce_type", b"ouvidor.message.dispatched.v1"),
    ("ce_time", b"2026-11-24T12:30:00Z"),
    ("ce_subject", b"20261124-0000-0000-000"),
    ("content-type", b"application/json"),
)


def record(
    topic: str, value: bytes | None, headers: tuple[tuple[str, bytes], ...] = HEADERS
) -> ConsumerRecord[bytes, bytes]:
    return ConsumerRecord(topic, 0, 0, 1, 0, b"k", value, 1, len(value or b""), 0, headers)


@pytest.mark.parametrize(
    ("topic", "file"), [("o.department.saude", "saude"), ("o.department.a.b", "a.b"), ("o.ombudsman", "ombudsman")]
)
def test_it_goes_to_its_department_s_file(topic: str, file: str):
    (found,) = liner(Topics("o."))(record(topic, b'{"message":{"text":"Ol\xc3\xa1"}}'))
    assert (found.file, found.id) == (file, "5b2b2b3e-3f6f-5d0a-8f57-000000000001")
    assert json.loads(found.text) == {
        "ce": {
            "id": "5b2b2b3e-3f6f-5d0a-8f57-000000000001",
            "type": "ouvidor.message.dispatched.v1",
            "time": "2026-11-24T12:30:00Z",
            "subject": "20261124-0000-0000-000",
        },
        "message": {"text": "Olá"},
    }


def test_however_it_was_written_it_is_one_line():
    (found,) = liner(Topics("o."))(record("o.ombudsman", b'{\n  "a": "x\\ny"\n}\n'))
    assert found.text.count(b"\n") == 1
    assert found.text.endswith(b"\n")


@pytest.mark.parametrize("value", [None, b"", b"\xff", b"[1]", b"{", b'"a"'])
def test_what_is_no_object_of_json_is_rejected(value: bytes | None):
    with pytest.raises(Rejected, match="no object of JSON"):
        liner(Topics("o."))(record("o.ombudsman", value))


def test_what_has_no_id_is_rejected_since_it_could_not_be_known_again():
    with pytest.raises(Rejected, match="no ce_id"):
        liner(Topics("o."))(record("o.ombudsman", b"{}", headers=()))
