"""The two services of deliveries: a stage that writes rows, and a task that works them.

Offsets are committed when the rows are durable. The two share nothing but the store, and a nudge where they are in one
process: they may as well run on two machines (with PostgreSQL).
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import cast

from ouvidor.service import Deed, Service, Stage, Task, alone
from ouvidor.settings import Settings
from ouvidor.topics import Topics
from sinks.deliveries.catalogue import destinations
from sinks.deliveries.opening import open_store
from sinks.deliveries.rows import Row, reader

__all__ = ["services"]


def services(settings: Settings, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> list[Service]:
    """Give both services; none where the settings name no destination. Raises `Misconfigured`."""
    found = destinations(settings)
    if not found:
        return []
    store = open_store(settings)
    from sinks.deliveries.dispatcher import Dispatcher  # noqa: PLC0415 - who has no destination needs no SQLAlchemy

    dispatcher = Dispatcher(store, settings, {its.name: (sink, its) for sink, its in found}, now=now)
    topics = Topics(settings.kafka.prefix)

    async def perform(deeds: Sequence[Deed]) -> None:
        await asyncio.to_thread(store.add, cast("Sequence[Row]", deeds), now())
        dispatcher.wake()

    names = sorted({its.department for _, its in found})
    hearing = sorted({its.department for _, its in found if its.hears_refusals})
    stage = Stage(
        name="deliveries",
        function=alone(reader(topics, [its for _, its in found])),
        topics=[
            *(topics.ombudsman if name == "ombudsman" else topics.department(name) for name in names),
            *(topics.refused(name) for name in hearing),
        ],
        perform=perform,
    )
    return [stage, Task("dispatcher", dispatcher.run)]
