"""The sink `mail`: each event as a mail to a department's box, by the house's own mail server (`smtp` in the settings).

The server's word counts: where it says at the recipient that there is no such box, the destination is gone until a
person mends it; where it says that the mail is too large, this one will never go. All else is tried again, also what is
wrong on our side (a password, a relay): that is mended within three days.

What a person of the department answered to such a mail, and could not be taken, comes back as a mail to that person.

Source: RFC 5321; RFC 3463 (enhanced status codes).
"""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache, partial
from typing import Final

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPTimeoutError,
)

from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.events import REFUSED
from ouvidor.reply_address import ReplyAddresses
from ouvidor.settings import Settings, Smtp
from sinks.deliveries.answer import tell
from sinks.deliveries.contract import Again, Attempt, Delivered, Delivery, Gone, Outcome, Refused, Sink
from sinks.mail.bound import Bound
from sinks.mail.destination import Mailbox
from sinks.mail.envelope import Ways, envelope
from sinks.mail.refusal import recipient_of, refusal

__all__ = ["SINK", "outcome"]

_ENHANCED: Final = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_NOBODY: Final = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
_TOO_LARGE: Final = frozenset({"5.2.3", "5.3.4"})
_NO_SUCH_BOX: Final = frozenset({550, 551, 553})
_OVER_SIZE: Final = 552
_PERMANENT: Final = 500


@asynccontextmanager
async def _open(its: Mailbox, settings: Settings) -> AsyncIterator[Attempt]:
    _server(settings.smtp)
    addresses = cache(lambda: ReplyAddresses.from_file(settings.pseudonym_key))
    yield partial(_attempt, its, settings, addresses, Bound())


async def _attempt(
    its: Mailbox, settings: Settings, addresses: Callable[[], ReplyAddresses], bound: Bound, delivery: Delivery
) -> Outcome:
    smtp = settings.smtp
    host, sender = _server(smtp)
    ways: Ways = {"sender": sender, "reply_to": smtp.reply_to, "house": settings.organisation, "addresses": addresses()}
    to = its.to
    if delivery.attributes.get("ce_type") == REFUSED:
        to = recipient_of(delivery, its)
        if not bound.lets(to, delivery.id, delivery.at):
            return Refused(f"more than {bound.most} refusals to one sender in a day: does a machine answer our mail?")
        mail = refusal(delivery, to=to, **ways)
    else:
        mail = envelope(delivery, to=to, whole=its.whole, **ways)
    client = _client(smtp, host, its.timeout.total_seconds())
    try:
        async with client:
            try:
                await client.send_message(mail, sender=sender, recipients=[to])
            except asyncio.CancelledError:
                client.close()  # aiosmtplib would say QUIT, and wait for the answer of who gives none
                raise
    except SMTPRecipientsRefused as error:
        return outcome(error.recipients[0], delivery.body)
    except SMTPResponseException as error:
        return outcome(error, delivery.body)
    except (SMTPTimeoutError, TimeoutError):
        return Again(f"no answer within {its.timeout.total_seconds():g} s")
    except (SMTPException, OSError) as error:
        return Again(f"not reached: {type(error).__name__}")
    return Delivered("250", 250)


def outcome(said: SMTPResponseException, body: bytes) -> Outcome:
    """Tell what a server's refusal means."""
    words = f"{said.code} {tell(said.message or '', body)}".strip()
    found = _ENHANCED.search(said.message or "")
    enhanced = found[0] if found else ""
    if said.code < _PERMANENT:
        return Again(words, said.code)
    if enhanced in _TOO_LARGE or (said.code == _OVER_SIZE and not enhanced):
        return Refused(words, said.code)
    at_the_box = isinstance(said, SMTPRecipientRefused)
    if at_the_box and (enhanced in _NOBODY or (said.code in _NO_SUCH_BOX and not enhanced)):
        return Gone(words, said.code)
    return Again(words, said.code)


def _server(smtp: Smtp) -> tuple[str, str]:
    """Give host and sender. Raises `Misconfigured` where the settings do not say them."""
    if smtp.host is None or smtp.sender is None:
        raise Misconfigured("smtp.host and smtp.sender are needed to send mail: set both")
    return smtp.host, smtp.sender


def _client(smtp: Smtp, host: str, seconds: float) -> SMTP:
    return SMTP(
        hostname=host,
        port=smtp.port,
        username=smtp.username,
        password=smtp.password.get_secret_value() if smtp.password is not None else None,
        use_tls=smtp.security == "tls",
        start_tls=smtp.security == "starttls",
        tls_context=None if smtp.security == "none" else ssl.create_default_context(cafile=smtp.ca_file),
        timeout=seconds,
    )


async def _check(its: Mailbox, settings: Settings) -> None:
    """Log in and leave."""
    host, _ = _server(settings.smtp)
    try:
        async with _client(settings.smtp, host, its.timeout.total_seconds()):
            pass
    except SMTPResponseException as error:
        words = f"{host}: {error.code} {tell(error.message, b'{}')}"
        raise (Misconfigured if error.code >= _PERMANENT else Unavailable)(words) from error
    except (SMTPException, OSError) as error:
        raise Unavailable(f"{host}: not reached: {type(error).__name__}") from error


SINK = Sink("mail", Mailbox, _open, _check)
