"""The dispatcher: works what is due in the store, each destination in its own few slots.

One loop, and a turn of it is one transaction (`sinks/deliveries/store.py`): so a destination that is slow or away holds
its own slots and nothing else, and how many destinations there are costs no tasks. What came of a try stays in hand
until it is written, also while the store is away: what was delivered is not delivered again for that.

Time and chance come in from outside: three days pass in a test as fast as it can count.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import random
from typing import Final

import structlog

from ouvidor import metrics
from ouvidor.errors import OuvidorError, Unavailable
from ouvidor.health import Heart
from ouvidor.settings import Settings
from sinks.deliveries.contract import Again, Attempt, Delivery, Destination, Gone, Outcome, Refused, Sink
from sinks.deliveries.gauges import gauge
from sinks.deliveries.leasing import Leased, Room, Settlement
from sinks.deliveries.settling import outcome_of, settlement
from sinks.deliveries.store import Store
from sinks.deliveries.tables import State
from sinks.deliveries.tries import LONGEST_ASKED, TRIES

__all__ = ["Dispatcher"]

_log = structlog.get_logger(__name__)

_GRACE: Final = timedelta(seconds=5)
"""What a try may take beyond its limit: a sink that keeps the limit itself tells more."""
_WRITING: Final = timedelta(seconds=10)
"""What it may take to write what came of a try. A row whose lease has ended is in nobody's hand."""
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
_MOST_BEGUN: Final = TRIES + 2
"""A delivery that was begun more often and never came to an end takes its process with it each time."""
_LOOK_EVERY: Final = 1.0
_REST: Final = (1.0, 2.0, 5.0, 10.0)
_LEAVE_SECONDS: Final = 4.0
_COUNT_EVERY: Final = timedelta(seconds=15)
_SWEEP_EVERY: Final = timedelta(hours=1)


@dataclass(slots=True)
class _Hand:
    """One destination at work."""

    destination: Destination
    attempt: Attempt
    tries: dict[asyncio.Task[None], Leased] = field(default_factory=dict)
    rests_until: datetime = _LONG_AGO
    """When it asked to be left alone."""

    def room(self, name: str) -> Room:
        """Tell how much more it can take."""
        its = self.destination
        in_hand = [leased.delivery.id for leased in self.tries.values()]
        return Room(name, its.at_once - len(in_hand), its.timeout + _GRACE + _WRITING, its.ordered, in_hand)


