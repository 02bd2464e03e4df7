"""What became of a reply: read where it is told, from the moment before it was sent. For a person who waits for it.

Both topics are read, the history of cases and what the department is refused: one of them has it, in the end. A reply
that is sent again may have been taken long ago, and is told once: that is looked for from the beginning. One that was
refused is judged anew, so that only what comes now counts.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from ouvidor.records import Reply
from ouvidor.settings import Settings
from ouvidor.tail import Span, tail
from ouvidor.topics import Topics
from sinks.replies.reading import object_of

__all__ = ["Outcome", "outcome_of"]

_BEFORE: Final = timedelta(minutes=1)
"""Clocks differ: that of who asks, and the broker's."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it."""

    accepted: bool
    field: str | None = None
    reason: str | None = None


async def outcome_of(reply: Reply, settings: Settings, within: timedelta, *, again: bool) -> Outcome | None:
    """Wait for what becomes of a reply that was just sent, `again` or not; None where nothing is told in time.

    Raises `OuvidorError` where the broker is away at the start.
    """
    topics = Topics(settings.kafka.prefix)
    now = reply.at - _BEFORE
    reading = (_accepted(reply, settings, topics, None if again else now), _refused(reply, settings, topics, now))
    tasks = [asyncio.ensure_future(anext(each)) for each in reading]
    try:
        done, _ = await asyncio.wait(tasks, timeout=within.total_seconds(), return_when=asyncio.FIRST_COMPLETED)
        return next((task.result() for task in done), None)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for each in reading:
            await each.aclose()


async def _accepted(
    reply: Reply, settings: Settings, topics: Topics, since: datetime | None
) -> AsyncGenerator[Outcome, None]:
    async with aclosing(_read(settings, topics.case_events, since)) as events:
        async for told in events:
            its = told.get("reply")
            if isinstance(its, dict) and its.get("id") == str(reply.id) and told.get("protocol") == reply.protocol:
                yield Outcome(accepted=True)


async def _refused(reply: Reply, settings: Settings, topics: Topics, since: datetime) -> AsyncGenerator[Outcome, None]:
    async with aclosing(_read(settings, topics.refused(reply.department), since)) as refusals:
        async for told in refusals:
            if told.get("reply") == str(reply.id):
                yield Outcome(accepted=False, field=told.get("field"), reason=told.get("reason"))


async def _read(settings: Settings, topic: str, since: datetime | None) -> AsyncGenerator[dict[str, Any], None]:
    span = Span(last=None, since=since)
    async with aclosing(tail(settings, topic, span)) as records:
        async for record in records:
            if (told := object_of(record.value)) is not None:
                yield told
