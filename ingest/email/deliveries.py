"""A mail's bytes as a delivery, and what is delivered in place of a mail that the server does not give."""

from collections.abc import Mapping
from typing import Final

from ingest.adapter import Delivery
from ingest.email.download import Mail
from ingest.email.identity import order_of, own_id

__all__ = ["MEDIA_TYPE", "deliver", "stand_in", "stand_in_of"]

MEDIA_TYPE: Final = "message/rfc822"


def deliver(mail: Mail, folder: str, more: Mapping[str, str] | None = None) -> Delivery:
    """Hand a mail over under its own id, in the order of its thread. `more` are further hints."""
    hints = {"folder": folder, **(more or {})}
    if mail.announced is not None:
        hints["announced"] = str(mail.announced)
    return Delivery(mail.body, MEDIA_TYPE, own_id=own_id(mail.body), order=order_of(mail.body), hints=hints)


def stand_in(folder: str, validity: int, uid: int, why: str, more: Mapping[str, str] | None = None) -> Delivery:
    """Hand over that there is a mail, without its bytes: a person must look at it in the mailbox."""
    return stand_in_of(f"{folder} {validity} {uid}", folder, f"UID {uid} {why}", more)


def stand_in_of(name: str, folder: str, words: str, more: Mapping[str, str] | None = None) -> Delivery:
    """Do the same for a mail that a network calls by a name of its own. `words` tell a person which one it is."""
    hints = {"folder": folder, "unfetched": words, **(more or {})}
    return Delivery(b"", MEDIA_TYPE, own_id=f"unfetched {name}", hints=hints)
