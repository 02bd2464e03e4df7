"""Originals that are small to send and long to read: each is heard, in little time and memory.

The intake shares its event loop with the port of forms, and a reader that takes longer than the session of its group
never gets to commit: whoever can make one record slow stops the channel. Processor time is measured, since a busy
machine takes longer by the clock; the limits leave room, what they catch was quadratic.
"""

import json
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from ingest.adapter import Original
from ingest.intake import Intake
from ingest.legible import cleaned
from ingest.registry import adapter
from ingest.webform.fields import read_fields
from ouvidor.identity import Pseudonyms
from ouvidor.records import Message

_SECONDS = 5.0
_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"
Read = Callable[..., Message]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    pseudonyms = Pseudonyms.from_file(tmp_path / "pseudonyms.key")
    intake = Intake(pseudonyms, ZoneInfo("America/Sao_Paulo"), lambda digest: f"file:///x/{digest}")

    def it(network: str, body: bytes, media_type: str) -> Message:
        its = adapter(network)
        original = Original(its.channel, network, "conta", body, media_type, datetime(2025, 11, 21, tzinfo=UTC))
        begun = process_time()
        first, *_ = intake.read(original, UUID(int=7), its)
        assert process_time() - begun < _SECONDS
        assert isinstance(first.said, Message)
        return first.said

    return it


def _cues(speaker: Callable[[int], str], number: int) -> bytes:
    return (
        "WEBVTT\n\n"
        + "".join(f"{at:06}:00:00.000 --> {at:06}:00:00.900\n<v {speaker(at)}>fala {at}\n\n" for at in range(number))
    ).encode()


def test_one_name_given_thirty_thousand_times(read: Read) -> None:
    body = b"{" + b",".join(b'"a": %d' % number for number in range(30_000)) + b"}"
    said = read("form", body, _JSON)
    assert said.text.startswith("a: 0\na (2): 1\na (3): 2\n")


def test_json_of_five_million_empty_lists_is_read_as_text(read: Read) -> None:
    said = read("form", b'{"mensagem": "quero ajuda", "x": [' + b",".join([b"[]"] * 2_000_000) + b"]}", _JSON)
    assert said.text.startswith('{"mensagem": "quero ajuda"')
    assert any("não foi possível ler" in each for each in said.defects)


def test_a_form_of_two_million_fields(read: Read) -> None:
    body = b"mensagem=socorro&" + b"&".join(b"f%d=x" % number for number in range(2_000_000))
    said = read("form", body, _FORM)
    assert said.text == "socorro"
    assert any("mais de 10000 campos" in each for each in said.defects)


def test_millions_of_escapes_take_no_gigabyte() -> None:
    tracemalloc.start()
    try:
        ((_, value),) = read_fields(b"mensagem=" + b"%41" * 2_000_000 + b"%C3%A9", _FORM).pairs
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert value == "A" * 2_000_000 + "é"
    assert peak < 50 * 2**20


def test_escapes_are_read_wherever_a_chunk_ends() -> None:
    for length in range(65_520, 65_540):
        ((_, value),) = read_fields(b"mensagem=" + b"a" * length + b"%C3%A7%C3%A3o %zz%4", _FORM).pairs
        assert value == "a" * length + "ção %zz%4"


def test_names_that_grow_when_they_are_folded(read: Read) -> None:
    read("form", json.dumps({"\ufdfa" * 100 + str(number): "v" for number in range(50_000)}).encode(), _JSON)


@pytest.mark.parametrize("sign", [b"\x01", b'"', b"a\r", b"\x01a", b"\x0b", b"\\", b"\x85a"])
def test_twenty_million_signs_that_are_cleaned_or_escaped(read: Read, sign: bytes) -> None:
    read("form", sign * (20_000_000 // len(sign)) + b"fim", "text/plain")


def test_thirty_thousand_speakers(read: Read) -> None:
    said = read("webvtt", _cues(lambda at: f"P{at}", 30_000), "text/vtt")
    assert said.text.startswith("fala 0")


def test_a_call_of_fifty_thousand_cues(read: Read) -> None:
    said = read("webvtt", _cues(lambda at: "Cliente" if at % 2 else "Atendente", 50_000), "text/vtt")
    assert said.text.startswith("fala 1\nfala 3\n")


def test_a_message_of_fifty_thousand_links(read: Read) -> None:
    links = [{"type": "text_link", "offset": at, "length": 1, "url": "http://x.test"} for at in range(50_000)]
    person = {"id": 5, "first_name": "Ana", "is_bot": False}
    message = {"message_id": 1, "from": person, "chat": {"id": 5, "type": "private"}, "date": 1, "text": "e" * 60_000}
    read("telegram", json.dumps({"update_id": 1, "message": {**message, "entities": links}}).encode(), _JSON)


def test_a_mail_whose_million_lines_flow_into_one(read: Read) -> None:
    head = b"From: ana@casa.test\r\nContent-Type: text/plain; format=flowed; delsp=yes\r\n\r\n"
    said = read("imap", head + b"a \r\n" * 1_000_000 + b"fim", "message/rfc822")
    assert said.text.startswith("aaaa")


def test_cleaning_says_the_same_as_before() -> None:
    assert cleaned("a\r\nb\rc\vd\x85e\u2028f\x1cg\x00h\x1bi\x7fj\ufffek") == "a\nb\nc\nd\ne\nf\nghijk"
