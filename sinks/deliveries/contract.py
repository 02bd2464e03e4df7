"""The contract of a sink: one function that tries to hand a delivery over, and says what came of it.

A sink is a module anywhere under `sinks` that defines `SINK`; a destination is what the settings say of one place that
it serves. Everything else is not the sink's: the store, the pauses between tries, order, and what one destination owes
the others. So a sink knows no clock but its own protocol's, keeps nothing, and may be asked for the same delivery again
after it was handed over: the delivery's id, the same at each try, is what the receiver drops the second by.

A sink never says that a delivery has arrived unless the receiver has said so.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, TypeAlias
from uuid import UUID

from pydantic import AwareDatetime, Field

from ouvidor.config import Section
from ouvidor.settings import Settings

__all__ = ["Again", "Attempt", "Delivered", "Delivery", "Destination", "Gone", "Outcome", "Refused", "Sink"]

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]


class Destination(Section):
    """One place that a department's events are handed on to. A sink adds what it needs to know."""

    sink: str
    """Who hands it over."""
    name: Name
    """Lower-case letters, digits and dashes. It is part of each delivery's id: under a new name it is a new place."""
    department: Name
    """Whose events; `ombudsman` for the ombudsman's."""
    ordered: bool = False
    """Does the next event of a protocol wait until the one before it has arrived?"""
    at_once: int = Field(4, ge=1, le=64)
    """The most tries at the same time."""
    timeout: timedelta = Field(timedelta(seconds=20), ge=timedelta(seconds=1), le=timedelta(seconds=60))
    """How long one try may take."""
    since: AwareDatetime | None = None
    """Only events from this moment on. Not given: all that its topic still holds when it is first read."""

    @property
    def hears_refusals(self) -> bool:
        """Is `refused.<department>` read for it, too: what the department is told of replies that were not taken?"""
        return False

    def takes_refusal(self, refused: Mapping[str, Any]) -> bool:  # noqa: ARG002 - a sink's destination looks at it
        """Is this refusal its own? Of a sink's destinations, the first of a department that says so gets it."""
        return self.hears_refusals


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one destination."""

    id: UUID
    """The same at each try, and for no other."""
    destination: str
    department: str
    protocol: str | None
    attributes: Mapping[str, str]
    """The event's headers as they stand on the topic: `ce_id`, `ce_type`, `content-type`, `traceparent`…"""
    body: bytes
    """The event's data as it stands on the topic: an object of JSON."""
    number: int
    """Which try this is; the first is 1."""
    at: datetime
    """When this try began."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The receiver has it, and has said so."""

    words: str = ""
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """Not now. `after` is how long the receiver asked to be left alone, by all deliveries, where it said so."""

    words: str
    status: int | None = None
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """The receiver says that there is nobody, for good: nothing more is sent there until a person enables it."""

    words: str
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The receiver will never take this one, however often it comes: a person has to look."""

    words: str
    status: int | None = None


Outcome: TypeAlias = Delivered | Again | Gone | Refused
"""What came of a try. `words` hold nothing of what the customer said (`sinks/deliveries/answer.py`)."""

Attempt: TypeAlias = Callable[[Delivery], Awaitable[Outcome]]
"""Try once. To be cancelled at any moment; what it raises counts as `Again`."""


@dataclass(frozen=True, slots=True)
class Sink:
    """A way to hand events over."""

    name: str
    settings: type[Destination]
    open: Callable[[Any, Settings], AbstractAsyncContextManager[Attempt]]
    """Make ready for a destination, without asking it for anything."""
    check: Callable[[Any, Settings], Awaitable[None]] | None = None
    """See whether the destination is there, and send it nothing. Raises `Misconfigured` or `Unavailable`."""
