"""The stage `answers`: what departments wrote in answer to our mail becomes replies, on the same topic as all others.

What cannot be a reply is refused as any other, on `refused.<department>`, from where a mail tells who wrote
(`sinks/mail/refusal.py`). From there on nobody asks by which way a reply came: the same rules, the same history.
"""

from collections.abc import Callable, Iterable
from typing import Final

from ouvidor.department_boxes import department_boxes
from ouvidor.departments import department_names
from ouvidor.events import MAIL_ANSWERED, Incoming, Output, decode, header
from ouvidor.records import MailAnswer, ReplyMail
from ouvidor.reply_event import reply_event
from ouvidor.service import Service, Stage, alone
from ouvidor.settings import Settings
from ouvidor.topics import Topics
from sinks.answers.reading import Unread, reply_of
from sinks.replies.reading import Hints
from sinks.replies.telling import Departments, Refusals

__all__ = ["reader", "services"]

_SOURCE: Final = "/sinks/answers"


def services(settings: Settings) -> list[Service]:
    """Give the stage; none where nobody answers by mail. Raises `Misconfigured`."""
    if not department_boxes(settings):
        return []
    topics = Topics(settings.kafka.prefix)
    departments = Departments(lambda: department_names(settings))
    return [Stage(name="answers", function=alone(reader(topics, departments)), topics=(topics.mail_answers,))]


def reader(topics: Topics, departments: Departments) -> Callable[[Incoming], Iterable[Output]]:
    """Make the stage's function."""
    refusals = Refusals(topics, departments)

    def read(record: Incoming) -> list[Output]:
        answer = decode(record, MailAnswer, type=MAIL_ANSWERED)
        reply = reply_of(answer)
        if isinstance(reply, Unread):
            mail = ReplyMail(message_id=answer.message_id, original=answer.original.sha256)
            hints = Hints(answer.department, answer.protocol, reply.id, answer.address, mail)
            return [refusals.tell(record, reply.fault, hints, reply.command)]
        return [reply_event(reply, topics.replies, _SOURCE, header(record, "traceparent"))]

    return read
