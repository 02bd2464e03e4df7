"""What the room's services need of the broker: `ouvidor topics plan` grants it."""

from ouvidor.grants.needs import Needs, of_stage
from ouvidor.records import Channel
from ouvidor.topics import Topics

__all__ = ["needs"]


def needs(topics: Topics) -> list[Needs]:
    """Give the needs of both lanes, and of the model in the shadow."""
    messages = [topics.inbound(channel) for channel in Channel]
    return [
        of_stage(topics, "classify", reads=messages, writes=[topics.classified, topics.doubtful]),
        of_stage(topics, "doubt", reads=[topics.doubtful], writes=[topics.classified]),
        of_stage(topics, "shadow", reads=[topics.classified], writes=[topics.shadow]),
    ]
