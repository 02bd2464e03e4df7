"""The loop over a feed: read at least once, given once, committed in order.

A case is given when it was read, verified and not worked before (by the ledger). Its offset is committed when it and
all before it in its partition are acknowledged: durable in the ledger first, committed within a second, so that what a
crash between the two brings again is known.

A rebalance takes all partitions away and gives them back (aiokafka knows no other), and what was in hand is read again:
it is not given a second time while it is still in work. What may come twice is what was worked and not acknowledged
when the program died, and what is in work here while its partition goes to another process.

Source: aiokafka 0.14, `Fetcher.fetched_records`: nothing of the old assignment comes after its revocation has begun.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from ouvidor.client.case import Case, Say
from ouvidor.client.ledger import Ledger
from ouvidor.client.progress import Progress
from ouvidor.client.reading import Unreadable, read_case, read_refusal
from ouvidor.closing import close_client
from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.events import Incoming, header
from ouvidor.kafka import Broker, as_ours, client_options
from ouvidor.records.reply import Refused

__all__ = ["Feed", "Loop"]

_log = logging.getLogger("ouvidor.client")

_LOOK_MS: Final = 500
_COMMIT_SECONDS: Final = 1.0
_LONGEST_WORK_MS: Final = 30 * 60 * 1000
"""Who takes no further case for so long is held for dead, and its partitions go to another."""
_LARGEST_BYTES: Final = 8 * 2**20


@dataclass(frozen=True, slots=True)
class Feed:
    """Which feed, and who is told what."""

    department: str
    topic: str
    refused: str
    group: str
    most_open: int
    on_refused: Callable[[Refused], Awaitable[None]] | None
    on_unreadable: Callable[[Unreadable], Awaitable[None]] | None


class Loop(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka ships no types
    """An open feed."""

    def __init__(self, feed: Feed, broker: Broker, ledger: Ledger, say: Say) -> None:
        self._feed = feed
        self._broker = broker
        self._ledger = ledger
        self._say = say
        self._progress: dict[TopicPartition, Progress] = {}
        self._in_hand: dict[str, list[tuple[Progress, int]]] = {}
        self._committed_at = 0.0
        self._open = False

    async def __aenter__(self) -> Self:
        topics = (self._feed.topic, self._feed.refused)
        self._consumer = AIOKafkaConsumer(
            **client_options(self._broker),
            group_id=self._feed.group,
            isolation_level="read_committed",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=_LARGEST_BYTES,
            max_poll_interval_ms=_LONGEST_WORK_MS,
        )
        try:
            await self._consumer.start()
            there = await self._consumer.topics()  # asked before: aiokafka would wait for a topic that there is not
            if all(topic in there for topic in topics):
                self._consumer.subscribe(topics=topics, listener=self)
        except KafkaError as error:
            await close_client(self._consumer)
            raise as_ours(
                error, f"department {self._feed.department} at {self._broker.servers}", self._broker
            ) from error
        except BaseException:
            await close_client(self._consumer)
            raise
        if missing := [topic for topic in topics if topic not in there]:
            await close_client(self._consumer)
            raise Misconfigured(
                f"department {self._feed.department}: there is no topic {' and no '.join(missing)} for us; "
                "is its name as in the routing table, and may this user read it?"
            )
        self._open = True
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._commit_quietly()
        self._open = False
        await close_client(self._consumer)

    async def next(self) -> Case | None:
        """Give the next case; none where none came for a moment."""
        try:
            if asyncio.get_running_loop().time() - self._committed_at > _COMMIT_SECONDS:
                await self._commit()
            self._hold_back()
            batches = await self._consumer.getmany(timeout_ms=_LOOK_MS, max_records=1)
        except KafkaError as error:
            raise as_ours(error, f"topic {self._feed.topic}", self._broker) from error
        for partition, records in batches.items():
            for record in records:
                return await self._take(partition, record)
        return None

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """Commit what was acknowledged before another has them. What is acknowledged later, the ledger alone knows."""
        if revoked and self._open:
            await self._commit_quietly()
        self._progress.clear()

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Nothing: where a partition stands is noted with its first record."""

    async def _take(self, partition: TopicPartition, record: Incoming) -> Case | None:
        progress = self._progress.setdefault(partition, Progress())
        progress.given(record.offset)
        if record.topic == self._feed.refused:
            await self._tell_refusal(record)
            progress.done(record.offset)
            return None
        found, event = read_case(record), header(record, "ce_id") or ""
        if isinstance(found, Unreadable):
            await self._tell_unreadable(found)
        elif event in self._in_hand:
            self._in_hand[event].append((progress, record.offset))
            return None
        elif not await self._ledger.seen(event):
            self._in_hand[event] = [(progress, record.offset)]
            return Case(event, self._feed.department, found, record, self._acknowledge, self._say)
        progress.done(record.offset)
        return None

    async def _tell_refusal(self, record: Incoming) -> None:
        told = read_refusal(record)
        if isinstance(told, Unreadable):
            await self._tell_unreadable(told)
        elif self._feed.on_refused is not None:
            await self._feed.on_refused(told)
        else:
            place = f"{told.command or 'a reply'} {told.reply} to {told.protocol}"
            _log.error("refused: %s: %s: %s", place, told.field or "all of it", told.reason)

    async def _tell_unreadable(self, found: Unreadable) -> None:
        await self._ledger.keep(found)
        if self._feed.on_unreadable is not None:
            await self._feed.on_unreadable(found)
        else:
            _log.error("unreadable: %s", found)

    async def _acknowledge(self, case: Case) -> None:
        if not self._open:
            raise Unavailable(f"department {self._feed.department}: it is closed; {case.protocol} will come again")
        await self._ledger.done(case.id)
        for progress, offset in self._in_hand.pop(case.id, ()):
            progress.done(offset)

    def _hold_back(self) -> None:
        """Read no further in a partition of which too many are in hand."""
        full = {at for at, progress in self._progress.items() if progress.waiting >= self._feed.most_open}
        paused = set(self._consumer.paused())
        if new := full - paused:
            self._consumer.pause(*new)
            _log.warning(
                "%d cases in hand: no more until some are acknowledged (`await case.ack()`)", len(self._in_hand)
            )
        if paused - full:
            self._consumer.resume(*(paused - full))

    async def _commit(self) -> None:
        self._committed_at = asyncio.get_running_loop().time()
        known = {at: (each, offset) for at, each in self._progress.items() if (offset := each.to_commit) is not None}
        if not known:
            return
        try:
            await self._consumer.commit({at: offset for at, (_, offset) in known.items()})
        except (CommitFailedError, IllegalStateError):  # somebody else has them: it is theirs, and the ledger's
            _log.info("partitions went to another before they were committed")
            return
        for progress, offset in known.values():
            progress.committed(offset)

    async def _commit_quietly(self) -> None:
        try:
            await self._commit()
        except KafkaError as error:
            _log.info("not committed (%s); what was acknowledged is in the ledger", type(error).__name__)
