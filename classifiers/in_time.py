"""Judging in time: before a stage's transaction, in a thread, and no more than fits into a share of the session.

Heartbeats go out meanwhile, a stop is heard, what is done is committed; the records that are left are asked for again.
"""

import asyncio
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Final, TypeVar

from classifiers.judge import Judged
from classifiers.lanes import Judge
from ouvidor.events import Incoming
from ouvidor.records import Verdict
from ouvidor.settings import Kafka

__all__ = ["each_judged", "first_in_time", "time_of"]

_AT_ONCE: Final = 16
"""Messages: enough to put those of like length together, few enough for a stop to be heard."""
_SHARE_OF_SESSION: Final = 0.25

T = TypeVar("T")


def time_of(kafka: Kafka) -> float:
    """Give the seconds that judging may take of a partition's batch."""
    return kafka.session_timeout.total_seconds() * _SHARE_OF_SESSION


async def first_in_time(
    records: Sequence[Incoming], judge: Callable[[Sequence[Incoming]], Sequence[T]], within: float, turn: asyncio.Lock
) -> list[T]:
    """Judge the first of the records, as many as there is time for; some in any case.

    `turn`: partitions take turns, as two threads would only share the core.
    """
    until = monotonic() + within
    found: list[T] = []
    while len(found) < len(records) and (not found or monotonic() < until):
        some = records[len(found) : len(found) + _AT_ONCE]
        async with turn:
            found += await asyncio.to_thread(judge, some)
    return found


def each_judged(judge: Judge, said: Sequence[Judged], failed: Callable[[Exception, int], None]) -> list[Verdict | None]:
    """Judge many together; None for one that cannot be judged, which spoils no other.

    `failed` is told of each failure, and of how many messages: of those of many together, too.
    """
    if not said:
        return []
    try:
        return list(judge(said))
    except Exception as error:  # noqa: BLE001 - whatever it was, each of them is judged alone
        failed(error, len(said))
        if len(said) == 1:
            return [None]
    return [verdict for one in said for verdict in each_judged(judge, [one], failed)]
