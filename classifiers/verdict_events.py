"""The events that carry a verdict: `classified`, and `doubted` for one that waits for the slow lane first.

A message's `classified` event is the same whichever way it came: its id follows from the message's, its time is the
inbound record's, which the doubted event hands on. Whoever read it once knows it again. The key is the inbound record's
(the conversation's hash).
"""

from datetime import UTC, datetime

from ouvidor.events import CLASSIFIED, DOUBTED, Incoming, Output, encode, event_id, header
from ouvidor.records import Classified, Message
from ouvidor.topics import Topics

__all__ = ["CLASSIFY", "DOUBT", "classified", "doubted"]

CLASSIFY = "/stages/classify"
DOUBT = "/stages/doubt"


def classified(both: Classified, cause: Incoming, topics: Topics, source: str = CLASSIFY) -> Output:
    """Give the event of a message with its verdict. `cause`: the inbound record, or the doubted one."""
    return encode(
        both,
        topic=topics.classified,
        key=_key(cause, both.message),
        id=event_id(both.message.id, "classified"),
        type=CLASSIFIED,
        source=source,
        time=_time(cause),
        subject=both.message.protocol,
        cause=cause,
    )


def doubted(both: Classified, cause: Incoming, topics: Topics) -> Output:
    """Give the event of a message whose fast verdict is not sure."""
    return encode(
        both,
        topic=topics.doubtful,
        key=_key(cause, both.message),
        id=event_id(both.message.id, "doubted"),
        type=DOUBTED,
        source=CLASSIFY,
        time=_time(cause),
        subject=both.message.protocol,
        cause=cause,
    )


def _time(cause: Incoming) -> datetime:
    """Give when the message came in: what a doubted event says, else when the record was written."""
    if header(cause, "ce_type") == DOUBTED:
        try:
            return datetime.fromisoformat(header(cause, "ce_time") or "").astimezone(UTC)
        except ValueError:
            pass
    return datetime.fromtimestamp(max(cause.timestamp, 0) / 1000, UTC)


def _key(record: Incoming, message: Message) -> str:
    """Keep the record's key; one that has none goes by its conversation, or alone."""
    if record.key is not None:
        try:
            return bytes(record.key).decode()
        except UnicodeDecodeError:
            pass
    return message.thread.conversation or str(message.id)
