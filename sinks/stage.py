"""The sinks on the river: what happens with dispatched messages besides their topics."""

import asyncio
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import cast

from ouvidor.events import Incoming, header
from ouvidor.ndjson import line
from ouvidor.service import Deed, Service, Stage, alone
from ouvidor.settings import Settings
from ouvidor.topics import Topics
from sinks.answers.stage import services as answers
from sinks.deliveries.stage import services as deliveries
from sinks.ndjson import Directory, Line
from sinks.replies.stage import services as replies

__all__ = ["liner", "services"]


def services(settings: Settings) -> list[Service]:
    """Give the room's services."""
    topics = Topics(settings.kafka.prefix)
    return [
        ndjson(topics, settings.sinks.directory or settings.data / "departments"),
        *deliveries(settings),
        *replies(settings),
        *answers(settings),
    ]


def ndjson(topics: Topics, path: Path) -> Stage:
    """A file a department, and one for the ombudsman. New departments' topics are found while it runs."""
    directory = Directory(path)

    async def perform(deeds: Sequence[Deed]) -> None:
        await asyncio.to_thread(directory.append, cast("Sequence[Line]", deeds))

    return Stage(
        name="ndjson",
        function=alone(liner(topics)),
        pattern=f"(?:{topics.departments}|^{re.escape(topics.ombudsman)})$",
        perform=perform,
    )


def liner(topics: Topics) -> Callable[[Incoming], Iterable[Line]]:
    """Make the stage's function: an event in, the line that it is to be out."""
    before = topics.department("")

    def lines(record: Incoming) -> list[Line]:
        name = record.topic.removeprefix(before) if record.topic.startswith(before) else "ombudsman"
        return [Line(file=name, id=header(record, "ce_id") or "", text=line(record))]

    return lines
