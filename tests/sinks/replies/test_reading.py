"""Reading replies: what is right is read, and of what is wrong the field is named, in words, and nothing repeated."""

import json
from typing import Any
from uuid import UUID

import pytest

from ouvidor.records import REPLIES, Answer, Extend, HandBack
from ouvidor.reply_event import name_of, type_of
from sinks.replies.reading import LARGEST, Fault, command_of, hints_of, read_reply
from tests.sinks.replies.samples import PROTOCOL, data

WORDS = {
    "answer": {"text": "Sua consulta foi remarcada.", "measures": "Agenda reaberta.", "final": False},
    "hand-back": {"reason": "é da coleta de lixo", "proposed": "vias"},
    "ask-customer": {"question": "Em que posto foi?"},
    "extend": {"reason": "esperamos o laudo médico"},
    "propose-closing": {"measures": "Consulta remarcada."},
}


@pytest.mark.parametrize("command", REPLIES)
def test_each_command_is_read_and_its_type_names_it(command: str):
    assert command_of(type_of(command)) == command
    found = read_reply(command, json.dumps(data(**WORDS[command])).encode())
    assert not isinstance(found, Fault), found
    assert name_of(found) == command
    assert found.protocol == PROTOCOL


def test_a_protocol_is_read_as_it_was_typed():
    typed = PROTOCOL.replace("-", "").lower()
    found = read_reply("answer", json.dumps(data(protocol=typed, text="Sim.")).encode())
    assert isinstance(found, Answer)
    assert found.protocol == PROTOCOL


@pytest.mark.parametrize(
    ("command", "changes", "field", "words"),
    [
        ("answer", {}, "text", "falta este campo"),
        ("answer", {"text": " \n"}, "text", "em branco"),
        ("answer", {"text": 5}, "text", "texto"),
        ("answer", {"text": "x" * 10_001}, "text", "até 10000 caracteres"),
        ("answer", {"text": "Sim.", "final": "segredo"}, "final", "true ou false"),
        ("answer", {"text": "Sim.", "id": "segredo"}, "id", "UUID"),
        ("answer", {"text": "Sim.", "protocol": PROTOCOL[:-1] + "?"}, "protocol", "confira os símbolos"),
        ("answer", {"text": "Sim.", "at": "2026-11-23T10:00:00"}, "at", "falta o fuso"),
        ("answer", {"text": "Sim.", "at": "segredo"}, "at", "data e hora"),
        ("answer", {"text": "Sim.", "department": "Saúde"}, "department", "minúsculas"),
        ("answer", {"text": "Sim.", "by": ""}, "by", "vazio"),
        ("answer", {"text": "Sim.", "segredo": 1}, None, "ele tem id, protocol, department, by, at, text"),
        ("extend", {"reason": "ainda não"}, "reason", "três palavras"),
        ("hand-back", {"reason": "é da coleta", "proposed": 7}, "proposed", "texto"),
        (None, {}, "ce_type", "answer, hand-back, ask-customer, extend, propose-closing"),
    ],
)
def test_of_what_is_wrong_the_field_and_the_mend_are_told(
    command: str | None, changes: dict[str, Any], field: str | None, words: str
):
    found = read_reply(command, json.dumps(data(**changes)).encode())
    assert isinstance(found, Fault)
    assert found.field == field
    assert words in found.reason
    assert "segredo" not in found.reason


@pytest.mark.parametrize("value", [None, b"", b"\xff", b"[]", b'"x"', b"{broken"])
def test_what_is_no_json_object_is_told_so(value: bytes | None):
    found = read_reply("answer", value)
    assert isinstance(found, Fault)
    assert "objeto JSON" in found.reason
    assert hints_of(value).department is None


def test_what_is_too_long_is_not_even_read():
    found = read_reply("answer", b'{"text": "' + b"x" * LARGEST + b'"}')
    assert found == Fault(None, f"a resposta passa de {LARGEST} bytes; encurte o texto")


def test_hints_tell_what_can_be_made_out_and_no_more():
    given = data(text=5)
    hints = hints_of(json.dumps(given).encode())
    assert (hints.department, hints.protocol, hints.id) == ("saude", PROTOCOL, UUID(given["id"]))
    odd = hints_of(b'{"department": ["x"], "protocol": "Maria", "id": "Maria"}')
    assert (odd.department, odd.protocol, odd.id) == (None, None, None)


@pytest.mark.parametrize("event_type", [None, "", "ouvidor.reply.answer.v2", "ouvidor.reply.sing.v1", "answer"])
def test_what_is_no_reply_s_type_is_no_command(event_type: str | None):
    assert command_of(event_type) is None


def test_a_reason_has_words():
    assert isinstance(read_reply("hand-back", json.dumps(data(reason="não é nosso")).encode()), HandBack)
    assert isinstance(read_reply("extend", json.dumps(data(reason="falta o laudo")).encode()), Extend)
