"""The slow lane on the river: `doubtful` to `classified`. Whatever goes wrong here, the fast verdict stands.

Judging takes its time, so it is done before the transaction (`prepare`), in a thread, some messages at once and no more
than fit into a share of the session: heartbeats go out, a stop is heard, what is done is committed. The records that
come of it hold the new verdict, and the stage's function is as pure as any.

Models change while it runs. The slow lane hears a message anew, by rules and by the fast model that it was trained
behind, so a verdict is one model's whole, whoever sent the message here. The stage runs even where there is no slow
model: one that was taken away must leave nobody waiting. A verdict that is settled comes here for its department
alone, where the settings have an opinion asked on it: the slow lane leaves it as it is.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from time import time
from typing import TYPE_CHECKING

import structlog

from classifiers.areas.likeliest import likeliest
from classifiers.in_force import InForce, lanes_of
from classifiers.in_time import each_judged, first_in_time, time_of
from classifiers.judge import Judged
from classifiers.lanes import Lanes
from classifiers.seats import slow_is_here
from classifiers.verdict_events import DOUBT, classified
from classifiers.waiting import is_pressing
from ouvidor import metrics
from ouvidor.departments import DepartmentWords, department_words
from ouvidor.errors import Rejected
from ouvidor.events import DOUBTED, Incoming, Output, decode
from ouvidor.records import Classified, Verdict
from ouvidor.service import Stage, alone
from ouvidor.settings import Opinion, Settings
from ouvidor.topics import Topics

if TYPE_CHECKING:
    from classifiers.opinion.asking import Asking

__all__ = ["Doubt", "doubt_of", "has_slow_lane", "has_somebody"]

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Waiting:
    """A record, what it says, and what became of it."""

    record: Incoming
    both: Classified | None
    """None: it cannot be read, which the stage's function will say."""
    outcome: str = "left"

    def judged(self, verdict: Verdict) -> None:
        if self.both is not None:
            self.both = self.both.model_copy(update={"verdict": verdict})
            self.outcome = "settled" if verdict.sure else "open"


@dataclass(slots=True)
class Doubt:
    """The stage of the doubtful: who judges, and who is asked after that."""

    topics: Topics
    read: Callable[[], InForce[Lanes]]
    """Gives both lanes of the model in force. It takes a second, and 250 MB that other stages need not carry."""
    opinion: Opinion | None = None
    within: float = 2.5
    """Seconds that judging may take of a partition's batch; some messages are judged in any case."""
    departments: Sequence[DepartmentWords] = ()
    """Of which an opinion may name one."""
    _seat: InForce[Lanes] | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _asking: "Asking | None" = None

    def stage(self) -> Stage:
        """Give the stage."""
        return Stage(
            name="doubt",
            function=alone(self.settle),
            topics=(self.topics.doubtful,),
            open=self.open,
            prepare=self.prepare,
            close=self.close,
        )

    async def open(self) -> InForce[Lanes]:
        """Read the models. Raises `Misconfigured` where one is broken, or asked for and not there."""
        if self._seat is None:
            self._seat = await asyncio.to_thread(self.read)
        return self._seat

    def settle(self, record: Incoming) -> list[Output]:
        """Hand a message on with the verdict that its record holds by now: the stage's function."""
        both = decode(record, Classified, type=DOUBTED)
        verdict = both.verdict
        metrics.VERDICTS.labels(verdict.kind, verdict.severity, str(verdict.sure).lower()).inc()
        return [classified(both, record, self.topics, DOUBT)]

    async def prepare(self, records: Sequence[Incoming]) -> Sequence[Incoming]:
        """Judge the records' messages, or as many of the first ones as there is time for."""
        seat = await self.open()
        await seat.look(records)
        batch = await first_in_time(records, partial(_judged, seat.now), self.within, self._turn)
        await self._ask(batch)
        now = time()
        for one in batch:
            if one.both is not None:
                metrics.DOUBTFUL.labels(one.outcome).inc()
                metrics.DOUBTFUL_SECONDS.observe(max(now - one.record.timestamp / 1000, 0))
        return [_with_its_verdict(one) for one in batch]

    async def close(self) -> None:
        """Let go of the connections to the server of opinions."""
        asking, self._asking = self._asking, None
        if asking is not None:
            await asking.__aexit__()

    async def _ask(self, batch: Sequence[_Waiting]) -> None:
        """Ask for an opinion on what is open still and may wait, in its labels or in its department."""
        still = [(one, one.both) for one in batch if one.both is not None and not is_pressing(one.both.verdict)]
        if self.opinion is None or not still:
            return
        from classifiers.opinion.asking import Asking  # noqa: PLC0415 - needs the web, which nobody else here does
        from classifiers.opinion.together import second_many  # noqa: PLC0415 - the same

        if self._asking is None:
            self._asking = Asking(self.opinion, self.departments, likeliest=self._likeliest)
        said = [Judged.of(both.message) for _, both in still]
        before = [both.verdict for _, both in still]
        found = await second_many(self._asking, said, before, each=self.opinion.timeout)
        for (one, _), was, verdict in zip(still, before, found, strict=True):
            if verdict is not was:
                one.judged(verdict)

    def _likeliest(self, said: Judged, areas: Sequence[str]) -> str:
        return areas[0] if self._seat is None else likeliest(self._seat.now.cascade, said, areas)


def has_slow_lane(settings: Settings) -> bool:
    """Tell whether a slow lane is to be asked about what is not settled."""
    lane = settings.judgement.lane
    return lane == "both" or (lane is None and slow_is_here())


def has_somebody(settings: Settings) -> bool:
    """Tell whether there is anybody to ask about what is not sure: a slow lane, or a third opinion."""
    return settings.judgement.opinion is not None or has_slow_lane(settings)


def doubt_of(settings: Settings) -> Doubt:
    """Give the stage of the settings."""
    opinion = settings.judgement.opinion
    return Doubt(
        topics=Topics(settings.kafka.prefix),
        read=partial(lanes_of, settings),
        opinion=opinion,
        departments=department_words(settings) if opinion is not None else (),
        within=time_of(settings.kafka),
    )


def _judged(lanes: Lanes, records: Sequence[Incoming]) -> list[_Waiting]:
    some, slow = list(map(_read, records)), lanes.slow
    if slow is None:
        return some
    known = [(one, one.both) for one in some if one.both is not None and not lanes.settles(one.both.verdict)]
    said = [Judged.of(both.message) for _, both in known]
    found = each_judged(partial(slow.judge, version=lanes.version), said, _tell)
    for (one, _), verdict in zip(known, found, strict=True):
        if verdict is None:
            one.outcome = "failed"
        else:
            one.judged(verdict)
    return some


def _tell(error: Exception, count: int) -> None:
    _log.warning("the slow model could not judge messages", count=count, error=type(error).__name__)


def _read(record: Incoming) -> _Waiting:
    try:
        return _Waiting(record, decode(record, Classified, type=DOUBTED))
    except Rejected:
        return _Waiting(record, None)


def _with_its_verdict(one: _Waiting) -> Incoming:
    if one.both is None:
        return one.record
    return replace(one.record, value=one.both.model_dump_json(exclude_none=True).encode())
