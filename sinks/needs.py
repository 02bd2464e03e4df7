"""What the room's services need of the broker: `ouvidor topics plan` grants it."""

from ouvidor.grants.needs import Needs, of_stage
from ouvidor.topics import Topics

__all__ = ["needs"]


def needs(topics: Topics) -> list[Needs]:
    """Give the needs of the files, the deliveries, the replies, their door and the answers by mail."""
    feeds, refusals = topics.department(""), topics.refused("")
    return [
        of_stage(topics, "ndjson", reads=[feeds, topics.ombudsman]),
        of_stage(topics, "deliveries", reads=[feeds, refusals, topics.ombudsman]),
        of_stage(topics, "answers", reads=[topics.mail_answers], writes=[topics.replies, refusals]),
        of_stage(topics, "replies", reads=[topics.replies], writes=[topics.case_commands, refusals]),
        of_stage(
            topics,
            "cases",
            reads=[topics.case_commands],
            writes=[topics.case_events, refusals],
            remembers=topics.cases,
        ),
        Needs(service="door", writes=(topics.replies,)),
    ]
