"""Recorded traffic: what stands in `classified`, from a moment on or of one protocol.

A protocol number begins with the day of receipt, so the topic is read from there on, not from its beginning; it is
found by the record's header, and no other customer's words are read on the way.
"""

import re
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Final

from ouvidor.errors import Rejected
from ouvidor.events import CLASSIFIED, Incoming, decode, header
from ouvidor.protocol import written_after
from ouvidor.records import Classified
from ouvidor.settings import Settings
from ouvidor.tail import Span, tail

__all__ = ["of_protocol", "read_span", "since"]

Progress = Callable[[int, int], None]

_SPAN: Final = re.compile(r"([1-9]\d{0,3}) ?(d|h|min)")
_UNITS: Final = {"d": timedelta(days=1), "h": timedelta(hours=1), "min": timedelta(minutes=1)}


def read_span(words: str) -> timedelta:
    """Read `7d`, `24h`, `90min`. Raises `Rejected`."""
    if not (match := _SPAN.fullmatch(words.strip())):
        raise Rejected(f"--since {words}: a span is expected, such as 7d, 24h or 90min")
    return int(match[1]) * _UNITS[match[2]]


async def since(settings: Settings, moment: datetime, progress: Progress) -> AsyncGenerator[Classified | None, None]:
    """Give what was classified from a moment on, up to now; None for a record that is no verdict."""
    async with aclosing(tail(settings, "classified", Span(since=moment, follow=False), progress)) as records:
        async for record in records:
            yield _read(record)


async def of_protocol(settings: Settings, protocol: str, progress: Progress) -> Classified | None:
    """Find a message by its protocol number; None where it is not in the topic (any more)."""
    span = Span(since=written_after(protocol), follow=False)
    async with aclosing(tail(settings, "classified", span, progress)) as records:
        async for record in records:
            if header(record, "ce_subject") == protocol and (found := _read(record)) is not None:
                return found
    return None


def _read(record: Incoming) -> Classified | None:
    """Read a record; what the router made a dead letter is none of ours."""
    try:
        return decode(record, Classified, type=CLASSIFIED)
    except Rejected:
        return None
