"""A mail as it is sent: text for people, JSON for their programs, and headers by which an answer finds its case.

The contract of the headers is in `docs/deliveries.md`. `Message-ID` is the delivery's, the same at each try, so that a
box that got it twice shows it once; all mails of a protocol refer to one root, so that they stand together; and
`Auto-Submitted` keeps other machines from answering.

Source: RFC 5322; RFC 3834 (`Auto-Submitted`); MS-OXCMAIL (`X-Auto-Response-Suppress`).
"""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from typing import Final, TypedDict, Unpack
from uuid import UUID

from pydantic_core import from_json, to_json

from ouvidor.errors import Rejected
from ouvidor.protocol import normalise
from ouvidor.reply_address import ReplyAddresses
from ouvidor.settings import Organisation
from sinks.deliveries.contract import Delivery
from sinks.deliveries.event import structured
from sinks.mail.letter import subject_of, text_of
from sinks.mail.withheld import withheld

__all__ = ["Ways", "addressed", "envelope"]

_ROOT: Final = UUID(int=0)
_NO_PROTOCOL: Final = "20000101-0000-0000-000"
_POLICY: Final = SMTP.clone(max_line_length=900)


class Ways(TypedDict):
    """What the house's mails have in common."""

    sender: str
    reply_to: str | None
    house: Organisation
    addresses: ReplyAddresses


def envelope(delivery: Delivery, *, to: str, whole: bool, **ways: Unpack[Ways]) -> EmailMessage:
    """Make the mail of an event. `whole` leaves the author in."""
    given = from_json(delivery.body)
    data = given if whole else withheld(given)
    house = ways["house"]
    mail, protocol = addressed(delivery, to=to, **ways)
    mail["Subject"] = subject_of(data, protocol, house.tz)
    mail["Auto-Submitted"] = "auto-generated"
    answers = ways["reply_to"] is not None and protocol is not None
    text = text_of(data, protocol=protocol, department=delivery.department, zone=house.tz, answers=answers)
    mail.set_content(text, cte="quoted-printable")
    event = structured(delivery.attributes, to_json(data))
    mail.add_attachment(event, maintype="application", subtype="json", filename=f"{protocol or delivery.id}.json")
    return mail


def addressed(
    delivery: Delivery, *, to: str, answered: str | None = None, **ways: Unpack[Ways]
) -> tuple[EmailMessage, str | None]:
    """Begin a mail about a delivery's protocol, and give that. `answered` is the id of the mail that it answers."""
    addresses, sender, reply_to = ways["addresses"], ways["sender"], ways["reply_to"]
    protocol = _protocol(delivery.protocol)
    domain = sender.rpartition("@")[2]
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = formataddr((ways["house"].name, sender))
    mail["To"] = to
    mail["Date"] = format_datetime(delivery.at)
    mail["Message-ID"] = addresses.message_id(domain, protocol or _NO_PROTOCOL, delivery.department, delivery.id)
    older = [] if answered is None else [f"<{answered}>"]
    if protocol is not None:
        older.insert(0, addresses.message_id(domain, protocol, delivery.department, _ROOT))
        mail["X-Ouvidor-Protocol"] = protocol
        if reply_to is not None:
            mail["Reply-To"] = addresses.address(reply_to, protocol, delivery.department)
    if answered is not None:
        mail["In-Reply-To"] = f"<{answered}>"
    if older:
        mail["References"] = " ".join(older)
    mail["X-Ouvidor-Delivery"] = str(delivery.id)
    mail["X-Auto-Response-Suppress"] = "All"
    mail["Content-Language"] = "pt-BR"
    return mail, protocol


def _protocol(given: str | None) -> str | None:
    try:
        return None if given is None else normalise(given)
    except Rejected:
        return None
