"""A department's feed: `async for case in Department("billing")`. How it is read is `loop.py`'s."""

import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from uuid import UUID

from ouvidor.client.broker import Broker
from ouvidor.client.case import OMBUDSMAN, Case
from ouvidor.client.ledger import Ledger, SqliteLedger, default_path
from ouvidor.client.loop import Feed, Loop
from ouvidor.client.outbox import Outbox
from ouvidor.client.reading import Unreadable
from ouvidor.client.replying import make_reply
from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.events import header
from ouvidor.kafka import reach
from ouvidor.records.reply import Refused
from ouvidor.reply_event import reply_event

__all__ = ["Department"]

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class Department:
    """`async for case in Department("billing"): …` for ever; in an `async with`, where the loop may end.

    Without `async with` the loop opens and closes it. Where a `break` or an error of its body ends the program too,
    asyncio cuts the closing short: that costs some cases more to pass over at the next start, and nothing else.

    `broker`: by default what the environment says. `ledger`: a file's path, or a `Ledger` of your own; by default a
    file among the user's state, one for each group. `group`: who shares the work; by default the feed's own name.
    `by`: who replies, where a reply does not say. `on_refused` is told of replies that were not taken, `on_unreadable`
    of records that could not be read, both before these are committed; by default they are logged (`ouvidor.client`).
    `most_open`: so many cases of a partition may be in hand before no more of it are given.

    Raises `Misconfigured` where there is no such feed or the broker refuses us, `Unavailable` where it is away.
    """

    def __init__(
        self,
        name: str,
        broker: Broker | None = None,
        *,
        ledger: Ledger | Path | str | None = None,
        group: str | None = None,
        by: str | None = None,
        on_refused: Callable[[Refused], Awaitable[None]] | None = None,
        on_unreadable: Callable[[Unreadable], Awaitable[None]] | None = None,
        most_open: int = 100,
    ) -> None:
        if not _NAME.fullmatch(name):
            raise Misconfigured(f"department: {name!r}: small letters, digits and dashes, as in the routing table")
        self.name = name
        self._broker = broker if broker is not None else Broker.from_environment()
        self._by = by or name
        prefix = self._broker.prefix
        usual = f"{prefix}department.{name}"
        group = group or usual
        self._ledger = default_path(name if group == usual else group) if ledger is None else ledger
        self._replies = f"{prefix}replies"
        self._feed = Feed(
            department=name,
            topic=f"{prefix}{OMBUDSMAN}" if name == OMBUDSMAN else f"{prefix}department.{name}",
            refused=f"{prefix}refused.{name}",
            group=group,
            most_open=most_open,
            on_refused=on_refused,
            on_unreadable=on_unreadable,
        )
        self._opened: AsyncExitStack | None = None
        self._loop: Loop | None = None
        self._outbox: Outbox | None = None

    async def __aenter__(self) -> Self:
        if self._opened is not None:
            raise Misconfigured(
                f"department {self.name}: it is open already; make another `Department` for another loop"
            )
        async with AsyncExitStack() as opening:
            await reach(self._broker)
            ledger = self._ledger
            if isinstance(ledger, Path | str):
                ledger = SqliteLedger(ledger)
                opening.callback(ledger.close)
            self._outbox = Outbox(self._broker)
            opening.push_async_callback(self._outbox.close)
            self._loop = await opening.enter_async_context(Loop(self._feed, self._broker, ledger, self._say))
            self._opened = opening.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        opened, self._opened, self._loop, self._outbox = self._opened, None, None, None
        if opened is not None:
            await opened.aclose()

    async def __aiter__(self) -> AsyncGenerator[Case, None]:
        """Give the cases, for ever."""
        async with AsyncExitStack() as ours:
            if self._opened is None:
                await ours.enter_async_context(self)
            while self._loop is not None:
                case = await self._loop.next()
                if case is not None:
                    yield case

    async def _say(self, case: Case, command: str, words: dict[str, Any], by: str | None, own: UUID | None) -> UUID:
        if self._outbox is None:
            raise Unavailable(f"department {self.name}: it is closed, and the reply was not sent")
        reply = make_reply(command, words, case=case, by=by or self._by, at=datetime.now(UTC), own=own)
        source = f"/departments/{self.name}"
        await self._outbox.send(reply_event(reply, self._replies, source, header(case.record, "traceparent")))
        return reply.id
