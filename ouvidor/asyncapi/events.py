"""The events that the feed carries: their types, whose data they have, and what they say.

Where one type has other data on another channel (a dead letter is told to the ombudsman without its bytes), it stands
here twice, by another name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ouvidor.events import (
    CLASSIFIED,
    CORRECTED,
    DEAD_LETTERED,
    DIFFERED,
    DISPATCHED,
    IDENTITY_ACCESSED,
    INBOUND,
    NETWORK_EVENT,
    REFUSED,
    RETRIED,
)
from ouvidor.records import REPLIES

__all__ = ["EVENTS", "Event"]


@dataclass(frozen=True, slots=True)
class Event:
    """A kind of event."""

    type: str
    """`ce_type`."""
    record: str
    """The name of its data's schema."""
    title: str
    says: str


_SAID_BY_REPLY: Final[Mapping[str, str]] = {
    "answer": "The answer to the customer; `final: false` says that more follows before the deadline.",
    "hand-back": "It is not this department's: the next owner gets it, and the customer's clock goes on.",
    "ask-customer": "The customer is asked something first.",
    "extend": "More time, once, where `dispatch.terms` has an `extended_until`.",
    "propose-closing": "The department holds the matter for settled, and says what was done.",
}

_SAID_BY_CASE: Final[Mapping[str, str]] = {
    "answered": "An answer was taken.",
    "handed-back": "A department handed the protocol back; routers give it to the next owner.",
    "customer-asked": "A question to the customer was taken.",
    "extended": "The deadline was extended; `deadline` is the new one, `before` the old.",
    "closing-proposed": "A proposal to close was taken.",
}

EVENTS: Final[Mapping[str, Event]] = {
    "dispatched": Event(
        DISPATCHED,
        "dispatched",
        "A message is this department's",
        "What the customer said, how it was judged, whose it is and until when: all that a department needs.",
    ),
    "reply-refused": Event(
        REFUSED,
        "reply-refused",
        "A reply was not taken",
        "Which field is at fault and how it is mended. Send the reply again with a new id.",
    ),
    **{
        f"reply-{name}": Event(f"ouvidor.reply.{name}.v1", f"reply-{name}", f"Reply: {name}", says)
        for name, says in _SAID_BY_REPLY.items()
    },
    **{
        f"case-{name}": Event(f"ouvidor.case.{name}.v1", f"case-{name}", f"Case: {name}", says)
        for name, says in _SAID_BY_CASE.items()
    },
    "correction": Event(
        CORRECTED, "correction", "A verdict is corrected", "What is right of a message whose verdict was not, and why."
    ),
    "classified": Event(CLASSIFIED, "classified", "A message was judged", "What the customer said, and the verdict."),
    "message": Event(INBOUND, "message", "A message came in", "What the customer said, before anybody judged it."),
    "network-event": Event(
        NETWORK_EVENT,
        "network-event",
        "A network told something",
        "What is no customer's word: a delivery status, a mail that our own people sent, an event of an unknown type.",
    ),
    "dead-letter": Event(
        DEAD_LETTERED,
        "dead-letter",
        "A record could not be handled",
        "The record byte for byte, and what went wrong.",
    ),
    "dead-letter-case": Event(
        DEAD_LETTERED,
        "dead-letter-case",
        "A record that a person must look at",
        "Which record could not be handled; its bytes are in the dead letters.",
    ),
    "retried": Event(RETRIED, "retried", "A dead letter was sent again", "Which dead letter is open no longer."),
    "identity-accessed": Event(
        IDENTITY_ACCESSED,
        "identity-accessed",
        "Somebody read who wrote a message",
        "Who looked, when, and for what reason they gave; never whom they saw.",
    ),
    "shadow-difference": Event(
        DIFFERED,
        "shadow-difference",
        "A second model judged otherwise",
        "Both verdicts' labels, without the customer's words.",
    ),
}
"""By name: as in the document's `components.messages`."""

if missing := {f"reply-{name}" for name in REPLIES} - EVENTS.keys():
    raise LookupError(f"no words for {', '.join(sorted(missing))}: a reply that no department would find")
