"""The stage: how a record goes through exactly once. The only place that consumes and commits for a room.

FastStream is the frame: a batch subscriber with manual acknowledgement. What a batch of a partition gives is sent, with
its offset, in one transaction under the partition's fence (`ouvidor/fence.py`). A partition is fenced by this worker or
it is not; nothing else is state:

- a batch of one that is not is dropped: the fence is taken, the committed offset read under it, and sought;
- a batch of one that is fenced is worked under the fence that it was bound to when the handler began;
- whatever fails, and every revocation, makes it unfenced again. Nothing is ever skipped.

FastStream swallows what is raised between poll and handler, and aiokafka drops what it had drained of other partitions
when a poll raises: either would leave a hole before the next batch. So polls and handled batches are counted, and where
they differ, or a poll raised, every partition is unfenced. `docs/decisions/0001-the-stage.md` has the traps and figures.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, perf_counter
from typing import Any

import structlog
from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import (
    IllegalStateError,
    InvalidTopicError,
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
)
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage as InjectedMessage
from faststream.kafka.message import KafkaMessage

from ouvidor import metrics
from ouvidor.batch import DeadLetters, describe, work
from ouvidor.errors import Misconfigured, Rejected, Unavailable
from ouvidor.events import Incoming
from ouvidor.fence import Fence, Remembering, close_client
from ouvidor.health import Heart
from ouvidor.kafka import client_options
from ouvidor.service import Stage
from ouvidor.settings import Settings
from ouvidor.topics import Topics

__all__ = ["Limits", "StageRunner"]

_log = structlog.get_logger(__name__)

# What the broker will not take, however often it is offered: the record that gave it is found and condemned.
_NEVER = (MessageSizeTooLargeError, RecordListTooLargeError, InvalidTopicError)
_PAUSES = (0.1, 0.2, 0.5, 1, 2, 5)
_LAG_SECONDS = 10.0
_START_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Limits:
    """How much at once, and how long."""

    max_records: int = 500
    session: timedelta = timedelta(seconds=10)
    poll: timedelta = timedelta(milliseconds=50)
    drain: timedelta = timedelta(seconds=8)
    """How long a batch in hand may take to end after the stage was told to stop."""


@dataclass(slots=True)
class _Trouble:
    """What a partition has been through since it last made progress."""

    failures: int = 0
    not_before: float = 0.0
    offset: int = -1
    """The record at which it stands, and how often that was tried."""
    tries: int = 0
    chunk: int | None = None
    """How many records at once, while the one that the broker refuses is looked for."""
    chunk_until: int = -1
    condemned: dict[int, Rejected] = field(default_factory=dict)


class _Forget(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka ships no types
    """Unfence what is taken away. Records come before `on_partitions_assigned` has ended: no fence is taken there."""

    def __init__(self, runner: "StageRunner") -> None:
        self._runner = runner

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        await self._runner.forget(revoked)

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        self._runner.assigned(assigned)


class StageRunner:
    """Runs one stage as one member of its consumer group.

    `instance` is this worker's name in the group, the same after a restart and different from every other's.
    `on_misconfigured` is told when nothing will work until somebody changes a setting.
    """

    def __init__(
        self,
        stage: Stage,
        settings: Settings,
        heart: Heart,
        *,
        instance: str,
        on_misconfigured: Callable[[Misconfigured], None],
        limits: Limits | None = None,
    ) -> None:
        kafka = settings.kafka
        self.stage = stage
        self._heart = heart
        self._limits = limits or Limits(max_records=kafka.max_records, session=kafka.session_timeout)
        self._group = f"{kafka.prefix}{stage.name}"
        self._options = client_options(kafka)
        self._instance = f"{self._group}-{instance}"
        self._on_misconfigured = on_misconfigured
        self._dead_letters = DeadLetters(stage.name, Topics(kafka.prefix))
        self._remembering = None
        if stage.remembers is not None:
            if len(stage.topics) != 1:
                raise Misconfigured(f"stage {stage.name}: one that remembers has one input topic")
            folder = Path(settings.data) / "state" / stage.name
            self._remembering = Remembering(stage.remembers, folder, stage.forget_after_seconds)
        self._limit = self._limits.session.total_seconds()
        self._fences: dict[TopicPartition, Fence] = {}
        self._troubles: dict[TopicPartition, _Trouble] = defaultdict(_Trouble)
        self._next: dict[TopicPartition, int] = {}
        self._handed = self._handled = 0
        self._holed = False
        self._progress = 0
        self._consumer: Any = None
        self._broker: KafkaBroker | None = None
        self._watch: asyncio.Task[None] | None = None
        self._timers: set[asyncio.TimerHandle] = set()

    # --- life ---

    async def start(self) -> None:
        """Join the group. Returns when the first poll may come."""
        broker = KafkaBroker(
            self._options["bootstrap_servers"],
            consumer_only=True,
            metadata_max_age_ms=10_000,
            logger=None,
            graceful_timeout=self._limits.drain.total_seconds(),
        )
        session = int(self._limit * 1000)
        inputs: dict[str, Any] = {"pattern": self.stage.pattern} if self.stage.pattern else {}
        subscriber = broker.subscriber(
            *self.stage.topics,
            **inputs,
            group_id=self._group,
            group_instance_id=self._instance,
            batch=True,
            max_records=self._limits.max_records,
            batch_timeout_ms=int(self._limits.poll.total_seconds() * 1000),
            ack_policy=AckPolicy.MANUAL,
            parser=_whole,
            decoder=_undecoded,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            session_timeout_ms=session,
            heartbeat_interval_ms=max(session // 6, 100),
            listener=_Forget(self),
        )

        async def handle(message: InjectedMessage) -> None:
            await self._handle(message.raw_message)

        subscriber(handle)
        await broker.connect()
        config = broker.config.broker_config
        build = config.builder
        # FastStream has its own words for security: the options of every other client of ours are given instead.
        config.builder = lambda **given: self._counted(build(**given, **self._options))
        self._broker = broker
        try:
            async with asyncio.timeout(self._limit + _START_SECONDS):
                await broker.start()
        except TimeoutError as error:
            raise Unavailable(f"the broker does not answer: {', '.join(self._options['bootstrap_servers'])}") from error
        self._watch = asyncio.create_task(self._look_at_lag(), name=f"lag of {self.stage.name}")

    async def stop(self) -> None:
        """Take no more, finish or give up the batch in hand, and leave."""
        if self._watch is not None:
            self._watch.cancel()
        for timer in self._timers:
            timer.cancel()
        if self._broker is not None:
            await close_client(self._broker, self._limits.drain.total_seconds() + 2)
        await self.forget(list(self._fences))

    def _counted(self, consumer: Any) -> Any:  # noqa: ANN401 - aiokafka ships no types
        """Count what each poll hands over, and see when one raises."""
        poll = consumer.getmany

        async def getmany(*partitions: TopicPartition, **options: Any) -> dict[TopicPartition, list[Incoming]]:  # noqa: ANN401
            if self._holed or self._handled != self._handed:
                await self._fence_all_anew()
            try:
                found: dict[TopicPartition, list[Incoming]] = await poll(*partitions, **options)
            except KafkaError as error:
                self._holed = True
                _log.warning("poll failed", stage=self.stage.name, error=type(error).__name__)
                raise
            if found:
                self._handed += 1
            return found

        consumer.getmany = getmany
        self._consumer = consumer
        return consumer

    # --- rebalances ---

    def assigned(self, assigned: set[TopicPartition]) -> None:
        """Take note of what is ours; the fences are taken when the first records come."""
        self._heart.ready = True
        _log.info("assigned", stage=self.stage.name, partitions=len(assigned))

    async def forget(self, partitions: Sequence[TopicPartition] | set[TopicPartition]) -> None:
        """Unfence partitions."""
        gone = [fence for partition in partitions if (fence := self._fences.pop(partition, None)) is not None]
        for partition in partitions:
            self._next.pop(partition, None)
        await asyncio.gather(*(fence.close() for fence in gone))

    # --- records ---

    async def _handle(self, records: Sequence[Incoming]) -> None:
        batches: dict[TopicPartition, list[Incoming]] = defaultdict(list)
        for record in records:
            batches[TopicPartition(record.topic, record.partition)].append(record)
        bound = {partition: self._fences.get(partition) for partition in batches}  # before the first await
        self._handled += 1
        await asyncio.gather(*(self._work(partition, batch, bound[partition]) for partition, batch in batches.items()))

    async def _work(self, partition: TopicPartition, records: list[Incoming], fence: Fence | None) -> None:
        if fence is None:
            await self._take_fence(partition, records)
            return
        trouble = self._troubles[partition]
        began = perf_counter()
        try:
            while records:
                if trouble.chunk is not None and records[0].offset > trouble.chunk_until:
                    trouble.chunk = None
                chunk = records[: trouble.chunk]
                await self._transact(partition, chunk, fence, trouble)
                records = records[len(chunk) :]
        except asyncio.CancelledError:
            self._fences.pop(partition, None)
            raise
        except Misconfigured as error:
            self._on_misconfigured(error)
            await self._hold(partition, records, error)
        except Exception as error:  # noqa: BLE001 - whatever it was, nothing is skipped: the fence is taken anew
            if isinstance(error, _NEVER):
                self._look_for_refused(trouble, chunk, error)
            await self._hold(partition, records, error)
        metrics.STAGE_BATCH_SECONDS.labels(self.stage.name).observe(perf_counter() - began)

    async def _transact(
        self, partition: TopicPartition, records: list[Incoming], fence: Fence, trouble: _Trouble
    ) -> None:
        stage = self.stage
        whole: Sequence[Incoming] = records if stage.prepare is None else await stage.prepare(records)
        found = await work(
            stage.function,
            whole,
            fence.memory,
            self._dead_letters,
            condemned=trouble.condemned,
            tries=lambda offset: trouble.tries if offset == trouble.offset else 0,
        )
        if found.done:
            if found.deeds:
                if stage.perform is None:
                    raise Misconfigured(f"stage {stage.name}: its function gives deeds, and nothing performs them")
                await stage.perform(found.deeds)
            after = records[found.done - 1].offset + 1
            await fence.commit(found.outputs, after)
            self._next[partition] = after
            self._count(records, found.done, found.dead, len(found.outputs))
            trouble.failures = trouble.tries = 0
            trouble.condemned.clear()
        if found.held is not None:
            raise found.held

    def _count(self, records: list[Incoming], done: int, dead: int, sent: int) -> None:
        name = self.stage.name
        self._progress += 1
        self._heart.beat()
        metrics.STAGE_RECORDS.labels(name, "done").inc(done - dead)
        metrics.STAGE_RECORDS.labels(name, "dead-lettered").inc(dead)
        metrics.STAGE_OUTPUTS.labels(name).inc(sent)
        behind = datetime.now(UTC).timestamp() - records[0].timestamp / 1000
        metrics.OLDEST_PENDING.labels(name).set(max(behind, 0))
        log = _log.warning if dead else _log.info
        log(
            "batch",
            stage=name,
            topic=records[0].topic,
            partition=records[0].partition,
            records=done,
            dead=dead,
            outputs=sent,
            behind_seconds=round(behind, 3),
        )

    # --- the fence ---

    async def _fence_all_anew(self) -> None:
        """Close the hole that a failed poll or a swallowed batch left: go back to what was committed, everywhere."""
        _log.warning("every fence is taken anew", stage=self.stage.name, polls=self._handed, handled=self._handled)
        self._holed, self._handled = False, self._handed
        await self.forget(list(self._fences))
        await asyncio.gather(*(self._take_fence(partition, []) for partition in self._consumer.assignment()))

    async def _take_fence(self, partition: TopicPartition, dropped: list[Incoming]) -> None:
        """Take the fence, then read the committed offset under it, then seek there."""
        trouble = self._troubles[partition]
        wait = trouble.not_before - monotonic()
        if wait > 0:
            self._rest(partition, dropped, wait)
            return
        consumer = self._consumer
        if (old := self._fences.pop(partition, None)) is not None:
            await old.close()
        if partition not in consumer.assignment():
            return
        fence = None
        try:
            fence = await Fence.take(
                partition, self._group, self._options, limit=self._limit, remembering=self._remembering
            )
            async with asyncio.timeout(self._limit):
                committed = await consumer.committed(partition)
            if partition not in consumer.assignment():
                await fence.close()
                return
            # seek_to_committed() would do nothing where nothing was committed yet
            if committed is None:
                first = (await consumer.beginning_offsets([partition]))[partition]
                consumer.seek(partition, first)
            else:
                consumer.seek(partition, committed)
        except asyncio.CancelledError:
            if fence is not None:
                await fence.close()
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was, it is tried again
            if fence is not None:
                await fence.close()
            await self._hold(partition, dropped, error)
            return
        self._fences[partition] = fence
        metrics.STAGE_FENCES.labels(self.stage.name).inc()
        _log.info(
            "fenced", stage=self.stage.name, topic=partition.topic, partition=partition.partition, offset=committed
        )

    async def _hold(self, partition: TopicPartition, records: list[Incoming], error: Exception) -> None:
        """Unfence the partition and let it rest: the next batch takes the fence anew and begins where it stood."""
        await self.forget([partition])
        trouble = self._troubles[partition]
        offset = records[0].offset if records else trouble.offset
        trouble.tries = trouble.tries + 1 if offset == trouble.offset else 1
        trouble.offset = offset
        pause = 0.0 if isinstance(error, _NEVER) else (_PAUSES[min(trouble.failures, len(_PAUSES) - 1)])
        trouble.failures += 1
        trouble.not_before = monotonic() + pause
        name = type(error).__name__
        metrics.STAGE_RETRIES.labels(self.stage.name, name).inc()
        words = str(error) if isinstance(error, Unavailable | Misconfigured) else describe(error)
        self._heart.wait(words)
        _log.warning(
            "held",
            stage=self.stage.name,
            topic=partition.topic,
            partition=partition.partition,
            error=name,
            reason=words,
            again_in_seconds=pause,
        )
        if pause:
            self._rest(partition, records, pause)
        else:
            await self._take_fence(partition, records)

    def _rest(self, partition: TopicPartition, dropped: list[Incoming], seconds: float) -> None:
        """Ask for no more of the partition for a while; the others go on.

        What was dropped is asked for again after it, so that something comes which has the fence taken. That this seek
        is no more than a guess does no harm: without a fence nothing is worked, and with it the offset is read.
        """
        consumer = self._consumer
        with suppress(IllegalStateError):  # it may be somebody else's by now
            consumer.pause(partition)
            if dropped:
                consumer.seek(partition, dropped[0].offset)

        def resume() -> None:
            self._timers.discard(timer)
            with suppress(IllegalStateError):  # the same
                consumer.resume(partition)

        timer = asyncio.get_running_loop().call_later(seconds, resume)
        self._timers.add(timer)

    @staticmethod
    def _look_for_refused(trouble: _Trouble, chunk: list[Incoming], error: Exception) -> None:
        """Halve until the record is found whose outputs the broker refuses; alone, it is condemned."""
        if len(chunk) == 1:
            trouble.condemned[chunk[0].offset] = Rejected(
                f"the broker refuses what this record gives: {type(error).__name__}: too large, or a topic's name is bad"
            )
            trouble.chunk = None
        else:
            trouble.chunk = max(1, len(chunk) // 2)
            trouble.chunk_until = max(trouble.chunk_until, chunk[-1].offset)

    # --- progress ---

    async def _look_at_lag(self) -> None:
        """See whether records wait while nothing is done: the sign of a consumer that hangs."""
        seen = -1
        while True:
            await asyncio.sleep(_LAG_SECONDS)
            lag = await self._lag()
            if lag is None:
                continue
            metrics.STAGE_LAG.labels(self.stage.name).set(lag)
            if lag == 0:
                self._heart.beat()
            elif self._progress == seen:
                self._heart.wait(f"{lag} records wait")
            seen = self._progress

    async def _lag(self) -> int | None:
        """Count the records that wait in our partitions; None where it cannot be told now."""
        consumer = self._consumer
        try:
            partitions = consumer.assignment()
            if not partitions:
                return 0
            async with asyncio.timeout(_LAG_SECONDS):
                ends: Mapping[TopicPartition, int] = await consumer.end_offsets(list(partitions))
                lag = 0
                for partition, end in ends.items():
                    at = self._next.get(partition)
                    if at is None:
                        committed = await consumer.committed(partition)
                        at = committed if committed is not None else 0
                    # A transaction's marker takes the last offset: what is behind by one may be at its end.
                    position = await consumer.position(partition) if partition in self._fences else at
                    lag += max(end - max(at, min(position, end)), 0)
                return lag
        except (KafkaError, TimeoutError, IllegalStateError, OSError):
            return None


def _whole(records: Any) -> KafkaMessage:  # noqa: ANN401 - FastStream's signature
    """Take the records as they are. FastStream's own parser decodes every header and loses the batch with a bad one."""
    return KafkaMessage(body=b"", raw_message=records, consumer=None)  # type: ignore[arg-type]


async def _undecoded(message: Any) -> bytes:  # noqa: ANN401, ARG001 - FastStream's signature
    """Decode nothing: FastStream would decode each body of the batch, a third of the stage's CPU."""
    return b""
