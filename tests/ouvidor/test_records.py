"""Records are frozen, closed, aware of time, and come back from their topic as they went."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from ouvidor.records import (
    Attachment,
    Author,
    Automatic,
    Channel,
    Classified,
    ClassifierVersion,
    Confidence,
    Consent,
    DeadLetter,
    Difficulty,
    Dispatch,
    Dispatched,
    Evidence,
    Flag,
    Kind,
    Message,
    Original,
    Recipient,
    Severity,
    Thread,
    Turn,
    Utc,
    Verdict,
)
from ouvidor.schemas import schema_of

words = st.text(max_size=20)
maybe = st.none() | words
unit = st.floats(0, 1)
seconds = st.floats(0, 1e6)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - see timezones

originals = st.builds(Original, sha256=words, uri=words, media_type=words)
messages = st.builds(
    Message,
    id=st.uuids(),
    protocol=words,
    channel=st.sampled_from(Channel),
    network=words,
    account=words,
    received_at=moments,
    sent_at=st.none() | moments,
    author=st.builds(Author, name=maybe, address=maybe, reference=maybe),
    recipients=st.lists(st.builds(Recipient, role=st.sampled_from(["to", "cc", "reply_to"]), name=maybe)).map(tuple),
    subject=maybe,
    text=words,
    body=words,
    language=maybe,
    turns=st.lists(
        st.builds(Turn, speaker=words, start=seconds, end=seconds, text=words, confidence=st.none() | unit)
    ).map(tuple),
    attachments=st.lists(
        st.builds(Attachment, name=maybe, media_type=words, size=st.integers(0, 2**40), sha256=words, uri=words)
    ).map(tuple),
    thread=st.builds(Thread, conversation=maybe, references=st.lists(words).map(tuple)),
    automatic=st.none() | st.builds(Automatic, kind=st.sampled_from(["bounce", "list"]), status=maybe),
    public=st.booleans(),
    consent=st.none() | st.builds(Consent, purposes=st.lists(words).map(tuple), given_at=moments, evidence=words),
    original=originals,
    defects=st.lists(words).map(tuple),
)
verdicts = st.builds(
    Verdict,
    kind=st.sampled_from(Kind),
    severity=st.sampled_from(Severity),
    difficulty=st.sampled_from(Difficulty),
    flags=st.lists(st.sampled_from(Flag), unique=True).map(tuple),
    area=maybe,
    confidence=st.builds(Confidence, kind=unit, severity=unit, difficulty=unit, flags=unit, area=unit),
    sure=st.booleans(),
    evidence=st.lists(
        st.builds(Evidence, start=st.integers(0, 9), end=st.integers(9, 99), label=words, source=words)
    ).map(tuple),
    classifier=st.builds(ClassifierVersion, name=words, version=words, hash=words),
)
dispatches = st.builds(
    Dispatch,
    owner=words,
    informed=st.lists(words).map(tuple),
    ombudsman=st.booleans(),
    why=st.lists(words).map(tuple),
    deadline=moments,
    profile=words,
    rule=words,
    extract=st.booleans(),
)
dead_letters = st.builds(
    DeadLetter,
    topic=words,
    partition=st.integers(0, 99),
    offset=st.integers(0, 2**60),
    timestamp=moments,
    key=st.none() | st.binary(),
    value=st.none() | st.binary(),
    headers=st.lists(st.tuples(words, st.none() | st.binary())).map(tuple),
    error=words,
    reason=words,
    stage=words,
    version=words,
    attempts=st.integers(1, 99),
)
dispatched = st.builds(Dispatched, message=messages, verdict=verdicts, dispatch=dispatches)


def as_sent(record: BaseModel) -> bytes:
    return record.model_dump_json(exclude_none=True).encode()


@pytest.mark.parametrize("name", ["dispatched", "dead-letter"])
@given(data=st.data())
def test_a_record_comes_back_as_it_went_and_fits_its_schema(name: str, data: st.DataObject):
    record = data.draw(dispatched if name == "dispatched" else dead_letters)
    sent = as_sent(record)
    assert type(record).model_validate_json(sent) == record
    jsonschema.Draft202012Validator(schema_of(name), format_checker=jsonschema.FormatChecker()).validate(
        json.loads(sent)
    )


@given(messages, verdicts)
def test_a_department_reads_what_the_classifier_wrote(message: Message, verdict: Verdict):
    classified = Classified.model_validate_json(as_sent(Classified(message=message, verdict=verdict)))
    assert (classified.message, classified.verdict) == (message, verdict)


def minimal(**changes: object) -> dict[str, Any]:
    return {
        "id": "0189f7a2-7a3c-5f1e-9d8e-0b6f9a3e2c11",
        "protocol": "20261121-5B3X-BCZQ-S0X",
        "channel": "email",
        "network": "imap",
        "account": "contact",
        "received_at": "2026-11-21T12:00:00-03:00",
        "text": "",
        "body": "",
        "original": {"sha256": "0", "uri": "blob:0", "media_type": "message/rfc822"},
        **changes,
    }


@pytest.mark.parametrize(
    "written",
    ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "9999-12-31T00:00:00Z"],
)
def test_a_moment_that_some_zone_cannot_tell_is_refused_as_any_other_fault(written: str):
    with pytest.raises(ValidationError, match="between the years 1 and 9999"):
        TypeAdapter(Utc).validate_python(written)


def test_whatever_zone_a_time_comes_in_it_is_utc_inside():
    message = Message.model_validate(minimal())
    assert message.received_at == datetime(2026, 11, 21, 15, tzinfo=UTC)
    assert message.received_at.utcoffset() == timedelta(0)
    assert '"received_at":"2026-11-21T15:00:00Z"' in message.model_dump_json()


def test_a_message_without_author_subject_or_words_is_a_message():
    assert Message.model_validate(minimal()).author == Author()


@pytest.mark.parametrize(
    "changes",
    [
        {"received_at": "2026-11-21T12:00:00"},
        {"surprise": 1},
        {"author": {"cpf": "1"}},
        {"channel": "fax"},
        {"id": "1"},
        {"text": None},
        {"turns": [{"speaker": "a", "start": -1, "end": 0, "text": ""}]},
    ],
)
def test_what_is_no_message_is_refused(changes: dict[str, Any]):
    with pytest.raises(ValidationError):
        Message.model_validate(minimal(**changes))


def test_a_record_is_frozen():
    message = Message.model_validate(minimal())
    with pytest.raises(ValidationError, match="frozen"):
        message.text = "x"  # type: ignore[misc]


def test_a_naive_time_is_no_time():
    with pytest.raises(ValidationError):
        TypeAdapter(Utc).validate_python(datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point
    zone = timezone(timedelta(hours=5, minutes=30))
    assert TypeAdapter(Utc).validate_python(datetime(2026, 1, 1, tzinfo=zone)).tzinfo is UTC


def test_evidence_does_not_end_before_it_starts():
    with pytest.raises(ValidationError, match="start 5, end 2"):
        Evidence(start=5, end=2, label="kind:complaint", source="rules")


def test_a_dead_letters_bytes_are_in_the_alphabet_that_jq_reads():
    value = bytes(range(256))
    letter = DeadLetter(
        topic="t", partition=0, offset=0, timestamp=datetime(2026, 1, 1, tzinfo=UTC), key=None, value=value,
        headers=(("a", b"\xfb\xff"), ("b", None)), error="E", reason="r", stage="s", version="1", attempts=1,
    )  # fmt: skip
    told = json.loads(as_sent(letter))
    assert told["value"] == b64encode(value).decode()
    assert told["headers"] == [["a", "+/8="], ["b", None]]
    assert "key" not in told


def test_a_dead_letter_that_is_no_base64_is_refused():
    letter = {"topic": "t", "partition": 0, "offset": 0, "timestamp": "2026-01-01T00:00:00Z", "value": "não"}
    with pytest.raises(ValidationError):
        DeadLetter.model_validate(
            letter | {"headers": [], "error": "", "reason": "", "stage": "", "version": "", "attempts": 1}
        )


def test_ids_are_told_as_text():
    assert json.loads(as_sent(Message.model_validate(minimal())))["id"] == str(UUID(minimal()["id"]))


def test_a_record_that_was_made_is_the_same_as_one_that_was_validated():
    values = {"start": 1, "end": 5, "label": "kind:complaint", "source": "outage: it is out"}
    made, validated = Evidence.made(**values), Evidence(**values)
    assert made == validated
    assert hash(made) == hash(validated)
    assert made.model_dump_json() == validated.model_dump_json()
    assert made.model_copy(update={"end": 6}) == Evidence(**{**values, "end": 6})
