"""The classifier on the river: `inbound.<channel>` to `classified`, a verdict for every message.

Ids follow from the message's, the time is the message's own record's: whoever judges a message again with the same
rules writes the same event. The key is the inbound record's (the conversation's hash), so a conversation
keeps its order.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from classifiers.cascade import Judging
from classifiers.drift import watch_of
from classifiers.in_force import seat_of
from classifiers.judge import Judged
from classifiers.shadow import Shadow, shadow_of
from ouvidor import metrics
from ouvidor.departments import department_words
from ouvidor.events import CLASSIFIED, INBOUND, Incoming, Output, decode, encode, event_id
from ouvidor.records import Channel, Classified, Message, Verdict
from ouvidor.service import Service, Stage, alone
from ouvidor.settings import Settings
from ouvidor.topics import Topics

__all__ = ["classifier", "services"]

_SOURCE = "/stages/classify"


def services(settings: Settings) -> list[Service]:
    """Give the room's services. Raises `Misconfigured` where a rule or the model is broken."""
    topics = Topics(settings.kafka.prefix)
    departments = department_words(settings)
    seat = seat_of(settings, departments)
    named = settings.judgement.shadow
    shadow = shadow_of(named, topics, departments=departments) if named is not None else None
    return [
        Stage(
            name="classify",
            function=alone(classifier(seat, topics, shadow=shadow, watch=watch_of(seat))),
            topics=tuple(topics.inbound(channel) for channel in Channel),
            prepare=seat.look,
        )
    ]


def classifier(
    judging: Judging,
    topics: Topics,
    *,
    shadow: Shadow | None = None,
    watch: Callable[[Verdict], None] | None = None,
) -> Callable[[Incoming], Iterable[Output]]:
    """Make the stage's function: a message in, the message with its verdict out, and what a shadow says otherwise."""

    def classify(record: Incoming) -> list[Output]:
        message = decode(record, Message, type=INBOUND)
        verdict = judging.judge(Judged.of(message))
        metrics.VERDICTS.labels(verdict.kind, verdict.severity, str(verdict.sure).lower()).inc()
        if watch is not None and message.automatic is None:
            watch(verdict)
        outputs = [
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
        if shadow is not None:
            outputs += shadow(record, message, verdict)
        return outputs

    return classify


def _key(record: Incoming, message: Message) -> str:
    """Keep the inbound record's key; one that has none goes by its conversation, or alone."""
    if record.key is not None:
        try:
            return bytes(record.key).decode()
        except UnicodeDecodeError:
            pass
    return message.thread.conversation or str(message.id)
