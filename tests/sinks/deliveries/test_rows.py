"""An event becomes a row for each destination of its department, with the same id however often it is read."""

from datetime import datetime, timedelta

import pytest
from aiokafka import ConsumerRecord

from ouvidor.errors import Rejected
from ouvidor.topics import Topics
from sinks.deliveries.contract import Destination
from sinks.deliveries.rows import Row, reader
from tests.sinks.deliveries.events import NOW, event_id, record


def destination(name: str = "panel", department: str = "lamps", since: datetime | None = None) -> Destination:
    return Destination(sink="webhook", name=name, department=department, since=since)


def rows(its: ConsumerRecord[bytes, bytes], *destinations: Destination) -> list[Row]:
    return list(reader(Topics("o."), destinations or (destination(),))(its))


def test_each_destination_of_the_department_has_one_and_no_other():
    found = rows(record(), destination(), destination("second"), destination("roads", "roads"))
    assert [each.destination for each in found] == ["panel", "second"]
    assert len({each.id for each in found}) == 2


def test_the_ombudsman_s_events_go_to_the_ombudsman_s():
    (found,) = rows(record(topic="o.ombudsman"), destination(), destination("console", "ombudsman"))
    assert (found.destination, found.department) == ("console", "ombudsman")


def test_it_holds_what_is_needed_to_send_it_and_where_it_came_from():
    (found,) = rows(record(7))
    assert found.event == str(event_id(7))
    assert (found.topic, found.partition, found.offset, found.protocol) == (
        "o.department.lamps", 0, 7, "20261123-0000-0000-00E",
    )  # fmt: skip
    assert found.body == record(7).value
    assert set(found.attributes) == {
        "ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_subject", "content-type", "traceparent",
    }  # fmt: skip


def test_the_same_event_gives_the_same_ids_and_another_does_not():
    assert rows(record(1)) == rows(record(1))
    assert rows(record(1))[0].id != rows(record(2))[0].id


def test_what_was_before_a_destination_s_time_is_not_for_it():
    later = destination(since=NOW + timedelta(seconds=1))
    assert rows(record(time=NOW), later) == []
    assert len(rows(record(time=NOW), destination(since=NOW))) == 1


@pytest.mark.parametrize("value", [b"", b"\xff", b"[1]", b"{", b'"a"'])
def test_what_is_no_object_of_json_is_rejected(value: bytes):
    with pytest.raises(Rejected, match="no object of JSON"):
        rows(record(value=value))


@pytest.mark.parametrize(
    ("headers", "words"),
    [((), "no ce_id"), ((("ce_id", b"\xff"),), "no ce_id"), ((("ce_id", b"a"), ("ce_subject", b"a\0b")), "zero byte")],
)
def test_headers_that_cannot_be_are_rejected(headers: tuple[tuple[str, bytes], ...], words: str):
    its = ConsumerRecord("o.department.lamps", 0, 0, 1, 0, b"k", b"{}", 1, 2, 0, headers)
    with pytest.raises(Rejected, match=words):
        rows(its)
