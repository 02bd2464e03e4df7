"""The classifier on the river: `inbound.<channel>` to `classified`, a verdict for every message.

Ids follow from the message's, the time is the message's own record's: whoever judges a message again with the same
rules writes the same event. The key is the inbound record's (the conversation's hash), so a conversation
keeps its order.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Protocol

from classifiers.in_force import seat_of
from classifiers.judge import Judged
from ouvidor import metrics
from ouvidor.events import CLASSIFIED, INBOUND, Incoming, Output, decode, encode, event_id
from ouvidor.records import Channel, Classified, Message, Verdict
from ouvidor.service import Service, Stage, alone
from ouvidor.settings import Settings
from ouvidor.topics import Topics

__all__ = ["Judging", "classifier", "services"]

_SOURCE = "/stages/classify"


def services(settings: Settings) -> list[Service]:
    """Give the room's services. Raises `Misconfigured` where a rule or the model is broken."""
    topics = Topics(settings.kafka.prefix)
    seat = seat_of(settings)
    return [
        Stage(
            name="classify",
            function=alone(classifier(seat, topics)),
            topics=tuple(topics.inbound(channel) for channel in Channel),
            prepare=seat.look,
        )
    ]


class Judging(Protocol):
    """Who judges: a cascade, or who sits in its place now."""

    def judge(self, said: Judged) -> Verdict:
        """Judge an utterance."""


def classifier(judging: Judging, topics: Topics) -> Callable[[Incoming], Iterable[Output]]:
    """Make the stage's function: a message in, the message with its verdict out."""

    def classify(record: Incoming) -> list[Output]:
        message = decode(record, Message, type=INBOUND)
        verdict = judging.judge(Judged.of(message))
        metrics.VERDICTS.labels(verdict.kind, verdict.severity, str(verdict.sure).lower()).inc()
        return [
            encode(
                Classified(message=message, verdict=verdict),
                topic=topics.classified,
                key=_key(record, message),
                id=event_id(message.id, "classified"),
                type=CLASSIFIED,
                source=_SOURCE,
                time=datetime.fromtimestamp(max(record.timestamp, 0) / 1000, UTC),
                subject=message.protocol,
                cause=record,
            )
        ]

    return classify


def _key(record: Incoming, message: Message) -> str:
    """Keep the inbound record's key; one that has none goes by its conversation, or alone."""
    if record.key is not None:
        try:
            return bytes(record.key).decode()
        except UnicodeDecodeError:
            pass
    return message.thread.conversation or str(message.id)
