"""What a mail server tells beside a mail: from whom, and to which of our addresses. Pure.

We take mail for the addresses and domains that the settings name, and for nobody else: whoever wants to send on through
us is told no. An address stands for its plus-addresses too, since a protocol number may stand there.

Source: RFC 5321, 3.6.2 (relaying), 4.5.1 (postmaster), 4.5.5 (the null sender).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from ingest.adapter import Utterance
from ingest.quoted_protocol import find_protocol
from ouvidor.records import Automatic

__all__ = ["NOBODY", "address_of", "hints_of", "is_ours", "with_envelope"]

NOBODY: Final = "<>"
"""The sender of what must not be answered: bounces, delays, receipts."""

_PATH: Final = re.compile(r"\s*<(?:@[^:<>]*:)?([^<>]*)>\s*(.*)|\s*([^\s<>]+)\s*(.*)", re.DOTALL)
_MOST_HINTED: Final = 20
_LONGEST: Final = 320


def address_of(given: str) -> tuple[str, str] | None:
    """Read what stands after `MAIL FROM:` or `RCPT TO:`: an address and the parameters; None where there is none.

    Programs write addresses that no grammar allows, and customers have them: only what cannot be told is refused.
    """
    found = _PATH.fullmatch(given)
    if found is None:
        return None
    address, rest = (found[1], found[2]) if found[1] is not None else (found[3], found[4])
    return (address.strip() or NOBODY, rest)


def is_ours(address: str, recipients: Sequence[str]) -> bool:
    """Tell whether an address is one of ours: `recipients` are addresses, and domains with an @ before them."""
    local, at, domain = address.casefold().rpartition("@")
    if not at:
        return domain == "postmaster"
    known = [each.casefold() for each in recipients]
    base = f"{local.partition('+')[0]}@{domain}"
    domains = {each.rpartition("@")[2] for each in known}
    return (
        f"@{domain}" in known
        or f"{local}@{domain}" in known
        or base in known
        or base in {f"postmaster@{each}" for each in domains}
    )


def hints_of(sender: str, recipients: Sequence[str]) -> dict[str, str]:
    """Keep the envelope beside the mail: its own headers need not say the same, nor anything."""
    shown = [each[:_LONGEST] for each in recipients[:_MOST_HINTED]]
    return {"sender": sender[:_LONGEST], "recipients": " ".join(shown)}


def with_envelope(utterance: Utterance, hints: Mapping[str, str]) -> Utterance:
    """Add what only the envelope says: that nobody is to be answered, and a protocol number in a plus-address."""
    if hints.get("sender") == NOBODY and utterance.automatic is None:
        utterance = replace(utterance, automatic=Automatic(kind="bounce"))
    if utterance.protocol is None and (recipients := hints.get("recipients")):
        utterance = replace(utterance, protocol=find_protocol(recipients.split()))
    return utterance
