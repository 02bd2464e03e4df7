"""What becomes of a batch of records: outputs, deeds, dead letters. Nothing here touches Kafka.

A record's outputs count all together or not at all: where the function fails half-way, what it gave before is dropped
and the record becomes a dead letter. The words of an error that nobody foresaw are left out, since they may quote the
customer; its class and place tell ops enough, and the record itself is in the dead letter.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import takewhile
from time import perf_counter
from traceback import extract_tb

from ouvidor.errors import Misconfigured, Rejected, Unavailable
from ouvidor.events import DEAD_LETTERED, Incoming, Output, encode, event_id, header
from ouvidor.memory import PartitionMemory, Untold
from ouvidor.records.dead_letter import DeadLetter, DeadLetterCase
from ouvidor.service import Deed, Function
from ouvidor.topics import Topics
from ouvidor.version import VERSION

__all__ = ["Condemned", "DeadLetters", "Worked", "describe", "first_ready", "work"]

_BREATH_SECONDS = 0.05
_NAMESPACE = "c2c5a4b8-31a5-5a6e-8a2f-646561646c74"
_LAST_SECOND = 253_402_128_000  # of the year 9999, the last that a record holds


@dataclass(frozen=True, slots=True)
class Condemned:
    """A record that will not go, found to be so only after its function had worked it."""

    why: Rejected
    whole: bool = True
    """Does its dead letter hold its bytes? Not where the broker refuses that one too."""


@dataclass(slots=True)
class Worked:
    """What came of a batch."""

    outputs: list[Output] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    done: int = 0
    """How many records, from the first on, are finished with."""
    dead: int = 0
    held: Unavailable | None = None
    """Why the next record must wait; None where it need not."""


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """How a stage writes its dead letters."""

    stage: str
    topics: Topics
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def outputs(self, record: Incoming, error: Exception, attempts: int, *, whole: bool = True) -> list[Output]:
        """Give the dead letter, and the case that a person takes (none for what came from the ombudsman's queue)."""
        where = event_id(_NAMESPACE, f"{self.stage}/{record.topic}/{record.partition}/{record.offset}")
        moment = self.clock()
        name, reason = type(error).__name__, describe(error)
        if not whole:
            reason += "; its bytes stay at its place: the dead letter would be too large with them"
        protocol = header(record, "ce_subject")
        letter = DeadLetter(
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            timestamp=datetime.fromtimestamp(min(max(record.timestamp / 1000, 0), _LAST_SECOND), UTC),
            key=record.key if whole else None,
            value=record.value if whole else None,
            headers=tuple((key, value) for key, value in record.headers) if whole else (),
            error=name,
            reason=reason,
            stage=self.stage,
            version=VERSION,
            attempts=attempts,
        )
        key = protocol or str(where)
        source = f"/stages/{self.stage}"
        found = [
            encode(
                letter,
                topic=self.topics.dead_letter,
                key=key,
                id=where,
                type=DEAD_LETTERED,
                source=source,
                time=moment,
                subject=protocol,
                cause=record,
            )
        ]
        if record.topic != self.topics.ombudsman:
            case = DeadLetterCase(
                protocol=protocol,
                stage=self.stage,
                topic=record.topic,
                partition=record.partition,
                offset=record.offset,
                error=name,
                reason=reason,
            )
            found.append(
                encode(
                    case,
                    topic=self.topics.ombudsman,
                    key=key,
                    id=event_id(where, "case"),
                    type=DEAD_LETTERED,
                    source=source,
                    time=moment,
                    subject=protocol,
                    cause=record,
                )
            )
        return found


def describe(error: Exception) -> str:
    """Say what went wrong: our own errors' words, or the place of one that nobody foresaw."""
    if isinstance(error, Rejected):
        return str(error)
    frames = extract_tb(error.__traceback__)
    place = f" in {frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else ""
    return f"unforeseen {type(error).__name__}{place} (its words are left out: they may quote the customer)"


def first_ready(
    records: Sequence[Incoming], asked: Sequence[Incoming], given: Sequence[Incoming]
) -> list[Incoming] | None:
    """Put what was prepared in its place: the records up to the first one that is left for later.

    `asked` are those of the records that were to be prepared, `given` what came of the first ones of them, one at
    least; None where it is anything else.
    """
    offsets = [record.offset for record in asked]
    if not given or [record.offset for record in given] != offsets[: len(given)]:
        return None
    prepared = {record.offset: record for record in given}
    left = set(offsets[len(given) :])
    ready = takewhile(lambda record: record.offset not in left, records)
    return [prepared.get(record.offset, record) for record in ready]


async def work(
    function: Function,
    records: Sequence[Incoming],
    memory: PartitionMemory | Untold,
    dead_letters: DeadLetters,
    *,
    condemned: Mapping[int, Condemned],
    tries: Callable[[int], int],
    within: float,
) -> Worked:
    """Put a batch through a stage's function, or as much as is done `within` so many seconds, one record at least.

    `condemned` has the offsets whose outputs the broker will never take, and why; `tries` tells how often an offset
    was tried before. Raises `Misconfigured` where the function does.
    """
    found = Worked()
    began = breath = perf_counter()
    for record in records:
        mark = memory.mark()
        verdict = condemned.get(record.offset)
        try:
            given = _given(function, record, memory, verdict)
        except Unavailable as error:
            memory.undo(mark)
            found.held = error
            break
        except Misconfigured:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was, the others pass and a person takes this one
            memory.undo(mark)
            whole = verdict is None or verdict.whole
            found.outputs.extend(dead_letters.outputs(record, error, tries(record.offset) + 1, whole=whole))
            found.dead += 1
        else:
            for each in given:
                if isinstance(each, Output):
                    found.outputs.append(each)
                else:
                    found.deeds.append(each)
        found.done += 1
        now = perf_counter()
        if now - began >= within:
            break  # before the breath: what is done is committed before anybody can take the partition away
        if now - breath > _BREATH_SECONDS:
            await asyncio.sleep(0)  # heartbeats of the group go out in between
            breath = perf_counter()
    return found


def _given(
    function: Function, record: Incoming, memory: PartitionMemory | Untold, verdict: Condemned | None
) -> list[Output | Deed]:
    if verdict is not None:
        raise verdict.why
    return list(function(record, memory))
