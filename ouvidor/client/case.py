"""A case as a department's program has it in hand: what it says, and what may be done about it.

Replies go out when they are called, and are durable when the call returns; whether they are taken is told later, on the
department's own topic (`Department`'s `on_refused`). Nothing but `ack` says that the work is done.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from ouvidor.events import Incoming
from ouvidor.records.dispatch import Dispatch, Dispatched
from ouvidor.records.message import Message
from ouvidor.records.verdict import Verdict

__all__ = ["OMBUDSMAN", "Case"]

OMBUDSMAN: Final = "ombudsman"
"""Who sees what is owned by others, and may reply to all of it."""

Say = Callable[["Case", str, dict[str, Any], str | None, UUID | None], Awaitable[UUID]]


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A message that is this department's, or that it is informed of."""

    id: str
    """The event's id: what the ledger knows it by."""
    department: str
    data: Dispatched = field(repr=False)
    record: Incoming = field(repr=False)
    """As it came: `record.value` has also what this client does not know."""
    _ack: Callable[["Case"], Awaitable[None]] = field(repr=False)
    _say: Say = field(repr=False)

    @property
    def protocol(self) -> str:
        """The number that the customer has."""
        return self.data.message.protocol

    @property
    def message(self) -> Message:
        """What the customer said."""
        return self.data.message

    @property
    def verdict(self) -> Verdict:
        """How it was judged."""
        return self.data.verdict

    @property
    def dispatch(self) -> Dispatch:
        """Whose it is, and until when."""
        return self.data.dispatch

    @property
    def ours(self) -> bool:
        """May this department reply? Its owner may, who works on it with the owner, and for whom a deputy stands in."""
        told = self.dispatch
        team = () if told.team is None else (told.team.lead, *told.team.members)
        return self.department in {OMBUDSMAN, told.owner, told.deputy_for, *team}

    async def ack(self) -> None:
        """Say that the work is done: durable when this returns. Until then the case comes again at the next start."""
        await self._ack(self)

    async def answer(
        self,
        text: str,
        *,
        measures: str | None = None,
        final: bool = True,
        by: str | None = None,
        reply_id: UUID | None = None,
    ) -> UUID:
        """Answer the customer. `final=False`: more follows. Gives the reply's id.

        This and the others raise `Rejected` where a field is at fault, `Unavailable` where the broker is away.
        """
        return await self._say(self, "answer", {"text": text, "measures": measures, "final": final}, by, reply_id)

    async def hand_back(
        self, reason: str, *, proposed: str | None = None, by: str | None = None, reply_id: UUID | None = None
    ) -> UUID:
        """Say that it is another's; in three words or more, why."""
        return await self._say(self, "hand-back", {"reason": reason, "proposed": proposed}, by, reply_id)

    async def ask_customer(self, question: str, *, by: str | None = None, reply_id: UUID | None = None) -> UUID:
        """Ask the customer something first."""
        return await self._say(self, "ask-customer", {"question": question}, by, reply_id)

    async def extend(self, reason: str, *, by: str | None = None, reply_id: UUID | None = None) -> UUID:
        """Ask for more time: once, and where the case's clock gives it."""
        return await self._say(self, "extend", {"reason": reason}, by, reply_id)

    async def propose_closing(self, measures: str, *, by: str | None = None, reply_id: UUID | None = None) -> UUID:
        """Hold the matter for settled, by what was done about it."""
        return await self._say(self, "propose-closing", {"measures": measures}, by, reply_id)