class Dispatcher:
    """Hands deliveries over. One or more of them work on one store."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        destinations: Mapping[str, tuple[Sink, Destination]],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        chance: Callable[[], float] = random,
    ) -> None:
        self._store = store
        self._settings = settings
        self._destinations = destinations
        self._now = now
        self._chance = chance
        self._hands: dict[str, _Hand] = {}
        self._settled: list[Settlement] = []
        self._gone: dict[str, str] = {}
        self._something = asyncio.Event()
        self._leasing: asyncio.Task[list[Leased]] | None = None
        self._counted_at = self._swept_at = _LONG_AGO

    def wake(self) -> None:
        """Tell that there is something new in the store."""
        self._something.set()

    async def run(self, heart: Heart) -> None:
        """Work until cancelled. What is in hand then gets a few seconds, and is given back."""
        async with AsyncExitStack() as stack:
            await self.open(stack)
            failures = 0
            try:
                while True:
                    pause = _LOOK_EVERY
                    try:
                        await self.turn()
                        await self._tidy()
                        heart.beat()
                        failures = 0
                    except Unavailable as error:
                        heart.wait(str(error))
                        pause = _REST[min(failures, len(_REST) - 1)]
                        failures += 1
                        _log.warning("the store is away", reason=str(error), again_in_seconds=pause)
                    await self._wait(pause, told=failures == 0)
            finally:
                await self._leave()

    async def open(self, stack: AsyncExitStack) -> None:
        """Make the sinks ready. What comes for one that cannot be waits; the others go on."""
        for name, (sink, destination) in self._destinations.items():
            try:
                attempt = await stack.enter_async_context(sink.open(destination, self._settings))
            except OuvidorError as error:
                _log.error("destination cannot be opened", destination=name, reason=str(error))
                continue
            self._hands[name] = _Hand(destination, attempt)

    async def turn(self) -> int:
        """Write what came of tries, lease what is due, and begin to try it. Gives how many were begun."""
        now = self._now()
        settled, gone = self._settled[:], dict(self._gone)
        rooms = [hand.room(name) for name, hand in self._hands.items() if hand.rests_until <= now]
        doing = asyncio.create_task(asyncio.to_thread(self._store.turn, settled, rooms, now, gone))
        try:
            leased = await asyncio.shield(doing)
        except asyncio.CancelledError:  # what it leases meanwhile is in nobody's hand: it is given back at the end
            self._leasing = doing
            raise
        del self._settled[: len(settled)]
        self._gone = {name: why for name, why in self._gone.items() if name not in gone}
        for each in leased:
            hand = self._hands[each.delivery.destination]
            task = asyncio.create_task(self._try(hand, each), name=f"delivery to {hand.destination.name}")
            hand.tries[task] = each
        return len(leased)

    async def idle(self) -> None:
        """Wait until no try is in hand."""
        while tasks := [task for hand in self._hands.values() for task in hand.tries]:
            await asyncio.wait(tasks)

    async def _wait(self, seconds: float, *, told: bool) -> None:
        if not told:
            await asyncio.sleep(seconds)
            return
        try:
            async with asyncio.timeout(seconds):
                await self._something.wait()
        except TimeoutError:
            pass
        self._something.clear()

    async def _try(self, hand: _Hand, leased: Leased) -> None:
        task = asyncio.current_task()
        came: Outcome | None = None
        try:
            came = await _attempt(hand, leased.delivery)
        finally:
            if task is not None:
                hand.tries.pop(task, None)
            self._settle(hand, leased, came)

    def _settle(self, hand: _Hand, leased: Leased, came: Outcome | None) -> None:
        """Keep what is to be written, and tell of it."""
        now, name, delivery = self._now(), hand.destination.name, leased.delivery
        settled = settlement(leased, came, now, self._chance())
        self._settled.append(settled)
        self._something.set()
        if came is None:
            return
        if isinstance(came, Again) and came.after is not None:
            hand.rests_until = max(hand.rests_until, now + min(came.after, LONGEST_ASKED))
        if isinstance(came, Gone):
            self._gone[name] = came.words
            _log.error("destination is gone: nothing more is sent to it", destination=name, status=came.status)
        outcome = outcome_of(came, settled.state)
        metrics.DELIVERY_TRIES.labels(name, outcome).inc()
        log = {State.DELIVERED: _log.info, State.WAITING: _log.warning}.get(settled.state, _log.error)
        log(
            "delivery",
            destination=name,
            delivery=str(delivery.id),
            outcome=outcome,
            number=delivery.number,
            status=came.status,
        )

    async def _tidy(self) -> None:
        now = self._now()
        if now - self._counted_at >= _COUNT_EVERY:
            self._counted_at = now
            await asyncio.to_thread(gauge, self._store, tuple(self._hands), now)
        if now - self._swept_at >= _SWEEP_EVERY:
            self._swept_at = now
            await asyncio.to_thread(self._store.sweep, now, self._settings.deliveries.keep)

    async def _leave(self) -> None:
        """Let what is in hand end, then give the rest back: another may have it at once."""
        tasks = [task for hand in self._hands.values() for task in hand.tries]
        if tasks:
            _, rest = await asyncio.wait(tasks, timeout=_LEAVE_SECONDS)
            for task in rest:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if self._leasing is not None:
            for each in await self._leasing:
                self._settle(self._hands[each.delivery.destination], each, None)
        settled, self._settled = self._settled, []
        if settled or self._gone:
            await asyncio.to_thread(self._store.turn, settled, [], self._now(), self._gone)


async def _attempt(hand: _Hand, delivery: Delivery) -> Outcome:
    if delivery.number > _MOST_BEGUN:
        return Refused("it was begun many times and never came to an end")
    limit = hand.destination.timeout + _GRACE
    try:
        async with asyncio.timeout(limit.total_seconds()):
            return await hand.attempt(delivery)
    except TimeoutError:
        return Again(f"no answer within {limit.total_seconds():g} s")
    except Exception as error:  # noqa: BLE001 - whatever it was, the delivery is tried again
        name = type(error).__name__
        _log.warning("sink failed unforeseen", destination=hand.destination.name, error=name)
        return Again(f"the sink failed: {name}")
