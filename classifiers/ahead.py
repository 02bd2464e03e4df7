"""Judging ahead: what is there of a partition is judged together, before its transaction.

Together messages take two thirds of the time that they take one by one. What was judged is kept until the stage's
function asks for it, and for no longer than until more of the partition comes; what is not kept is judged then, alone:
a message that cannot be judged must spoil no other.
"""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

import structlog

from classifiers.in_force import Seat
from classifiers.judge import Judged, portions
from classifiers.model.population import Population
from ouvidor.errors import Rejected
from ouvidor.events import INBOUND, Incoming, decode
from ouvidor.records import Message, Verdict

__all__ = ["Ahead"]

_log = structlog.get_logger(__name__)


class _Kept(NamedTuple):
    """A message that was judged."""

    message: Message
    verdict: Verdict
    known_words: float


class Ahead:
    """Who sits in the seat, judging what is there together."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat
        self._kept: dict[tuple[str, int], dict[int, _Kept]] = {}
        self.known_words = 1.0
        """Of the message that was taken last: the share of its words that training met."""

    @property
    def population(self) -> Population | None:
        """For whom the model that sits there was trained."""
        return self._seat.population

    async def prepare(self, records: Sequence[Incoming]) -> Sequence[Incoming]:
        """Judge a batch of a partition by the model that is in force now: the stage's `prepare`."""
        await self._seat.look(records)
        read = [(record.offset, message) for record in records if (message := _read(record)) is not None]
        said = [Judged.of(message) for _, message in read]
        kept = self._kept[records[0].topic, records[0].partition] = {}
        for part in portions(said):
            try:
                verdicts = self._seat.judge_all(said[part])
            except Exception as error:  # noqa: BLE001 - each of them is judged alone, and who is to blame is told then
                _log.warning("messages could not be judged together", count=len(said[part]), error=type(error).__name__)
                continue
            for (offset, message), verdict, known in zip(read[part], verdicts, self._seat.known_words, strict=True):
                kept[offset] = _Kept(message, verdict, known)
            await asyncio.sleep(0)  # heartbeats go out in between
        return records

    def take(self, record: Incoming) -> tuple[Message, Verdict]:
        """Give a record's message and its verdict. Raises `Rejected` where it cannot be read."""
        kept = self._kept.get((record.topic, record.partition), {}).pop(record.offset, None)
        if kept is not None:
            self.known_words = kept.known_words
            return kept.message, kept.verdict
        message = decode(record, Message, type=INBOUND)
        verdict = self._seat.judge(Judged.of(message))
        self.known_words = next(iter(self._seat.known_words), 1.0)
        return message, verdict


def _read(record: Incoming) -> Message | None:
    """Read a message that somebody wrote: what a machine did no model is asked about."""
    try:
        message = decode(record, Message, type=INBOUND)
    except Rejected:
        return None
    return message if message.automatic is None else None
