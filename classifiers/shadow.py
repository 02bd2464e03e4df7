"""The shadow on the river: `classified` to `shadow`. A second model judges what was judged, and tells what differs.

It comes after the verdict, so it delays none, and sees the last word on a message: what the slow lane said where that
was asked. It judges as the river would with this model in force (`as_river.py`), and begins with what comes once it
stands there. A message that it fails on, or that cannot be compared, is counted and passed over: none waits, let alone
dies, for a model that decides nothing.

Source: docs/decisions/0030-the-shadow-judges-afterwards.md.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Final

import structlog

from classifiers.as_river import as_river
from classifiers.differences import difference, why_left_out
from classifiers.in_force import shadow_lanes_of
from classifiers.in_time import each_judged, first_in_time, time_of
from classifiers.judge import Judged
from classifiers.lanes import Lanes
from ouvidor import metrics
from ouvidor.errors import Rejected
from ouvidor.events import CLASSIFIED, DIFFERED, Incoming, Output, decode, encode, event_id
from ouvidor.records import Classified, ShadowDifference, Verdict
from ouvidor.service import Stage, alone
from ouvidor.settings import Settings
from ouvidor.topics import Topics

__all__ = ["NAME", "Shadow", "shadow_of"]

NAME: Final = "shadow"
_SOURCE: Final = "/stages/shadow"
_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Compared:
    """A record, and what became of it."""

    record: Incoming
    both: Classified | None
    """None: it cannot be read. Whoever routes it tells a person of it; that need not be done twice."""
    outcome: str = "unreadable"
    found: ShadowDifference | None = None

    def compare(self, verdict: Verdict | None, since: datetime) -> None:
        """Compare it with what the model in the shadow says; None: it failed."""
        if self.both is None or verdict is None:
            self.outcome = "failed"
            return
        self.found = difference(self.both.message, self.both.verdict, verdict, since)
        self.outcome = "same" if self.found is None else "differs"


@dataclass(slots=True)
class Shadow:
    """The stage of the model in the shadow."""

    topics: Topics
    read: Callable[[], Lanes]
    """Gives its lanes, which takes a second."""
    within: float = 2.5
    """Seconds that judging may take of a partition's batch; some messages are judged in any case."""
    since: datetime = field(default_factory=lambda: datetime.now(UTC))
    """When it took its place."""
    _lanes: Lanes | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _failures: set[str] = field(default_factory=set)

    def stage(self) -> Stage:
        """Give the stage."""
        return Stage(
            name=NAME,
            function=alone(self.tell),
            topics=(self.topics.classified,),
            open=self.open,
            prepare=self.prepare,
            from_now=True,
        )

    async def open(self) -> Lanes:
        """Read the models. Raises `Misconfigured` where one is broken, or asked for and not there."""
        if self._lanes is None:
            self._lanes = await asyncio.to_thread(self.read)
        return self._lanes

    async def prepare(self, records: Sequence[Incoming]) -> Sequence[Incoming]:
        """Judge the records' messages, or as many of the first ones as there is time for.

        A record that comes of it holds what differs, or nothing.
        """
        lanes = await self.open()
        compared = await first_in_time(records, partial(self._compared, lanes), self.within, self._turn)
        for one in compared:
            metrics.SHADOW_VERDICTS.labels(one.outcome).inc()
        return [
            replace(one.record, value=one.found.model_dump_json(exclude_none=True).encode() if one.found else None)
            for one in compared
        ]

    def tell(self, record: Incoming) -> list[Output]:
        """Give the event of what its record holds by now: the stage's function."""
        if record.value is None:
            return []
        found = ShadowDifference.model_validate_json(record.value)
        return [
            encode(
                found,
                topic=self.topics.shadow,
                key=found.protocol,
                id=event_id(found.message, f"differed:{found.said.classifier.hash}:{found.shadow.classifier.hash}"),
                type=DIFFERED,
                source=_SOURCE,
                time=datetime.fromtimestamp(max(record.timestamp, 0) / 1000, UTC),
                subject=found.protocol,
                cause=record,
            )
        ]

    def _compared(self, lanes: Lanes, records: Sequence[Incoming]) -> list[_Compared]:
        found = list(map(_read, records))
        fair: list[tuple[_Compared, Judged]] = []
        for one in found:
            if one.both is None:
                continue
            if (why := why_left_out(one.both)) is not None:
                one.outcome = why
            else:
                fair.append((one, Judged.of(one.both.message)))
        verdicts = each_judged(lambda said: as_river(lanes, said).last, [said for _, said in fair], self._failed)
        for (one, _), verdict in zip(fair, verdicts, strict=True):
            one.compare(verdict, self.since)
        return found

    def _failed(self, error: Exception, _: int) -> None:
        """Tell each kind of failure once: the counter tells how many."""
        if (name := type(error).__name__) not in self._failures:
            self._failures.add(name)
            _log.warning("the shadow failed", error=name)


def shadow_of(settings: Settings) -> Shadow:
    """Give the stage of the settings."""
    return Shadow(
        topics=Topics(settings.kafka.prefix),
        read=partial(shadow_lanes_of, settings),
        within=time_of(settings.kafka),
    )


def _read(record: Incoming) -> _Compared:
    try:
        return _Compared(record, decode(record, Classified, type=CLASSIFIED))
    except Rejected:
        return _Compared(record, None)
