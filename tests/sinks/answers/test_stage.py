"""The stage `answers`: a mail becomes a reply on `replies`, or a refusal by which a mail finds back to who wrote."""

from ouvidor.events import MAIL_ANSWERED, Output, encode
from ouvidor.records import MailAnswer, Refused
from ouvidor.settings import Settings
from sinks.answers.stage import reader, services
from tests.sinks.answers.test_reading import answer
from tests.sinks.replies.samples import DEPARTMENTS, MESSAGE, PROTOCOL, TOPICS, announced, arriving, dispatch
from tests.sinks.replies.test_stage import FORWARD, KEEP, Remembered

READ = reader(TOPICS, DEPARTMENTS)


def read(given: MailAnswer) -> Output:
    output = encode(
        given,
        topic=TOPICS.mail_answers,
        key=given.protocol,
        id=given.id,
        type=MAIL_ANSWERED,
        source="/ingest/imap/caixa",
        time=given.received_at,
        subject=given.protocol,
    )
    (found,) = READ(arriving(output))
    return found


def test_a_mail_goes_the_way_of_every_reply_and_twice_is_once():
    memory = Remembered()
    list(KEEP(announced(dispatch()), memory))
    reply = read(answer())
    assert reply.topic == "t.replies"
    for count in (1, 0):
        (forwarded,) = FORWARD(arriving(reply))
        assert len(list(KEEP(arriving(forwarded), memory))) == count


def test_who_may_not_answer_is_told_with_the_mail_that_it_was():
    memory = Remembered()
    list(KEEP(announced(dispatch(owner="vias")), memory))
    (forwarded,) = FORWARD(arriving(read(answer())))
    (told,) = KEEP(arriving(forwarded), memory)
    refused = Refused.model_validate_json(told.value or b"")
    assert refused.by == "saude@casa.test"
    assert refused.mail is not None
    assert refused.mail.message_id == "abc@casa.test"


def test_what_cannot_be_a_reply_is_refused_at_once():
    found = read(answer(""))
    assert found.topic == "t.refused.saude"
    refused = Refused.model_validate_json(found.value or b"")
    assert "não tem texto novo" in refused.reason
    assert (refused.by, refused.protocol, refused.department) == ("saude@casa.test", PROTOCOL, "saude")
    assert refused.reply is not None
    assert refused.mail is not None
    assert refused.reply != MESSAGE


def test_it_runs_where_departments_answer_by_mail():
    box = {"sink": "mail", "name": "caixa", "department": "obras", "to": "obras@casa.test"}
    deliveries = {"deliveries": {"destinations": [box]}}
    assert services(Settings(**deliveries)) == []
    (stage,) = services(Settings(**deliveries, smtp={"reply_to": "respostas@casa.test"}))
    assert stage.name == "answers"
