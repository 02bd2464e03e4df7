"""Replies as a program makes them: taken by the code that reads `replies`, the same at each try."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from ouvidor.client import Broker, Case, Department, Misconfigured, Rejected
from ouvidor.client.replying import make_reply
from ouvidor.records import REPLIES, Team
from ouvidor.reply_event import name_of, reply_event
from sinks.replies.case import fingerprint
from sinks.replies.reading import LARGEST, read_reply
from tests.ouvidor.client.samples import arriving, dispatched, event
from tests.routers.samples import MONDAY


async def never(*_: object) -> Any:  # noqa: ANN401 - it is not called
    raise AssertionError


def case(**changes: Any) -> Case:  # noqa: ANN401 - any field of the dispatch
    data = dispatched(**changes)
    return Case("e-1", "billing", data, arriving(event(data)), never, never)


async def test_each_command_that_there_is_can_be_said_and_is_read_as_it_was_said():
    said: list[tuple[str, dict[str, Any]]] = []

    async def say(case: Case, command: str, words: dict[str, Any], by: str | None, own: UUID | None) -> UUID:
        said.append((command, words))
        reply = make_reply(command, words, case=case, by=by or "plantao", at=MONDAY, own=own)
        assert read_reply(command, reply_event(reply, "t.replies", "/departments/billing", None).value) == reply
        return reply.id

    data = dispatched()
    its = Case("e-1", "billing", data, arriving(event(data)), never, say)
    own = uuid4()
    assert await its.answer("Feito.", measures="Trocamos a lâmpada.", final=False, reply_id=own) == own
    await its.hand_back("não é conosco", proposed="saude")
    await its.ask_customer("Qual rua?", by="Turno 2")
    await its.extend("falta a peça")
    await its.propose_closing("Trocamos a lâmpada.")
    assert [command for command, _ in said] == list(REPLIES)


def test_the_same_words_to_the_same_case_are_one_reply_whenever_they_are_said():
    first, later = (
        make_reply(
            "answer", {"text": "Feito.", "measures": None}, case=case(), by="plantao", at=MONDAY + timedelta(days)
        )
        for days in (0, 1)
    )
    assert (first.id, fingerprint(first)) == (later.id, fingerprint(later))
    others = [
        make_reply("answer", {"text": "Feito!"}, case=case(), by="plantao", at=MONDAY),
        make_reply("propose-closing", {"measures": "Feito."}, case=case(), by="plantao", at=MONDAY),
        make_reply("answer", {"text": "Feito."}, case=case(), by="plantao", at=MONDAY, own=uuid4()),
    ]
    assert len({first.id, *(each.id for each in others)}) == 4


@pytest.mark.parametrize(
    ("command", "words", "told"),
    [
        ("answer", {"text": "  "}, "answer: text: "),
        ("answer", {"text": "Zulmira" * 2000}, "answer: text: "),
        ("hand-back", {"reason": "Zulmira não"}, "three words"),
        ("hand-back", {"reason": "não é conosco", "proposed": "Zulmira"}, "proposed: "),
        ("answer", {"text": "\N{GRINNING FACE}" * 9000, "measures": "ção" * 3000}, f"up to {LARGEST}"),
    ],
)
def test_what_would_be_refused_is_told_before_it_is_sent_and_not_repeated(
    command: str, words: dict[str, Any], told: str
):
    with pytest.raises(Rejected) as caught:
        make_reply(command, words, case=case(), by="plantao", at=MONDAY)
    assert told in str(caught.value)
    assert "ulmira" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__  # nor in a traceback


def test_a_case_tells_whether_its_department_may_reply():
    assert case().ours
    assert not case(owner="saude", informed=("billing",)).ours
    assert case(owner="saude", team=Team(lead="saude", members=("billing",))).ours
    assert case(owner="saude", deputy_for="billing").ours
    assert name_of(make_reply("answer", {"text": "Feito."}, case=case(), by="x", at=MONDAY)) == "answer"


def test_a_password_is_in_no_text_and_is_never_sent_in_the_clear_by_oversight():
    told = Broker("b:1", username="saude", password="segredo")
    assert "segredo" not in repr(told) + str(vars(told))
    assert told.security == "SASL_SSL"
    assert Broker("b:1").security == "PLAINTEXT"


@pytest.mark.parametrize(
    "make",
    [
        lambda: Broker(username="saude"),
        lambda: Broker(password="segredo"),
        lambda: Broker(security="TLS"),
        lambda: Broker(username="u", password="p", sasl_mechanism="SCRAM"),
        lambda: Department("Faturamento", Broker()),
    ],
)
def test_what_is_set_wrong_is_told_at_once(make: Callable[[], object]):
    with pytest.raises(Misconfigured):
        make()


def test_the_broker_is_read_from_the_environment():
    found = Broker.from_environment(
        {
            "KAFKA_SERVERS": "b:9",
            "KAFKA_USERNAME": "saude",
            "KAFKA_PASSWORD": "x",
            "TOPIC_PREFIX": "t.",
            "KAFKA_CA_FILE": "/c",
        }
    )
    assert (found.servers, found.username, found.security, found.prefix, str(found.ca_file)) == (
        "b:9",
        "saude",
        "SASL_SSL",
        "t.",
        "/c",
    )
