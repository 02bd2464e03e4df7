"""A mail's bytes as a delivery, and what is delivered in place of a mail that the server does not give."""

from collections.abc import Mapping
from typing import Final

from ingest.adapter import Delivery
from ingest.email.download import Mail
from ingest.email.identity import order_of, own_id

__all__ = ["MEDIA_TYPE", "deliver", "stand_in"]

MEDIA_TYPE: Final = "message/rfc822"


def deliver(mail: Mail, folder: str, more: Mapping[str, str] | None = None) -> Delivery:
    """Hand a mail over under its own id, in the order of its thread. `more` are further hints."""
    hints = {"folder": folder, **(more or {})}
    if mail.announced is not None:
        hints["announced"] = str(mail.announced)
    return Delivery(mail.body, MEDIA_TYPE, own_id=own_id(mail.body), order=order_of(mail.body), hints=hints)


def stand_in(folder: str, validity: int, uid: int, why: str, more: Mapping[str, str] | None = None) -> Delivery:
    """Hand over that there is a mail, without its bytes: a person must look at it in the mailbox."""
    return Delivery(
        b"",
        MEDIA_TYPE,
        own_id=f"unfetched {folder} {validity} {uid}",
        hints={"folder": folder, "unfetched": f"UID {uid} {why}", **(more or {})},
    )
