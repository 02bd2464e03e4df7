"""Mail to many: newsletters and foreign mailing lists. Nobody's complaint to us.

A list's headers mean nothing where the list is our own address (an organisation's group mailbox), which shows by the
domain that it was delivered to. `Precedence: bulk` or `list` alone means nothing either: people's mailers write it.

Source: RFC 2369 and 2919.
"""

import re
from typing import Final

from ingest.email.auto_replies import first_word
from ingest.email.headers import Said
from ingest.email.heads import Head
from ingest.email.words import decode_words

__all__ = ["is_mass_mail"]

_BULK: Final = (
    "feedback-id",
    "list-unsubscribe-post",
    "x-campaign",
    "x-campaignid",
    "x-mailgun-tag",
    "x-csa-complaints",
    "x-mc-user",
    "x-sfmc-stack",
    "x-mailchimp-campaign-id",
    "x-rd-campaign",
)
_NAMES: Final = ("list-id", "list-post", "x-mailing-list", "mailing-list", "x-list")
_DOMAIN: Final = re.compile(r"@([^\s<>\"',;:@]{1,250})")


def is_mass_mail(head: Head, said: Said) -> bool:
    """Tell a newsletter by its campaign's headers, a foreign mailing list by its own."""
    precedence = first_word(head, "precedence")
    if head.has("list-unsubscribe") and (precedence in {"bulk", "junk"} or any(head.has(name) for name in _BULK)):
        return True
    named = b" ".join(head.first(name) for name in _NAMES).strip()
    beenthere = _domains(head, "x-beenthere")
    if not named and not beenthere:
        return False
    lists = " ".join((decode_words(named)[0], *(f"@{its}" for its in beenthere))).casefold()
    ours = _domains(head, "delivered-to", "x-original-to", "x-delivered-to", "envelope-to")
    if not ours:
        ours = {recipient.address.rpartition("@")[2].casefold() for recipient in said.recipients if recipient.address}
    return not any(domain and domain in lists for domain in ours)


def _domains(head: Head, *names: str) -> set[str]:
    return {
        domain.casefold()
        for name in names
        for value in head.all(name)
        for domain in _DOMAIN.findall(decode_words(value)[0])
    }
