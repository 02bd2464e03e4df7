"""What mail providers' webhooks have in common: a whole mail inside a call, and what to do where there is none.

The mail itself becomes the original, byte for byte, so that it is recognised and read as by any other way. A call that
holds none (the provider's switch for raw mails is off) is kept as it came, and its fields are read as far as they are
known: the customer is heard, and a defect says which switch it is.
"""

import hmac
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl

from ingest.adapter import Aside, Call, Delivery, Original, Utterance
from ingest.email.addresses import read_addresses
from ingest.email.deliveries import MEDIA_TYPE
from ingest.email.envelope import hints_of
from ingest.email.identity import order_of, own_id
from ingest.email.parse import read
from ingest.webform.multipart import boundary_of, read_parts

__all__ = ["FORM", "as_bytes", "call_itself", "fields_of", "mail_inside", "reader", "shows_password", "words_of"]

FORM: Final = "multipart/form-data"
_URLENCODED: Final = "application/x-www-form-urlencoded"
_MOST_FIELDS: Final = 1000

Parsed = Mapping[str, str]
"""What a provider parsed for us: `subject`, `from`, `text`."""


def mail_inside(mail: bytes, sender: str | None, recipients: Sequence[str]) -> Delivery:
    """Hand over the mail that a call holds, with the envelope that the call tells."""
    hints = hints_of(sender or "", recipients)
    return Delivery(
        mail, MEDIA_TYPE, own_id=own_id(mail), order=order_of(mail), hints={k: v for k, v in hints.items() if v}
    )


def call_itself(call: Call) -> Delivery:
    """Hand over a call that holds no mail."""
    return Delivery(call.body, call.headers.get("content-type") or "application/octet-stream")


def reader(
    network: str, switch: str, parsed: Callable[[Original], Parsed]
) -> Callable[[Original], Iterable[Utterance | Aside]]:
    """Make the reader of a provider's originals. `switch` is what must be switched on there, for the defect."""

    def read_original(original: Original) -> Iterable[Utterance | Aside]:
        if original.media_type.partition(";")[0].strip().lower() == MEDIA_TYPE:
            return read(original)
        fields = parsed(original)
        author = next(read_addresses(as_bytes(fields.get("from", ""))), None)
        return [
            Utterance(
                text=fields.get("text", ""),
                body=fields.get("text", ""),
                subject=fields.get("subject") or None,
                author_name=author.name if author else None,
                author_address=author.address if author else None,
                defects=(f"{network} não mandou a mensagem inteira, só partes dela: ligue {switch}",),
            )
        ]

    return read_original


def shows_password(call: Call, username: str, password: str) -> bool:
    """Tell whether a call shows the name and password that stand in its URL, in a time that tells nothing."""
    scheme, _, given = call.headers.get("authorization", "").partition(" ")
    try:
        shown = b64decode(given.strip(), validate=True) if scheme.lower() == "basic" else b""
    except (Base64Error, ValueError):
        return False
    return hmac.compare_digest(shown, f"{username}:{password}".encode())


def fields_of(body: bytes, media_type: str) -> dict[str, bytes]:
    """Read a form's fields, as bytes; of two with one name the first."""
    kind = media_type.partition(";")[0].strip().lower()
    pairs: Iterable[tuple[str, bytes]] = ()
    if kind == FORM and (boundary := boundary_of(media_type)):
        parts, _ = read_parts(body, boundary)
        pairs = ((part.name.decode("utf-8", "replace"), bytes(part.content)) for part in parts if part.name)
    elif kind == _URLENCODED:
        try:
            given = parse_qsl(
                body.decode("ascii", "surrogateescape"),
                keep_blank_values=True,
                errors="surrogateescape",
                max_num_fields=_MOST_FIELDS,
            )
        except ValueError:
            given = []
        pairs = ((name, as_bytes(value)) for name, value in given)
    found: dict[str, bytes] = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found


def as_bytes(words: str) -> bytes:
    """Give the bytes that a mail had before somebody made words of them, as far as they can be known."""
    try:
        return words.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return words.encode("utf-8", "replace")


def words_of(value: Any) -> str:  # noqa: ANN401 - whatever a call holds
    """Give a field's words; of anything else none."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else ""
