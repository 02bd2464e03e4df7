"""The router on the river: `classified` to the departments' feeds and the ombudsman's queue.

Each department that owns a message or is informed of it gets one event on its own topic, in its own copy; the
ombudsman's copy is whole. Ids follow from the message and the topic, the time is the verdict's: whoever routes a
message again, with the same table, writes the same events. The table is read at start; a broken one stops the start.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from ouvidor import metrics
from ouvidor.business_time import BusinessCalendar
from ouvidor.events import CLASSIFIED, DISPATCHED, Incoming, Output, decode, encode, event_id
from ouvidor.records import Classified, Dispatched
from ouvidor.service import Service, Stage, alone
from ouvidor.settings import Settings
from ouvidor.topics import Topics
from routers.reading import Table, read_table
from routers.route import copies, route

__all__ = ["dispatcher", "services"]

_SOURCE = "/stages/route"
_FAILED = "condition_failed:"


def services(settings: Settings) -> list[Service]:
    """Give the room's services. Raises `Misconfigured` where the table, or the calendar, is broken."""
    topics = Topics(settings.kafka.prefix)
    table = read_table(settings.routing.table)
    calendar = BusinessCalendar.from_settings(settings.organisation)
    return [Stage(name="route", function=alone(dispatcher(table, calendar, topics)), topics=(topics.classified,))]


def dispatcher(table: Table, calendar: BusinessCalendar, topics: Topics) -> Callable[[Incoming], Iterable[Output]]:
    """Make the stage's function: a verdict in, its dispatches out."""

    def dispatch(record: Incoming) -> list[Output]:
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
        return [
            encode(
                data,
                topic=topic,
                key=message.protocol,
                id=event_id(message.id, f"dispatched:{topic}"),
                type=DISPATCHED,
                source=_SOURCE,
                time=datetime.fromtimestamp(max(record.timestamp, 0) / 1000, UTC),
                subject=message.protocol,
                cause=record,
            )
            for topic, data in addressed
        ]

    return dispatch
