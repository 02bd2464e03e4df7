"""The pull edge: one task an account, which fetches, and publishes what it fetched together with the cursor.

Written once for all networks that are asked. Whatever fails, everything is let go and begun anew from the fence
(`ingest/checkpoint.py`), after a pause that grows: what was fetched and not committed is fetched again, what was
committed never. A channel that is away does not make the process unhealthy: a restart would not bring it back, and
would take the other channels down with it. It is told by the log, by `ouvidor_channel_failures_total` and by
`ouvidor_channel_last_success_timestamp_seconds`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import random
from time import monotonic
from traceback import extract_tb
from typing import TypeVar

import structlog

from ingest.adapter import Account, Adapter, Delivery, Pull
from ingest.checkpoint import Away, Checkpoint, Fenced
from ingest.originals import Originals
from ouvidor.blobs import BlobStore
from ouvidor.errors import Misconfigured, OuvidorError, Unavailable
from ouvidor.events import Output
from ouvidor.health import Heart
from ouvidor.metrics import CHANNEL_FAILURES, CHANNEL_LAST_SUCCESS, ORIGINALS_RECEIVED
from ouvidor.service import Task
from ouvidor.settings import Kafka

__all__ = ["LastSuccess", "Poller", "pause_after", "task"]

_OPEN_WITHIN = timedelta(minutes=2)
_FETCH_WITHIN = timedelta(minutes=3)
_CLOSE_WITHIN = timedelta(seconds=10)
_MISCONFIGURED = timedelta(minutes=5)
_FIRST = timedelta(seconds=1)
_LONGEST = timedelta(minutes=1)
_LONGEST_AWAY = timedelta(seconds=5)
_FIRST_FENCED = timedelta(seconds=5)
_LONGEST_FENCED = timedelta(minutes=10)
_HELD_LONG = timedelta(minutes=15)
_IDLE = timedelta(milliseconds=100)
_WRITES_AT_ONCE = 8

T = TypeVar("T")

_log = structlog.get_logger(__name__)


def pause_after(error: Exception, failures: int, draw: float) -> timedelta:
    """Say how long to stay away after the n-th failure in a row (from 1). `draw` is a random number from 0 to 1.

    Who was fenced stays away for longer each time: two pollers of one account then take turns ever more slowly. A
    broker that was away is ours, and is back at once: no long pause protects it.
    """
    if isinstance(error, Misconfigured):
        return _MISCONFIGURED * (1 + draw / 10)
    first, longest = _FIRST, _LONGEST
    if isinstance(error, Fenced):
        first, longest = _FIRST_FENCED, _LONGEST_FENCED
    elif isinstance(error, Away):
        longest = _LONGEST_AWAY
    pause = min(first * (1 << min(failures - 1, 16)), longest) * (0.5 + draw / 2)
    asked = error.retry_after if isinstance(error, Unavailable) else None
    return pause if asked is None else asked + pause


@dataclass(slots=True)
class LastSuccess:
    """When each account of this process was last asked with success; the metric tells the oldest of a network."""

    moments: dict[tuple[str, str], float] = field(default_factory=dict)

    def note(self, network: str, account: str, moment: datetime) -> None:
        """Note a success, or the start: an account that never answers is then as old as the process."""
        self.moments[network, account] = moment.timestamp()
        oldest = min(at for (its, _), at in self.moments.items() if its == network)
        CHANNEL_LAST_SUCCESS.labels(network).set(oldest)


@dataclass(slots=True)
class Poller:
    """Asks one account until it is cancelled."""

    adapter: Adapter
    account: Account
    kafka: Kafka
    originals: Originals
    blobs: BlobStore
    successes: LastSuccess
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    draw: Callable[[], float] = random
    _failures: int = 0
    _fenced: int = 0

    async def run(self, heart: Heart) -> None:
        """Fetch and publish; after a failure, let go, pause and begin anew."""
        self.successes.note(self.adapter.network, self.account.account, self.clock())
        while True:
            try:
                await self._session(heart)
            except Exception as error:  # noqa: BLE001 - one account's defect must not end the others
                await asyncio.sleep(self._trouble(error, heart).total_seconds())

    async def _session(self, heart: Heart) -> None:
        """Take the fence, read the cursor, open, and fetch until something fails."""
        network, name = self.adapter.network, self.account.account
        if self.adapter.pull is None:
            raise Misconfigured(f"network {network} is not one that is asked: it calls us")
        checkpoint = Checkpoint(self.kafka, network, name)
        pull: Pull | None = None
        try:
            cursor = await checkpoint.open()
            since = monotonic()
            pull = self.adapter.pull(self.account)
            await _within(_OPEN_WITHIN, pull.open(cursor), f"{network} {name}: opening")
            _log.info("polling", network=network, account=name, resumed=cursor is not None)
            heart.beat()  # it is open, and ready: a quiet account's first fetch waits for as long as it may
            while True:
                asked = monotonic()
                fetched = await _within(_FETCH_WITHIN, pull.fetch(), f"{network} {name}: fetching")
                moved = fetched.cursor is not None and fetched.cursor != cursor
                if fetched.deliveries or moved:
                    outputs = await self._register(fetched.deliveries)
                    await checkpoint.commit(outputs, fetched.cursor if moved else None)
                    cursor = fetched.cursor if moved else cursor
                    ORIGINALS_RECEIVED.labels(self.adapter.channel, network).inc(len(outputs))
                    _log.info("fetched", network=network, account=name, deliveries=len(outputs))
                elif monotonic() - asked < _IDLE.total_seconds():
                    await asyncio.sleep(_IDLE.total_seconds())  # an adapter that does not wait must not spin
                self._failures = 0
                if monotonic() - since > _HELD_LONG.total_seconds():
                    self._fenced = 0
                self.successes.note(network, name, self.clock())
                heart.beat()
        finally:
            if pull is not None:
                await self._close(pull)
            await checkpoint.close()

    async def _register(self, deliveries: Sequence[Delivery]) -> list[Output]:
        """Give each delivery its record; what is too large for one lies in the blob store when this returns."""
        registered = [self.originals.register(delivery, self.clock()) for delivery in deliveries]
        long = [each.blob for each in registered if each.blob is not None]
        for first in range(0, len(long), _WRITES_AT_ONCE):  # a disk syncs several in the time of one
            await asyncio.gather(*map(self.blobs.put, long[first : first + _WRITES_AT_ONCE]))
        return [each.output for each in registered]

    async def _close(self, pull: Pull) -> None:
        try:
            await _within(_CLOSE_WITHIN, pull.close(), "closing")
        except Exception as error:  # noqa: BLE001 - `close` promises not to raise; the first failure is the one to tell
            _log.warning("not closed", network=self.adapter.network, account=self.account.account, error=_words(error))

    def _trouble(self, error: Exception, heart: Heart) -> timedelta:
        """Count and tell a failure, and say how long to pause."""
        fenced = isinstance(error, Fenced)
        if fenced:
            self._fenced += 1
        else:
            self._failures += 1
        pause = pause_after(error, self._fenced if fenced else self._failures, self.draw())
        kind = "misconfigured" if isinstance(error, Misconfigured) else "unavailable"
        if not isinstance(error, Away):
            CHANNEL_FAILURES.labels(self.adapter.network, kind).inc()
        heart.trouble = words = _words(error)
        tell = _log.warning if isinstance(error, Unavailable) else _log.error
        tell(
            kind,
            network=self.adapter.network,
            account=self.account.account,
            error=words,
            again_in_seconds=round(pause.total_seconds(), 1),
        )
        return pause


def task(
    adapter: Adapter,
    account: Account,
    *,
    kafka: Kafka,
    originals: Originals,
    blobs: BlobStore,
    successes: LastSuccess,
) -> Task:
    """Give the task `<network>.<account>`."""
    poller = Poller(adapter, account, kafka, originals, blobs, successes)
    return Task(f"{adapter.network}.{account.account}", poller.run)


async def _within(limit: timedelta, doing: Awaitable[T], words: str) -> T:
    try:
        async with asyncio.timeout(limit.total_seconds()):
            return await doing
    except TimeoutError:
        raise Unavailable(f"{words} took more than {limit.total_seconds():.0f} s") from None


def _words(error: Exception) -> str:
    """Tell an error of ours in its words; of another, its class and place: its words may hold what is private."""
    if isinstance(error, OuvidorError):
        return str(error)
    frames = extract_tb(error.__traceback__)
    place = f" in {frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else ""
    return f"unforeseen {type(error).__name__}{place}"
