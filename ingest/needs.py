"""What the room's services need of the broker: `ouvidor topics plan` grants it."""

from ouvidor.grants.needs import Needs, of_stage
from ouvidor.records import Channel
from ouvidor.topics import Topics

__all__ = ["needs"]


def needs(topics: Topics) -> list[Needs]:
    """Give the needs of the intake, and of all that hears: pollers with their cursors, ports, forms and webhooks."""
    messages = [topics.inbound(channel) for channel in Channel]
    return [
        of_stage(
            topics,
            "intake",
            reads=[topics.originals],
            writes=[*messages, topics.network_events, topics.mail_answers],
            remembers=topics.seen,
        ),
        Needs(
            service="channels",
            reads=(topics.checkpoints,),
            writes=(topics.originals, topics.checkpoints),
            transactional_ids=(f"{topics.prefix}ingest.",),
        ),
    ]
