"""The channels of the feed: who stands at them, what they hold, by which key; and the topics that are nobody else's.

Every topic that we make is in one of the two lists, so that a new one is decided upon (a test asks for it).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from ouvidor.records import REPLIES, Channel

__all__ = ["CHANNELS", "INTERNAL", "PARAMETERS", "Action", "FeedChannel", "Role"]

Action = Literal["receive", "send"]
Role = Literal["department", "ombudsman", "integration", "operations"]

_PROTOCOL: Final = "The protocol number: all of one protocol stays in order."


@dataclass(frozen=True, slots=True)
class FeedChannel:
    """A topic, as whoever reads or writes it sees it."""

    topic: str
    """Its name without prefix; `{department}` and `{channel}` are parameters."""
    title: str
    says: str
    action: Action
    """What the program at the other end does."""
    role: Role
    """Who that is."""
    events: tuple[str, ...]
    key: str
    """What the key is, in words."""


CHANNELS: Final[Mapping[str, FeedChannel]] = {
    "department": FeedChannel(
        "department.{department}",
        "A department's feed",
        "Every message that the department owns or is informed of, exactly once for a `read_committed` consumer. "
        "It is the owner where `dispatch.owner` is its name; where it stands in `dispatch.informed`, it reads and need "
        "not answer: there is no topic of its own for that.",
        "receive",
        "department",
        ("dispatched",),
        _PROTOCOL,
    ),
    "replies": FeedChannel(
        "replies",
        "What departments answer",
        "Five commands; `ce_type` says which. A reply with the same `id` and protocol counts once, however often it is "
        "sent. What is taken becomes a record of `case-events`, what is not is told on `refused.<department>`.",
        "send",
        "department",
        tuple(f"reply-{name}" for name in REPLIES),
        "Anything: replies are ordered by protocol behind this topic.",
    ),
    "refused": FeedChannel(
        "refused.{department}",
        "Replies that were not taken",
        "For each reply of the department that was refused: which field is at fault, and how to mend it.",
        "receive",
        "department",
        ("reply-refused",),
        "The protocol number, or the department's name where the reply had none.",
    ),
    "ombudsman": FeedChannel(
        "ombudsman",
        "The ombudsman's queue",
        "Whole copies of the messages that the ombudsman sees (`dispatch.why` says why), and records that no stage "
        "could handle.",
        "receive",
        "ombudsman",
        ("dispatched", "dead-letter-case"),
        _PROTOCOL,
    ),
    "corrections": FeedChannel(
        "corrections",
        "What people put right in verdicts",
        "For the ombudsman, and for departments that the house lets write here. Of one message the newest counts.",
        "send",
        "ombudsman",
        ("correction",),
        "The protocol number, or the message's id.",
    ),
    "case-events": FeedChannel(
        "case-events",
        "The history of each protocol",
        "Every reply that was taken, for ever. All departments' answers stand here: for the register of cases and the "
        "ombudsman, not for a single department.",
        "receive",
        "integration",
        ("case-answered", "case-handed-back", "case-customer-asked", "case-extended", "case-closing-proposed"),
        _PROTOCOL,
    ),
    "classified": FeedChannel(
        "classified",
        "Messages with their verdicts",
        "Every message, whole, before it is routed: for a data warehouse or a search index of the house.",
        "receive",
        "integration",
        ("classified",),
        "The conversation's keyed hash: no personal data.",
    ),
    "inbound": FeedChannel(
        "inbound.{channel}",
        "Messages of a channel",
        "Every message, whole, before it is judged.",
        "receive",
        "integration",
        ("message",),
        "The conversation's keyed hash: no personal data.",
    ),
    "network-events": FeedChannel(
        "network-events",
        "What networks say",
        "Delivery statuses, mail that our own people sent, and events of unknown types.",
        "receive",
        "integration",
        ("network-event",),
        "The conversation's keyed hash, or the event's id.",
    ),
    "dead-letter": FeedChannel(
        "dead-letter",
        "Dead letters",
        "Records that a stage could not handle, and which of them were sent again. An alarm, never an end.",
        "receive",
        "operations",
        ("dead-letter", "retried"),
        "The protocol number, or the dead letter's id.",
    ),
    "identity-accesses": FeedChannel(
        "identity-accesses",
        "Who read who wrote",
        "Written before an identity is shown, kept for ever: for whoever audits it.",
        "receive",
        "operations",
        ("identity-accessed",),
        _PROTOCOL,
    ),
    "shadow": FeedChannel(
        "shadow",
        "What a model in the shadow judges otherwise",
        "Only where `judgement.shadow` is set.",
        "receive",
        "operations",
        ("shadow-difference",),
        _PROTOCOL,
    ),
}
"""By name: as in the document's `channels`."""

INTERNAL: Final[Mapping[str, str]] = {
    "originals": "bytes of channels, for our own intake",
    "seen": "what intake remembers",
    "checkpoints": "where pollers are",
    "doubtful": "what waits for the slow lane; it comes out on classified",
    "mail-answers": "departments' answers by mail, for the stage that makes replies of them",
    "case-commands": "dispatches and replies, for the stage that keeps cases",
    "cases": "what that stage remembers",
    "notices": "what customers are told: nothing writes it yet",
}
"""Topics that belong to our own stages, and why nobody else reads them."""

PARAMETERS: Final[Mapping[str, Mapping[str, object]]] = {
    "department": {
        "description": "The department's name in the routing table: lower-case letters, digits and dashes.",
        "examples": ["saude", "atendimento"],
    },
    "channel": {"description": "By which way customers came.", "enum": [str(each) for each in Channel]},
}
"""What stands in a topic's name."""
