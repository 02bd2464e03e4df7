"""The router on the river: `classified` to the departments' feeds and the ombudsman's queue, and on from there.

Each department that owns a message or is informed of it gets one event on its own topic, in its own copy; the
ombudsman's copy is whole. Ids follow from the message and the topic, the time is the verdict's: whoever routes a
message again, with the same table, writes the same events. A table that is broken at the start stops it; a changed one
is taken while it runs (`routers/in_force.py`). Each message is dispatched by one table, whose hash the dispatch names.
What a department hands back is dispatched again by a stage of its own (`routers/hand_back.py`).
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from ouvidor import metrics
from ouvidor.business_time import BusinessCalendar
from ouvidor.events import CLASSIFIED, DISPATCHED, Incoming, Output, decode, encode, event_id
from ouvidor.records import Classified, Dispatched, Place
from ouvidor.service import Service, Stage, Task, alone
from ouvidor.settings import Settings
from ouvidor.topic_admin import create
from ouvidor.topics import Topics, plan
from routers.announcing import SOURCE, announced
from routers.compiled import Table
from routers.fetching import fetch
from routers.hand_back import fetching, redispatcher
from routers.in_force import InForce
from routers.route import copies, route

__all__ = ["dispatcher", "services"]

_FAILED = "condition_failed:"


def services(settings: Settings) -> list[Service]:
    """Give the room's services. Raises `Misconfigured` where the table, or the calendar, is broken."""
    topics = Topics(settings.kafka.prefix)
    calendar = BusinessCalendar.from_settings(settings.organisation)

    async def make_topics(table: Table) -> None:
        await create(settings, plan(settings.kafka, table.departments))

    in_force = InForce(settings.routing.table, make_topics)
    function = alone(dispatcher(lambda: in_force.table, calendar, topics))
    again = fetching(lambda places: fetch(places, settings.kafka))

    async def before_hand_back(records: Sequence[Incoming]) -> Sequence[Incoming]:
        return await again(await in_force.before(records))

    found: list[Service] = [
        Stage(name="route", function=function, topics=(topics.classified,), prepare=in_force.before),
        Stage(
            name="hand-back",
            function=alone(redispatcher(lambda: in_force.table, calendar, topics)),
            topics=(topics.case_events,),
            prepare=before_hand_back,
        ),
    ]
    if settings.routing.table is not None:
        found.append(Task("table", in_force.watch))
    return found


def dispatcher(
    in_force: Callable[[], Table], calendar: BusinessCalendar, topics: Topics
) -> Callable[[Incoming], Iterable[Output]]:
    """Make the stage's function: a verdict in, its dispatches out."""

    def dispatch(record: Incoming) -> list[Output]:
        table = in_force()
        judged = decode(record, Classified, type=CLASSIFIED)
        message = judged.message
        found = route(message, judged.verdict, table, calendar)
        addressed = [(topics.department(name), copy) for name, copy in copies(message, judged.verdict, found, table)]
        if found.ombudsman:
            whole = Dispatched(message=message, verdict=judged.verdict, dispatch=found)
            addressed.append((topics.ombudsman, whole))
        metrics.DISPATCHES.labels(found.owner, str(found.ombudsman).lower()).inc()
        if found.triage is not None:
            metrics.TRIAGE.labels(found.triage).inc()
        for clause in found.why:
            if clause.startswith(_FAILED):
                metrics.CONDITION_FAILURES.labels(clause.removeprefix(_FAILED)).inc()
        at = datetime.fromtimestamp(max(record.timestamp, 0) / 1000, UTC)
        place = Place(topic=record.topic, partition=record.partition, offset=record.offset)
        outputs = [
            encode(
                data,
                topic=topic,
                key=message.protocol,
                id=event_id(message.id, f"dispatched:{topic}"),
                type=DISPATCHED,
                source=SOURCE,
                time=at,
                subject=message.protocol,
                cause=record,
            )
            for topic, data in addressed
        ]
        return [*outputs, announced(message, found, place, at, topics=topics, cause=record)]

    return dispatch
