"""Postmark: inbound webhooks, at `/postmark/<account>`.

Postmark signs nothing: a name and a password in the address that it is given are all there is, so they are needed. It
sends the whole mail as `RawEmail` where "Include raw email content in JSON payload" is on. 403 would stop its retries,
which come for ten and a half hours, and is never answered.

Source: Postmark, "Inbound webhook", "Parse an email", "Understanding inbound webhook retries" (2025).
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from pydantic import Field, SecretStr

from ingest.adapter import Account, Adapter, Answer, Call, Delivery, Original
from ingest.email.pushed import Parsed, as_bytes, call_itself, mail_inside, reader, shows_password, words_of
from ingest.loose_json import read_json
from ouvidor.errors import Rejected
from ouvidor.records import Channel

__all__ = ["ADAPTER", "Postmark"]

_JSON: Final = "application/json"


class Postmark(Account):
    """A Postmark server's inbound stream. Its webhook is `https://username:password@our-host/postmark/<account>`."""

    username: str = Field(min_length=1, pattern=r"^[^:]+$")
    """The name in the address."""
    password: SecretStr = Field(min_length=1)
    """The password in the address."""


def _accept(call: Call, account: Postmark) -> Delivery | Answer:
    if call.method != "POST":
        return Answer(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "POST"})
    if not shows_password(call, account.username, account.password.get_secret_value()):
        return Answer(
            HTTPStatus.UNAUTHORIZED,
            b"the name and password of this account are wanted in the address\n",
            headers={"WWW-Authenticate": 'Basic realm="ouvidor"'},
        )
    if not call.complete:
        return Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, b"larger than ingest.http.body_limit: raise it\n")
    try:
        data = read_json(call.body)
    except Rejected:
        return call_itself(call)
    raw = data.get("RawEmail") if isinstance(data, Mapping) else None
    if not isinstance(raw, str) or not raw:
        return call_itself(call)
    recipient = words_of(data.get("OriginalRecipient"))
    return mail_inside(as_bytes(raw), None, [recipient] if recipient else [])


def _parsed(original: Original) -> Parsed:
    data: Any = read_json(original.body)
    if not isinstance(data, Mapping):
        raise Rejected("not what Postmark sends: a JSON object is expected")
    text = words_of(data.get("TextBody")) or words_of(data.get("HtmlBody"))
    return {"subject": words_of(data.get("Subject")), "from": words_of(data.get("From")), "text": text}


ADAPTER = Adapter(
    channel=Channel.EMAIL,
    network="postmark",
    settings=Postmark,
    read=reader("Postmark", "“Include raw email content in JSON payload”", _parsed),
    media_type=_JSON,
    accept=_accept,
)
