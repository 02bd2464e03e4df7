"""SendGrid: Inbound Parse, at `/sendgrid/<account>`.

The whole mail comes as the field `email` where "POST the raw, full MIME message" is on. A security policy makes
SendGrid sign time and body together (ECDSA, P-256); older accounts have a name and a password in the address. One of
both is needed, and where both are given, both are. A call that is repeated gives the same message, so the signature's
time is not judged: SendGrid tries for three days.

Source: Twilio SendGrid, "Inbound Email Parse Webhook", "Securing your Inbound Parse Webhooks" (2026).
"""

import json
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pydantic import Field, SecretStr, field_validator, model_validator

from ingest.adapter import Account, Adapter, Answer, Call, Delivery, Original
from ingest.email.pushed import FORM, Parsed, call_itself, fields_of, mail_inside, reader, shows_password, words_of
from ouvidor.records import Channel

__all__ = ["ADAPTER", "SendGrid"]

_SIGNATURE: Final = "x-twilio-email-event-webhook-signature"
_TIMESTAMP: Final = "x-twilio-email-event-webhook-timestamp"


class SendGrid(Account):
    """An Inbound Parse host."""

    public_key: str | None = None
    """The public key of the security policy, as SendGrid gives it: base64, in one line."""
    username: str | None = Field(None, min_length=1, pattern=r"^[^:]+$")
    """The name in the address."""
    password: SecretStr | None = Field(None, min_length=1)
    """The password in the address."""

    @field_validator("public_key")
    @classmethod
    def _is_a_key(cls, given: str | None) -> str | None:
        if given is not None:
            _key(given)
        return given

    @model_validator(mode="after")
    def _verified_somehow(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password belong together: give both, or none")
        if self.public_key is None and self.username is None:
            raise ValueError("public_key, or username and password: anybody could call otherwise")
        return self


def _key(given: str) -> EllipticCurvePublicKey:
    try:
        key = load_der_public_key(b64decode(given, validate=True))
    except (ValueError, Base64Error):
        key = None
    if not isinstance(key, EllipticCurvePublicKey):
        raise ValueError("not a public key as SendGrid gives it: base64 that begins with MFkw")  # noqa: TRY004 - pydantic's
    return key


def _accept(call: Call, account: SendGrid) -> Delivery | Answer:
    if call.method != "POST":
        return Answer(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "POST"})
    if not call.complete:
        return Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, b"larger than ingest.http.body_limit: raise it\n")
    if not _is_theirs(call, account):
        return Answer(
            HTTPStatus.UNAUTHORIZED,
            b"the signature, or name and password in the address, do not fit\n",
            headers={"WWW-Authenticate": 'Basic realm="ouvidor"'},
        )
    fields = fields_of(call.body, call.headers.get("content-type", ""))
    mail = fields.get("email")
    if not mail:
        return call_itself(call)
    sender, recipients = _envelope(fields.get("envelope", b""))
    return mail_inside(mail, sender, recipients)


def _is_theirs(call: Call, account: SendGrid) -> bool:
    password = account.password
    if account.username is not None and password is not None:
        if not shows_password(call, account.username, password.get_secret_value()):
            return False
        if account.public_key is None:
            return True
    if account.public_key is None:
        return False
    try:
        signature = b64decode(call.headers.get(_SIGNATURE, ""), validate=True)
        signed = call.headers.get(_TIMESTAMP, "").encode() + call.body
        _key(account.public_key).verify(signature, signed, ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def _envelope(given: bytes) -> tuple[str | None, list[str]]:
    try:
        data = json.loads(given)
    except (ValueError, RecursionError):
        return None, []
    if not isinstance(data, Mapping):
        return None, []
    to = data.get("to")
    return words_of(data.get("from")), [each for each in map(words_of, to if isinstance(to, list) else [to]) if each]


def _parsed(original: Original) -> Parsed:
    fields = fields_of(original.body, original.media_type)
    text = words_of(fields.get("text")) or words_of(fields.get("html"))
    return {"subject": words_of(fields.get("subject")), "from": words_of(fields.get("from")), "text": text}


ADAPTER = Adapter(
    channel=Channel.EMAIL,
    network="sendgrid",
    settings=SendGrid,
    read=reader("SendGrid", "“POST the raw, full MIME message”", _parsed),
    media_type=FORM,
    accept=_accept,
)
