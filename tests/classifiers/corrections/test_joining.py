"""Corrections joined with messages: the newest word on each label, once a message, ready to train on."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import ValidationError

from classifiers.corrections.joining import Wanted, line_of, newest
from classifiers.examples import read_corrections
from ouvidor.corrections import correction_event
from ouvidor.events import CORRECTED, decode
from ouvidor.records import Correction, Flag, Kind, Severity
from ouvidor.topics import Topics
from routers.sample import FULL
from tests.classifiers.records import received

MOMENT = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
MESSAGE = FULL[0]


def _correction(minute: int = 0, **labels: object) -> Correction:
    usual = {"protocol": MESSAGE.protocol, "by": "ombudsman", "why": "read", "at": MOMENT + timedelta(minutes=minute)}
    return Correction.model_validate({**usual, **labels})


def test_the_newest_word_on_each_label_counts_however_they_come():
    later = _correction(5, severity="high", kind="request", why="read again")
    earlier = _correction(1, kind="complaint", flags=["safety"])
    (found,) = newest([later, earlier])
    assert (found.kind, found.severity, found.flags, found.why) == (
        Kind.REQUEST,
        Severity.HIGH,
        (Flag.SAFETY,),
        "read again",
    )


def test_no_flags_is_a_word_too():
    (found,) = newest([_correction(1, flags=["safety"]), _correction(2, flags=[])])
    assert found.flags == ()


def test_one_message_by_number_and_by_id_is_one():
    by_id = _correction(2, protocol=None, message=str(MESSAGE.id), severity="low")
    by_number = _correction(1, kind="request")
    wanted = Wanted([by_id, by_number])
    found = wanted.take(MESSAGE)
    assert found is not None
    assert (found.kind, found.severity) == (Kind.REQUEST, Severity.LOW)
    assert (wanted.take(MESSAGE), wanted.missing) == (None, 0)
    both = _correction(3, message=str(MESSAGE.id), kind="compliment")
    assert [one.kind for one in newest([by_number, by_id, both])] == [Kind.COMPLIMENT]


def test_only_what_may_be_corrected_is_read():
    wanted = Wanted([_correction(kind="request")])
    assert wanted.may_be(MESSAGE.protocol)
    assert not wanted.may_be("20261122-0000-0000-000")
    assert Wanted([_correction(protocol=None, message=str(UUID(int=1)), kind="other")]).may_be("any")
    assert not Wanted([]).may_be(MESSAGE.protocol)


def test_a_line_is_what_training_reads(tmp_path: Path):
    line = line_of(_correction(kind="request", flags=[], area=""), MESSAGE)
    file = tmp_path / "corrections.ndjson"
    file.write_text(json.dumps(line), encoding="utf-8")
    (read,) = read_corrections(file)
    assert (read.text, read.kind, read.flags, read.area, read.severity) == (MESSAGE.text, Kind.REQUEST, (), "", None)


def test_an_event_is_the_same_when_it_is_sent_again_and_another_when_it_is_said_again():
    one, again, later = (
        correction_event(correction, Topics(), "/tests")
        for correction in (_correction(kind="other"), _correction(kind="other"), _correction(1, kind="other"))
    )
    assert one == again
    assert one.headers != later.headers
    assert (one.topic, one.key) == ("ouvidor.corrections", MESSAGE.protocol.encode())
    assert decode(received(one), Correction, type=CORRECTED) == _correction(kind="other")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "nothing is corrected"),
        ({"kind": "request", "protocol": None}, "nobody knows what is corrected"),
        ({"kind": "request", "by": "Maria da Silva"}, "by"),
        ({"kind": "request", "why": ""}, "why"),
    ],
)
def test_a_correction_says_what_of_what_by_whom_and_why(given: dict[str, object], words: str):
    with pytest.raises(ValidationError, match=words):
        _correction(**given)
