"""Telling a department that its reply was not taken: on its own topic, by the place that the reply has.

A reply whose department nobody knows can be told to nobody: it is a dead letter, and a person looks at it.
"""

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from time import monotonic
from typing import Final
from uuid import UUID

import structlog

from ouvidor.errors import Misconfigured, Rejected
from ouvidor.events import REFUSED, Incoming, Output, encode, event_id
from ouvidor.metrics import REPLIES
from ouvidor.records import Refused
from ouvidor.topics import Topics
from sinks.replies.case import OMBUDSMAN
from sinks.replies.reading import Fault, Hints

__all__ = ["Departments", "Refusals", "moment_of"]

_log = structlog.get_logger(__name__)

_SOURCE: Final = "/sinks/replies"
_NAMESPACE: Final = UUID("6b0c1d3e-7f0a-5d52-9d35-7265667573d5")
_LOOK_AGAIN_SECONDS: Final = 30.0


class Departments:
    """Which departments there are, looked at again when somebody unknown speaks: the table may have been changed."""

    def __init__(self, read: Callable[[], Collection[str]], clock: Callable[[], float] = monotonic) -> None:
        self._read = read
        self._clock = clock
        self._known = frozenset(read())
        self._looked = clock()

    def knows(self, name: str) -> bool:
        """Tell whether a department is known."""
        if name in self._known or name == OMBUDSMAN:
            return True
        if self._clock() - self._looked > _LOOK_AGAIN_SECONDS:
            self._looked = self._clock()
            try:
                self._known = frozenset(self._read())
            except Misconfigured as error:  # as with the routers: what was good stays in force
                _log.warning("departments not read again", reason=str(error))
        return name in self._known

    @property
    def names(self) -> Collection[str]:
        """Give those that were known when it was last looked."""
        return self._known


class Refusals:
    """Tells what was refused."""

    def __init__(self, topics: Topics, departments: Departments) -> None:
        self._topics = topics
        self._departments = departments

    def tell(self, record: Incoming, fault: Fault, hints: Hints, command: str | None) -> Output:
        """Give what a department is told. Raises `Rejected` where nobody knows the department."""
        REPLIES.labels(command or "unknown", "refused").inc()
        department = hints.department
        if department is None or not self._departments.knows(department):
            named = "no department is named" if department is None else "its department is unknown"
            raise Rejected(f"a reply was refused ({fault.field or 'all of it'}), and nobody can be told: {named}")
        told = Refused(
            reply=hints.id,
            command=command,
            protocol=hints.protocol,
            department=department,
            field=fault.field,
            reason=fault.reason,
            at=moment_of(record),
            by=hints.by,
            mail=hints.mail,
        )
        return encode(
            told,
            topic=self._topics.refused(department),
            key=hints.protocol or department,
            id=event_id(_NAMESPACE, f"{record.topic}/{record.partition}/{record.offset}"),
            type=REFUSED,
            source=_SOURCE,
            time=told.at,
            subject=hints.protocol,
            cause=record,
        )


def moment_of(record: Incoming) -> datetime:
    """Give the moment that a record was written."""
    return datetime.fromtimestamp(max(record.timestamp, 0) / 1000, UTC)
