"""What a department's program takes for a case, and what it is told of the rest."""

import json
from dataclasses import replace

import pytest

from ouvidor.client.reading import Unreadable, read_case, read_refusal
from ouvidor.events import REFUSED, Incoming, encode
from ouvidor.records import Dispatched, Refused
from tests.ouvidor.client.samples import arriving, dispatched, event, incoming
from tests.routers.samples import MONDAY

OUTPUT = event(dispatched())


def test_a_case_is_read():
    assert read_case(arriving(OUTPUT)) == dispatched()


def test_fields_that_a_later_version_added_are_left_aside_wherever_they_are():
    data = json.loads(OUTPUT.value or b"")
    data["newer"] = data["message"]["newer"] = data["dispatch"]["newer"] = [1]
    data["message"]["author"]["newer"] = data["verdict"]["confidence"]["newer"] = {"of": "it"}
    data["message"]["attachments"] = [{**each, "newer": 1} for each in data["message"]["attachments"]]
    found = read_case(arriving(replace(OUTPUT, value=json.dumps(data).encode()), ce_newer="1"))
    assert isinstance(found, Dispatched)
    assert found == dispatched()


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (incoming(b"hello", b"k", ()), "no CloudEvent"),
        (arriving(OUTPUT, ce_id=None), "no CloudEvent"),
        (arriving(OUTPUT, ce_specversion="0.3"), "no CloudEvent"),
        (arriving(OUTPUT, ce_type="ouvidor.message.dispatched.v2"), "is there a newer client?"),
        (arriving(OUTPUT, ce_type=None), "ce_type"),
        (arriving(OUTPUT, ce_subject="20261123-0000-0000-000"), "ce_subject: not the protocol"),
        (arriving(replace(OUTPUT, key=b"\xff")), "key: not the protocol"),
        (arriving(replace(OUTPUT, key=None)), "key: not the protocol"),
        (arriving(replace(OUTPUT, value=None)), "no value"),
        (arriving(replace(OUTPUT, value=b"{")), "value: Invalid JSON"),
        (arriving(replace(OUTPUT, value=b"\xff")), "value: "),
        (arriving(replace(OUTPUT, value=b"[]")), "value: "),
        (arriving(replace(OUTPUT, value=b'{"message": {}}')), "message.id: Field required"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place_and_the_fault(record: Incoming, why: str):
    found = read_case(record)
    assert isinstance(found, Unreadable)
    assert why in found.why
    assert str(found).startswith("ouvidor.department.billing, partition 3, offset 17: ")
    assert found.record is record


def test_what_is_told_repeats_nothing_of_what_the_record_holds():
    data = json.loads(OUTPUT.value or b"")
    data["verdict"]["kind"] = data["message"]["protocol"] = data["dispatch"]["deadline"] = "Zulmira 529.982.247-25"
    found = read_case(arriving(replace(OUTPUT, value=json.dumps(data).encode()), ce_type=None, ce_subject="Zulmira"))
    again = read_case(arriving(replace(OUTPUT, value=json.dumps(data).encode()), ce_subject="Zulmira"))
    for each in (found, again):
        assert "ulmira" not in str(each) + repr(each)
        assert "529" not in str(each) + repr(each)


def test_a_refusal_is_read():
    told = Refused(department="billing", field="text", reason="está em branco; escreva o texto", at=MONDAY)
    output = encode(
        told, topic="t", key="billing", id="1", type=REFUSED, source="/sinks/replies", time=MONDAY, subject=None
    )
    assert read_refusal(arriving(output)) == told
    assert isinstance(read_refusal(arriving(OUTPUT)), Unreadable)
