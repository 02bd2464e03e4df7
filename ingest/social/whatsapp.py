"""WhatsApp Cloud API: webhooks of Meta, at `/whatsapp/<account>`.

The signature is over the bytes as they came: Meta writes an emoji as two escapes, and whoever reads and writes the
JSON again signs other bytes. Two secrets may be live at once, so that one can be changed without losing a call.
A redelivery comes in other batches than the first time, so what is recognised is the message (`wamid…`) and not the
call; all calls of an account stay in one order, since one of them may hold several conversations.

A photo, a voice message, a document are not fetched yet: they are named in the body, and a defect says that they are
still at WhatsApp. What a person did and we cannot read is a message all the same; what only Meta says is an aside.

Source: Meta, "WhatsApp Business Platform: Webhooks, reference" (2026).
"""

import hmac
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final

from pydantic import Field, SecretStr, field_validator

from ingest.adapter import Account, Adapter, Answer, Call, Delivery
from ingest.social.whatsapp_webhook import read_webhook
from ouvidor.records import Channel

__all__ = ["ADAPTER", "WhatsApp"]

_PREFIX: Final = "sha256="
_JSON: Final = "application/json"


class WhatsApp(Account):
    """An account's settings: of one Meta app, with as many phone numbers as it has."""

    verify_token: SecretStr
    """What Meta repeats to us when the webhook is set up: any words of our own choosing."""
    app_secrets: tuple[SecretStr, ...] = Field(min_length=1, max_length=2)
    """The Meta app's secret; while it is changed, the old and the new one. In a file: one a line."""

    @field_validator("app_secrets", mode="before")
    @classmethod
    def _one_a_line(cls, given: Any) -> Any:  # noqa: ANN401 - whatever the YAML holds
        return tuple(given.split()) if isinstance(given, str) else given

    @field_validator("app_secrets", "verify_token")
    @classmethod
    def _not_empty(cls, given: tuple[SecretStr, ...] | SecretStr) -> tuple[SecretStr, ...] | SecretStr:
        if not all(each.get_secret_value() for each in (given if isinstance(given, tuple) else (given,))):
            raise ValueError("it is empty: anybody could sign with it")
        return given


def _accept(call: Call, account: WhatsApp) -> Delivery | Answer:
    if call.method != "POST":
        return _challenge(call, account)
    if not call.complete:
        return Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, b"larger than ingest.http.body_limit: raise it\n")
    if not _signed(call, account):
        return Answer(HTTPStatus.UNAUTHORIZED, b"X-Hub-Signature-256 does not fit the body\n")
    return Delivery(body=call.body, media_type=_JSON)


def _challenge(call: Call, account: WhatsApp) -> Answer:
    """Meta asks once whether this address is ours: by repeating its challenge we say yes."""
    token = account.verify_token.get_secret_value().encode()
    given = call.query.get("hub.verify_token", "").encode("utf-8", "replace")
    if call.query.get("hub.mode") != "subscribe" or not hmac.compare_digest(given, token):
        return Answer(HTTPStatus.FORBIDDEN, b"hub.verify_token is not that of this account\n")
    return Answer(body=call.query.get("hub.challenge", "").encode("utf-8", "replace"))


def _signed(call: Call, account: WhatsApp) -> bool:
    given = call.headers.get("x-hub-signature-256", "").strip().lower()
    if not given.startswith(_PREFIX):
        return False
    signature = given.removeprefix(_PREFIX).encode("utf-8", "replace")
    # All are compared, so that the time tells nothing about which of them fits.
    fits = [
        hmac.compare_digest(
            signature, hmac.new(secret.get_secret_value().encode(), call.body, sha256).hexdigest().encode()
        )
        for secret in account.app_secrets
    ]
    return any(fits)


ADAPTER = Adapter(
    channel=Channel.SOCIAL,
    network="whatsapp",
    settings=WhatsApp,
    read=read_webhook,
    media_type=_JSON,
    accept=_accept,
)
