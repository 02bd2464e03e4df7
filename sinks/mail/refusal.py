"""The mail that says why an answer by mail was not taken, to who wrote it: once, and no machine is to answer it.

It goes to an address that the settings let answer for the department, and nowhere else, whatever the refusal says. It
repeats nothing of what was written. An answer to it is an answer to the case, so that a slip is mended by answering.

Source: RFC 3834 (`Auto-Submitted: auto-replied`, `In-Reply-To`), RFC 5322, 3.6.4.
"""

import re
from email.message import EmailMessage
from typing import Final, Unpack

from pydantic import ValidationError

from ouvidor.department_boxes import answers_for
from ouvidor.errors import Rejected
from ouvidor.records import Refused
from sinks.deliveries.contract import Delivery
from sinks.mail.destination import Mailbox
from sinks.mail.envelope import Ways, addressed
from sinks.mail.letter import ABOVE, HOW

__all__ = ["recipient_of", "refusal"]

_ID: Final = re.compile(r"[\x21-\x3b\x3d\x3f-\x7e]{1,250}")


def recipient_of(delivery: Delivery, its: Mailbox) -> str:
    """Give who is told: the sender, where it answers for the department; else the box."""
    by = _read(delivery).by
    return by if by is not None and answers_for(by, its.senders) else its.to


def refusal(delivery: Delivery, *, to: str, **ways: Unpack[Ways]) -> EmailMessage:
    """Make the mail."""
    refused = _read(delivery)
    its_id = refused.mail.message_id if refused.mail is not None else None
    answered = its_id if its_id is not None and _ID.fullmatch(its_id) else None
    mail, protocol = addressed(delivery, to=to, answered=answered, **ways)
    mail["Subject"] = f"[{protocol}] Sua resposta não foi registrada" if protocol else "Sua resposta não foi registrada"
    mail["Auto-Submitted"] = "auto-replied"
    lines = [
        ABOVE,
        "",
        f"Sua resposta ao protocolo {protocol or 'sem número'} não foi registrada, e não foi enviada a ninguém.",
        "",
        f"Motivo: {refused.reason}",
        "",
        "Para corrigir, responda a este e-mail com o texto completo, sem mudar o destinatário.",
        "Arquivos precisam ser anexados de novo.",
        HOW,
        "",
    ]
    mail.set_content("\n".join(lines), cte="quoted-printable")
    return mail


def _read(delivery: Delivery) -> Refused:
    try:
        return Refused.model_validate_json(delivery.body)
    except ValidationError:
        raise Rejected("the refusal cannot be read") from None
