"""Opinions on many messages at once, bounded in time as a whole: a batch on the river waits for the last of them.

What no answer came for in time keeps its verdict. The bound is under the patience of the probes (`ouvidor/health.py`),
whatever `timeout` says: a batch that outlasts it would be begun anew for ever.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final

import structlog

from classifiers.judge import Judged
from classifiers.opinion.asking import Asking
from ouvidor import metrics
from ouvidor.records import Verdict

__all__ = ["second_many"]

_log = structlog.get_logger(__name__)
_AT_ONCE: Final = 8
"""As many as the server's connections: a question that waits for one would use its time up."""
_ROUNDS: Final = 2
_LONGEST: Final = timedelta(seconds=45)


async def second_many(
    asking: Asking, said: Sequence[Judged], before: Sequence[Verdict], *, each: timedelta
) -> list[Verdict]:
    """Give each verdict with another model's opinion, or as it was. `each`: how long one may take."""
    found = list(before)
    waiting = {at for at, verdict in enumerate(before) if asking.wants(said[at], verdict)}
    slots = asyncio.Semaphore(_AT_ONCE)

    async def ask(at: int) -> None:
        async with slots:
            try:
                found[at] = await asking.second(said[at], before[at])
            except Exception as error:  # noqa: BLE001 - whatever it was, the verdict stands without an opinion
                _log.warning("no opinion", error=type(error).__name__)
            waiting.discard(at)

    with suppress(TimeoutError):
        async with asyncio.timeout(min(_ROUNDS * each, _LONGEST).total_seconds()), asyncio.TaskGroup() as group:
            for at in list(waiting):
                group.create_task(ask(at))
    if waiting:
        metrics.OPINIONS.labels("late").inc(len(waiting))
    return found
