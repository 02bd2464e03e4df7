"""Mailgun: routes that forward whole mails, at `/mailgun/<account>`.

Mailgun sends the mail itself only to addresses that end in `mime`, so the account's name must. What it signs is a time
and a token, and not the mail: the signature says that Mailgun called some time, and TLS must say the rest. Hence the
window: a triple that was seen once is of no use after it. It is as long as Mailgun's retries, eight hours, since it is
nowhere said that these are signed anew; a call that is only repeated gives the same message in any case.

Source: Mailgun, "Receiving messages via HTTP through a forward() action", "Securing webhooks" (2026).
"""

import hmac
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final

from pydantic import Field, SecretStr, field_validator

from ingest.adapter import Account, Adapter, Answer, Call, Delivery, Original
from ingest.email.pushed import FORM, Parsed, call_itself, fields_of, mail_inside, reader, words_of
from ouvidor.records import Channel

__all__ = ["ADAPTER", "Mailgun"]

_AHEAD: Final = timedelta(minutes=10)


class Mailgun(Account):
    """A route's account: forward("https://our-host/mailgun/<account>")."""

    account: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,58}mime$|^mime$")
    """Our name of it. It must end in mime: Mailgun sends whole mails only to such addresses."""
    signing_keys: tuple[SecretStr, ...] = Field(min_length=1, max_length=2)
    """The HTTP webhook signing key; while it is changed, the old and the new one. In a file: one a line."""
    replay_window: timedelta = Field(timedelta(hours=9), ge=timedelta(minutes=1), le=timedelta(days=7))
    """How old a signature may be."""

    @field_validator("signing_keys", mode="before")
    @classmethod
    def _one_a_line(cls, given: Any) -> Any:  # noqa: ANN401 - whatever the YAML holds
        return tuple(given.split()) if isinstance(given, str) else given

    @field_validator("signing_keys")
    @classmethod
    def _not_empty(cls, given: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if not all(each.get_secret_value() for each in given):
            raise ValueError("it is empty: anybody could sign with it")
        return given


def _accept(call: Call, account: Mailgun) -> Delivery | Answer:
    if call.method != "POST":
        return Answer(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "POST"})
    if not call.complete:
        return Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, b"larger than ingest.http.body_limit: raise it\n")
    fields = fields_of(call.body, call.headers.get("content-type", ""))
    if not _signed(fields, account, call.received_at):
        return Answer(HTTPStatus.UNAUTHORIZED, b"timestamp, token and signature do not fit, or are too old\n")
    mail = fields.get("body-mime")
    if not mail:
        return call_itself(call)
    recipient = words_of(fields.get("recipient"))
    return mail_inside(mail, words_of(fields.get("sender")), recipient.replace(" ", "").split(",") if recipient else [])


def _signed(fields: dict[str, bytes], account: Mailgun, now: datetime) -> bool:
    timestamp, token = fields.get("timestamp", b""), fields.get("token", b"")
    given = fields.get("signature", b"").strip().lower()
    # All are compared, so that the time tells nothing about which of them fits.
    fits = [
        hmac.compare_digest(
            given, hmac.new(key.get_secret_value().encode(), timestamp + token, sha256).hexdigest().encode()
        )
        for key in account.signing_keys
    ]
    if not any(fits):
        return False
    try:
        signed_at = datetime.fromtimestamp(int(timestamp), UTC)
    except (ValueError, OverflowError, OSError):
        return False
    return now - account.replay_window <= signed_at <= now + _AHEAD


def _parsed(original: Original) -> Parsed:
    fields = fields_of(original.body, original.media_type)
    text = words_of(fields.get("body-plain")) or words_of(fields.get("body-html"))
    return {"subject": words_of(fields.get("subject")), "from": words_of(fields.get("from")), "text": text}


ADAPTER = Adapter(
    channel=Channel.EMAIL,
    network="mailgun",
    settings=Mailgun,
    read=reader("Mailgun", "uma rota cujo endereço termine em “mime”", _parsed),
    media_type=FORM,
    accept=_accept,
)
