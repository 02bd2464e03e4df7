"""The two stages' functions: replies pass by protocol, each is taken once, and whoever is refused is told why."""

import json
from hashlib import sha256
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from ouvidor.errors import Misconfigured, Rejected
from ouvidor.events import Output
from ouvidor.metrics import REPLIES
from ouvidor.records import Answer, CaseAnswered, Refused
from ouvidor.service import Memory
from sinks.replies.case import fingerprint
from sinks.replies.stage import forwarder, keeper
from sinks.replies.telling import Departments
from tests.sinks.replies.samples import (
    DEPARTMENTS,
    MESSAGE,
    PROTOCOL,
    TOPICS,
    announced,
    arriving,
    data,
    dispatch,
    incoming,
)

FORWARD = forwarder(TOPICS, DEPARTMENTS)
KEEP = keeper(TOPICS, DEPARTMENTS, ZoneInfo("America/Sao_Paulo"))


class Remembered(dict[bytes, bytes]):
    put = dict.__setitem__


def sent(command: str, given: dict[str, Any]) -> list[Output]:
    """A department writes, and `replies` reads."""
    header = ("ce_type", f"ouvidor.reply.{command}.v1".encode())
    return list(FORWARD(incoming(json.dumps(given).encode(), header)))


def taken(memory: Memory, command: str, given: dict[str, Any]) -> list[Output]:
    """A department writes, and both stages read."""
    (forwarded,) = sent(command, given)
    assert forwarded.topic == "t.case-commands"
    return list(KEEP(arriving(forwarded), memory))


def refused(output: Output) -> Refused:
    assert dict(output.headers)["ce_type"] == b"ouvidor.reply.refused.v1"
    return Refused.model_validate_json(output.value or b"")


def test_a_reply_is_taken_once_however_often_it_comes():
    memory = Remembered()
    assert list(KEEP(announced(dispatch()), memory)) == []
    given = data(text="Sua consulta foi remarcada.")
    repeated = REPLIES.labels("answer", "repeated")
    before = repeated._value.get()
    (event,) = taken(memory, "answer", given)
    assert event.topic == "t.case-events"
    assert event.key == PROTOCOL.encode()
    headers = dict(event.headers)
    assert headers["ce_type"] == b"ouvidor.case.answered.v1"
    assert headers["ce_subject"] == PROTOCOL.encode()
    assert CaseAnswered.model_validate_json(event.value or b"").reply.id == UUID(given["id"])
    assert taken(memory, "answer", given) == []
    assert taken(memory, "answer", given | {"at": "2026-11-23T11:00:00-03:00"}) == []
    assert repeated._value.get() == before + 2


def test_the_same_words_by_another_copy_of_the_mail_are_the_same_reply_and_other_files_are_not():
    memory = Remembered()
    list(KEEP(announced(dispatch()), memory))
    file = {"media_type": "image/png", "size": 1, "sha256": "ab" * 32}
    given = data(text="Sim.", attachments=[file], mail={"original": "cd" * 32})
    assert len(taken(memory, "answer", given)) == 1
    assert taken(memory, "answer", given | {"mail": {"original": "ef" * 32, "message_id": "a@b.test"}}) == []
    (told,) = taken(memory, "answer", given | {"attachments": [file | {"sha256": "ef" * 32}]})
    assert refused(told).field == "id"


def test_what_was_remembered_before_replies_had_files_is_still_known():
    given = data(id=str(UUID(int=1)), text="Sim.")
    (forwarded,) = sent("answer", given)
    reply = Answer.model_validate_json(forwarded.value or b"")
    before = (
        f'{{"id":"{given["id"]}","protocol":"{PROTOCOL}","department":"saude","by":"plantão","text":"Sim.",'
        '"measures":null,"final":true}'
    )
    assert fingerprint(reply) == sha256(b"Answer" + before.encode()).digest()[:16]


def test_an_id_that_comes_again_with_other_words_is_refused():
    memory = Remembered()
    list(KEEP(announced(dispatch()), memory))
    given = data(text="Sim.")
    taken(memory, "answer", given)
    (told,) = taken(memory, "answer", given | {"text": "Não."})
    assert refused(told).field == "id"


def test_a_refused_reply_is_told_on_its_department_s_topic_and_may_come_again_when_it_is_right():
    memory = Remembered()
    given = data(text="Sim.")
    (told,) = taken(memory, "answer", given)
    assert (told.topic, told.key) == ("t.refused.saude", PROTOCOL.encode())
    fault = refused(told)
    assert (fault.reply, fault.command, fault.protocol) == (UUID(given["id"]), "answer", PROTOCOL)
    assert (fault.field, "confira o número" in fault.reason) == ("protocol", True)
    list(KEEP(announced(dispatch()), memory))
    assert [output.topic for output in taken(memory, "answer", given)] == ["t.case-events"]


def test_what_cannot_be_read_is_told_to_whoever_says_who_he_is_and_repeats_nothing():
    (told,) = sent("answer", data(text="Sim.", telefone="11 98765-4321"))
    assert told.topic == "t.refused.saude"
    assert b"telefone" not in (told.value or b"")
    assert b"98765" not in (told.value or b"")
    (told,) = sent("sing", data(protocol="Maria da Silva"))
    assert (told.key, refused(told).protocol, refused(told).field) == (b"saude", None, "ce_type")


@pytest.mark.parametrize("given", [{"department": "gone"}, {"department": 5}, {"department": "refused.saude"}])
def test_a_reply_of_nobody_knows_whom_is_a_dead_letter(given: dict[str, Any]):
    with pytest.raises(Rejected, match="nobody can be told") as error:
        sent("answer", data(**given))
    assert "gone" not in str(error.value)


def test_a_reply_from_a_department_unknown_here_that_reads_well_is_a_dead_letter_too():
    (forwarded,) = sent("answer", data(text="Sim.", department="gone"))
    with pytest.raises(Rejected, match="its department is unknown"):
        KEEP(arriving(forwarded), Remembered())


def test_a_department_that_is_new_in_the_table_is_known_after_another_look():
    now, names = [0.0], ["saude"]
    departments = Departments(lambda: tuple(names), lambda: now[0])
    names.append("vias")
    assert not departments.knows("vias")
    now[0] = 31.0
    assert departments.knows("vias")


def test_a_table_that_is_broken_meanwhile_takes_no_department_away():
    now = [0.0]

    def read() -> tuple[str, ...]:
        if now[0]:
            raise Misconfigured("table.yaml:3: broken")
        return ("saude",)

    departments = Departments(read, lambda: now[0])
    now[0] = 31.0
    assert not departments.knows("vias")
    assert departments.knows("saude")


def test_one_protocol_s_commands_share_a_key_and_events_have_ids_of_their_own():
    memory = Remembered()
    list(KEEP(announced(dispatch()), memory))
    first, second = data(text="Sim.", final=False), data(text="Sim.", final=False, protocol=PROTOCOL.lower())
    keys = {sent("answer", each)[0].key for each in (first, second)}
    assert keys == {PROTOCOL.encode()}
    ids = {dict(taken(memory, "answer", each)[0].headers)["ce_id"] for each in (first, second)}
    assert len(ids) == 2
    assert str(MESSAGE).encode() not in ids
