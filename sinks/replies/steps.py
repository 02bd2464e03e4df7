"""What this room tells of a contact's way: what departments answered, asked, handed back, and what was not taken.

A reply is told by what came of it, once; while nothing that is known has, as one that waits.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from rich.text import Text

from ouvidor.events import MAIL_ANSWERED, REFUSED, Incoming
from ouvidor.glance import clean
from ouvidor.records import (
    CASE_EVENTS,
    REPLIES,
    Answer,
    AskCustomer,
    CaseEvent,
    CaseExtended,
    Extend,
    HandBack,
    MailAnswer,
    ProposeClosing,
    Refused,
    Reply,
)
from ouvidor.reply_event import type_of
from ouvidor.settings import Settings
from ouvidor.shown import masker
from ouvidor.steps import Step, of_type, written_at
from sinks.replies.words import end

__all__ = ["steps"]

_TITLES: Final = {
    "answered": "RESPONDIDA",
    "handed-back": "DEVOLVIDA",
    "customer-asked": "PERGUNTA AO CLIENTE",
    "extended": "PRORROGADA",
    "closing-proposed": "ENCERRAMENTO PROPOSTO",
}


def steps(settings: Settings, records: Sequence[Incoming]) -> Iterator[Step]:
    """Tell the steps."""
    mask = masker(records)
    sent = [
        (record, reply) for name, model in REPLIES.items() for record, reply in of_type(records, type_of(name), model)
    ]
    told: set[str] = set()
    for name, model in CASE_EVENTS.items():
        for record, event in of_type(records, f"ouvidor.case.{name}.v1", model):
            told.add(str(event.reply.id))
            lines = [*_said(event.reply, mask), *_after(event, settings)]
            its = (record, *(each for each, reply in sent if reply.id == event.reply.id))
            yield Step(written_at(record), name, _TITLES[name], tuple(map(Text, lines)), its)
    for record, refused in of_type(records, REFUSED, Refused):
        told.add(str(refused.reply))
        who = f"a de {clean(refused.department)}"
        where = f" ({clean(refused.field)})" if refused.field else ""
        its = (record, *(each for each, reply in sent if reply.id == refused.reply))
        yield Step(
            written_at(record), "refused", "RESPOSTA NÃO ACEITA", (Text(f"{who}{where}: {clean(refused.reason)}"),), its
        )
    for record, answer in of_type(records, MAIL_ANSWERED, MailAnswer):
        words = (Text(f"de {answer.department}: “{clean(mask(answer.text))}”"),)
        yield Step(written_at(record), "mail-answer", "RESPOSTA POR E-MAIL", words, (record,))
    waiting = {reply.id: (record, reply) for record, reply in sent if str(reply.id) not in told}
    for record, reply in waiting.values():
        lines = [*_said(reply, mask), "não se sabe o que foi feito dela: `ouvidor run sinks` corre?"]
        its = tuple(each for each, other in sent if other.id == reply.id)
        yield Step(written_at(record), "reply-waits", "RESPOSTA À ESPERA", tuple(map(Text, lines)), its)


def _said(reply: Reply, mask: Callable[[str], str]) -> Iterator[str]:
    yield f"por {clean(reply.department)} ({clean(reply.by)})"
    if isinstance(reply, Answer):
        yield f"“{clean(mask(reply.text))}”{'' if reply.final else ' (ainda vem mais)'}"
        if reply.measures:
            yield f"o que foi feito: {clean(mask(reply.measures))}"
    elif isinstance(reply, AskCustomer):
        yield f"“{clean(mask(reply.question))}”"
    elif isinstance(reply, HandBack):
        proposed = f" (propõe {reply.proposed})" if reply.proposed else ""
        yield f"porque: {clean(mask(reply.reason))}{proposed}"
    elif isinstance(reply, Extend):
        yield f"porque: {clean(mask(reply.reason))}"
    elif isinstance(reply, ProposeClosing):
        yield f"o que foi feito: {clean(mask(reply.measures))}"
    if reply.attachments:
        yield f"{len(reply.attachments)} anexo{'s' if len(reply.attachments) > 1 else ''}"


def _after(event: CaseEvent, settings: Settings) -> Iterator[str]:
    if isinstance(event, CaseExtended):
        zone = settings.organisation.tz
        yield f"prazo: de {end(event.before, zone)} para {end(event.deadline, zone)}"
