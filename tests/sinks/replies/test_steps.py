"""What the sinks tell of a contact's way: each reply once, by what came of it."""

from uuid import UUID

from ouvidor.events import DISPATCHED, MAIL_ANSWERED, REFUSED
from ouvidor.records import (
    AskCustomer,
    CaseCustomerAsked,
    CaseExtended,
    Dispatched,
    Extend,
    MailAnswer,
    Original,
    Refused,
)
from ouvidor.reply_event import reply_event
from ouvidor.settings import Settings
from ouvidor.steps import Step
from sinks.replies.steps import steps
from tests.history import BEGAN, DEADLINE, NUMBER, answer, answered, dispatch, event, hand_back, records
from tests.routers.samples import message, verdict

SENT = reply_event(answer(), "ouvidor.replies", "/test", None)
PASSED_ON = reply_event(answer(), "ouvidor.case-commands", "/test", None)


def told(step: Step) -> tuple[str, list[str], int]:
    return step.name, [line.plain for line in step.lines], len(step.records)


def test_a_reply_is_told_once_by_what_came_of_it():
    came = event(answered(), "ouvidor.case-events", "ouvidor.case.answered.v1")
    (step,) = steps(Settings(), records(SENT, PASSED_ON, came))
    assert told(step) == ("answered", ["por saude (plantao)", "“Consulta remarcada.”"], 3)


def test_a_reply_that_nobody_read_waits_and_one_that_was_refused_does_not():
    (step,) = steps(Settings(), records(SENT, SENT))
    assert told(step)[0] == "reply-waits"
    assert told(step)[1][-1] == "não se sabe o que foi feito dela: `ouvidor run sinks` corre?"
    refused = Refused(reply=answer().id, department="saude", field="department", reason="não é deste", at=BEGAN)
    (step,) = steps(Settings(), records(SENT, event(refused, "ouvidor.refused.saude", REFUSED)))
    assert told(step) == ("refused", ["a de saude (department): não é deste"], 2)


def test_each_command_says_its_own_words():
    asked = AskCustomer(
        id=UUID(int=1), protocol=NUMBER, department="saude", by="p", at=BEGAN, question="Qual\x1b[2J posto?"
    )
    more = Extend(id=UUID(int=2), protocol=NUMBER, department="saude", by="p", at=BEGAN, reason="falta um laudo")
    usual = {"protocol": NUMBER, "at": BEGAN, "owner": "saude"}
    found = steps(
        Settings(),
        records(
            event(CaseCustomerAsked(**usual, deadline=DEADLINE, reply=asked), "e", "ouvidor.case.customer-asked.v1"),
            event(CaseExtended(**usual, deadline=DEADLINE, before=BEGAN, reply=more), "e", "ouvidor.case.extended.v1"),
            reply_event(hand_back(), "ouvidor.replies", "/test", None),
        ),
    )
    words = {name: lines for name, lines, _ in map(told, found)}
    assert words["customer-asked"] == ["por saude (p)", "“Qual[2J posto?”"]
    assert words["extended"] == [
        "por saude (p)",
        "porque: falta um laudo",
        "prazo: de 24/11/2026 às 09:00 para 27/11/2026 às 09:00",
    ]
    assert words["reply-waits"][1] == "porque: é da educação, não nosso"


def test_where_the_department_gets_the_extract_its_words_are_masked_too():
    """An answer begins with a name; so may the reason of who handed it back."""
    said = message(protocol=NUMBER, text="Sou a Rosa Lima e denuncio o fiscal.")
    said = said.model_copy(update={"author": said.author.model_copy(update={"name": "Rosa Lima"})})
    copies = [
        event(
            Dispatched(message=said, verdict=verdict(), dispatch=dispatch(extract=extract)),
            f"ouvidor.{topic}",
            DISPATCHED,
        )
        for topic, extract in (("ombudsman", False), ("department.saude", True))
    ]
    came = event(
        answered(answer(text="Prezada Rosa Lima, abrimos apuração.")), "ouvidor.case-events", "ouvidor.case.answered.v1"
    )
    (step,) = steps(Settings(), records(*copies, came))
    assert told(step)[1][1] == "“Prezada [NOME 1], abrimos apuração.”"
    (step,) = steps(Settings(), records(copies[0], came))
    assert "Rosa" not in told(step)[1][1]


def test_an_answer_by_mail_is_told_though_no_reply_came_of_it():
    mail = MailAnswer(
        id=UUID(int=3), protocol=NUMBER, department="saude", address="saude@orgao.test", received_at=BEGAN,
        text="Feito.",
        original=Original(sha256="0" * 64, uri="file:///x", media_type="message/rfc822"),
    )  # fmt: skip
    (step,) = steps(Settings(), records(event(mail, "ouvidor.mail-answers", MAIL_ANSWERED)))
    assert told(step) == ("mail-answer", ["de saude: “Feito.”"], 1)
