"""A reply as it stands on `replies`: one event, whoever sends it: a person, the door, a department's program.

Source: `docs/departments.md`, "By Kafka".
"""

from typing import Final

from ouvidor.events import Output, headers_of
from ouvidor.records.reply import REPLIES, Reply

__all__ = ["AFTER", "BEFORE", "name_of", "reply_event", "type_of"]

BEFORE: Final = "ouvidor.reply."
AFTER: Final = ".v1"


def name_of(reply: Reply) -> str:
    """Give a reply's command."""
    return next(name for name, model in REPLIES.items() if type(reply) is model)


def type_of(command: str) -> str:
    """Give the event type of a command."""
    return f"{BEFORE}{command}{AFTER}"


def reply_event(reply: Reply, topic: str, source: str, trace: str | None) -> Output:
    """Give the record: its id is the reply's own, its key the protocol."""
    headers = headers_of(
        id=reply.id,
        type=type_of(name_of(reply)),
        source=source,
        time=reply.at,
        subject=reply.protocol,
        trace=trace,
    )
    value = reply.model_dump_json(exclude_none=True).encode()
    return Output(topic, value, reply.protocol.encode(), headers)
