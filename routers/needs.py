"""What the room's services need of the broker: `ouvidor topics plan` grants it.

Departments' topics are granted by the beginning of their names: a table that is reloaded may name a department that was
not there when the broker's administrator looked, and its messages must go somewhere.
"""

from ouvidor.grants.needs import Needs, of_stage
from ouvidor.topics import Topics

__all__ = ["needs"]


def needs(topics: Topics) -> list[Needs]:
    """Give the needs of the router and of what dispatches again."""
    feeds, refusals = topics.department(""), topics.refused("")
    writes = [feeds, topics.ombudsman, topics.case_commands]
    return [
        of_stage(topics, "route", reads=[topics.classified], writes=writes, creates=[feeds, refusals]),
        of_stage(
            topics,
            "hand-back",
            reads=[topics.case_events, topics.classified],
            writes=writes,
            creates=[feeds, refusals],
        ),
    ]
