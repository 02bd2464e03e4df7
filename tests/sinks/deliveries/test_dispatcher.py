"""The dispatcher on a real store, with receivers on the loopback and a clock that the test turns."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from ouvidor.errors import Unavailable
from ouvidor.health import Heart
from ouvidor.metrics import REGISTRY
from ouvidor.settings import Settings
from sinks.deliveries.catalogue import destinations
from sinks.deliveries.dispatcher import Dispatcher
from sinks.deliveries.engine import address
from sinks.deliveries.rows import Row
from sinks.deliveries.store import Store
from sinks.deliveries.tables import State, deliveries
from tests.ingest.river import until
from tests.sinks.deliveries.events import HOUR, MINUTE, NOW, SECOND, row
from tests.sinks.webhook.receiver import SECRET, Panel

LEASE = 35 * SECOND
"""Of a destination whose tries may take two seconds."""


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class House:
    """A store, a dispatcher and its receivers."""

    def __init__(self, path: Path, panels: dict[str, Panel], **more: object) -> None:
        given = [
            {"sink": "webhook", "name": name, "department": "lamps", "url": panel.url, "secret": SECRET}
            | {"in_the_clear": True, "timeout": 20}
            | more
            for name, panel in panels.items()
        ]
        self.settings = Settings(data=path, deliveries={"destinations": given, "allow": ["127.0.0.0/8"]})  # type: ignore[arg-type]
        self.clock = Clock()
        self.store = Store(address(self.settings))
        self.dispatcher = self.another()

    def another(self) -> Dispatcher:
        known = {its.name: (sink, its) for sink, its in destinations(self.settings)}
        return Dispatcher(self.store, self.settings, known, now=self.clock, chance=lambda: 0.0)

    def add(self, rows: Iterable[Row]) -> None:
        self.store.add(rows, self.clock.now)

    async def work(self) -> None:
        """Turn until nothing is due."""
        while await self.dispatcher.turn():
            await self.dispatcher.idle()
        await self.dispatcher.turn()

    async def until(self, hours: float) -> None:
        """Let hours pass, a turn each ten minutes and whenever something is due."""
        end = self.clock.now + timedelta(hours=hours)
        while self.clock.now < end:
            await self.work()
            with self.store.engine.connect() as connection:
                due = connection.execute(
                    select(deliveries.c.next_try).where(deliveries.c.state == State.WAITING).order_by("next_try")
                ).scalars()
                ahead = [each for each in due if each > self.clock.now]
            self.clock.now = min([*ahead, self.clock.now + 10 * MINUTE, end])
        await self.work()

    def rows(self) -> list[tuple[str, int, int | None]]:
        with self.store.engine.connect() as connection:
            asked = select(deliveries.c.state, deliveries.c.tries, deliveries.c.status).order_by(deliveries.c.place)
            return [tuple(each) for each in connection.execute(asked)]


@asynccontextmanager
async def house(path: Path, panels: dict[str, Panel], **more: object) -> AsyncIterator[House]:
    for panel in panels.values():
        panel.secrets = []  # the tests' clock is not the day's
    it = House(path, panels, **more)
    async with AsyncExitStack() as stack:
        await it.dispatcher.open(stack)
        yield it
        await it.dispatcher.idle()
    it.store.close()


async def test_what_is_added_is_delivered_once(tmp_path: Path, panel: Panel):
    async with house(tmp_path, {"panel": panel}) as it:
        it.add(row(number) for number in range(20))
        await it.work()
        it.add(row(number) for number in range(20))
        await it.work()
        assert [found for found, _ in await panel.taken()] == [row(number).id for number in range(20)]
        assert it.rows() == [("delivered", 1, 204)] * 20


async def test_a_destination_that_is_down_for_three_days_loses_nothing(tmp_path: Path, panel: Panel):
    async with house(tmp_path, {"panel": panel}) as it:
        it.add(row(number) for number in range(3))
        await panel.do("be away")
        await it.until(74)
        assert {(state, status) for state, _, status in it.rows()} == {("waiting", None)}
        await panel.do("take")
        await it.until(3)
        assert {found for found, _ in await panel.taken()} == {row(number).id for number in range(3)}
        assert it.rows() == [("delivered", 10, 204)] * 3


async def test_after_ten_tries_over_76_hours_a_person_has_to_look(tmp_path: Path, panel: Panel):
    async with house(tmp_path, {"panel": panel}) as it:
        it.add([row(1)])
        await panel.do("fail")
        await it.until(76)
        assert it.rows() == [("waiting", 9, 500)]
        await it.until(0.01)
        assert it.rows() == [("failed", 10, 500)]


async def test_one_that_is_slow_holds_nothing_else_up(tmp_path: Path, panel: Panel):
    slow = Panel()
    await slow.start()
    try:
        async with house(tmp_path, {"slow": slow, "panel": panel}, at_once=2) as it:
            it.add(row(number, "slow") for number in range(10))
            it.add(row(number) for number in range(10))
            await slow.do("be slow")
            async with asyncio.timeout(60):
                while len(panel.requests) < 10:
                    await it.dispatcher.turn()
                    await asyncio.sleep(0)
            assert len(it.dispatcher._hands["slow"].tries) == 2
            await slow.do("take")
            await it.dispatcher.idle()
            await it.work()
            assert len(slow.requests) == 10
    finally:
        await slow.stop()


async def test_one_that_is_gone_is_disabled_and_its_rows_wait_untried(tmp_path: Path, panel: Panel):
    async with house(tmp_path, {"panel": panel}, at_once=1) as it:
        it.add(row(number) for number in range(5))
        await panel.do("be gone")
        await it.work()
        assert it.store.disabled() == {"panel": "410 Gone"}
        assert {(state, tries) for state, tries, _ in it.rows()} == {("waiting", 0)}
        await panel.do("take")
        await it.until(100)
        assert panel.requests == []


async def test_one_that_asks_to_be_left_alone_is_for_that_long(tmp_path: Path, panel: Panel):
    async with house(tmp_path, {"panel": panel}, at_once=1) as it:
        it.add(row(number) for number in range(5))
        await panel.do("be busy")  # Retry-After: 7
        await it.work()
        assert [tries for _, tries, _ in it.rows()] == [1, 0, 0, 0, 0]
        await panel.do("take")
        it.clock.now += 6 * SECOND
        await it.work()
        assert panel.requests == []
        it.clock.now += 2 * SECOND
        await it.work()
        assert len(panel.requests) == 5


async def test_in_order_the_next_of_a_protocol_waits_for_the_former(tmp_path: Path, panel: Panel):
    async with house(tmp_path, {"panel": panel}, ordered=True) as it:
        await panel.do("fail")
        it.add([row(1, protocol="20261123-A"), row(2, protocol="20261123-A")])
        await it.work()
        await panel.do("take")
        it.add([row(3, protocol="20261123-A"), row(4, protocol="20261123-B")])
        await it.work()
        assert [found for found, _ in await panel.taken()] == [row(4).id]
        it.clock.now += MINUTE
        await it.work()
        assert [found for found, _ in await panel.taken()] == [row(number).id for number in (4, 1, 2, 3)]


async def test_what_was_in_hand_of_a_process_that_died_is_tried_by_the_next(tmp_path: Path, panel: Panel):
    async with house(tmp_path, {"panel": panel}) as it:
        it.add([row(1)])
        await panel.do("be slow")
        await it.dispatcher.turn()
        await until(lambda: it.rows() == [("waiting", 1, None)])
        other = it.another()  # what the dead one had learnt is in the store alone
        async with AsyncExitStack() as stack:
            await other.open(stack)
            assert await other.turn() == 0
            it.clock.now += LEASE
            assert await other.turn() == 1
            await panel.do("take")
            await other.idle()
            await other.turn()
        assert {found for found, _ in await panel.taken()} == {row(1).id}
        assert it.rows() == [("delivered", 2, 204)]


async def test_told_to_stop_it_gives_back_what_it_has_in_hand_as_if_untried(
    tmp_path: Path, panel: Panel, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("sinks.deliveries.dispatcher._LEAVE_SECONDS", 0.1)
    async with house(tmp_path, {"panel": panel}) as it:
        it.add([row(1)])
        await panel.do("be slow")
        running = asyncio.create_task(it.another().run(Heart("dispatcher")))
        await until(lambda: it.rows() == [("waiting", 1, None)])
        await asyncio.sleep(0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert it.rows() == [("waiting", 0, None)]


async def test_while_the_store_is_away_what_was_delivered_stays_known(
    tmp_path: Path, panel: Panel, monkeypatch: pytest.MonkeyPatch
):
    async with house(tmp_path, {"panel": panel}) as it:
        it.add([row(1)])
        await it.dispatcher.turn()
        await it.dispatcher.idle()
        with monkeypatch.context() as away:

            def fail(*_: object) -> None:
                raise Unavailable("the disk is full")

            away.setattr(it.store, "turn", fail)
            with pytest.raises(Unavailable):
                await it.dispatcher.turn()
        it.clock.now += LEASE
        await it.work()
        assert it.rows() == [("delivered", 1, 204)]
        assert len(panel.requests) == 1


async def test_what_waits_is_counted_for_the_watch(tmp_path: Path, panel: Panel):
    async with house(tmp_path, {"panel": panel}) as it:
        it.add(row(number) for number in range(3))
        await panel.do("fail")
        await it.work()
        it.clock.now += HOUR
        await it.dispatcher._tidy()

        def metric(name: str, **labels: str) -> float | None:
            return REGISTRY.get_sample_value(name, {"destination": "panel", **labels})

        assert metric("ouvidor_deliveries", state="waiting") == 3
        assert metric("ouvidor_deliveries_oldest_waiting_seconds") == 3600
        assert metric("ouvidor_destination_disabled") == 0
        assert (metric("ouvidor_delivery_tries_total", outcome="again") or 0) >= 3


async def test_what_is_in_hand_is_not_begun_again_where_the_clock_leaps(tmp_path: Path, panel: Panel):
    """A machine that slept, or whose clock was set, finds every lease ended while its tries still go on."""
    async with house(tmp_path, {"panel": panel}) as it:
        await panel.do("be slow")
        it.add([row(1)])
        assert await it.dispatcher.turn() == 1
        it.clock.now += 7 * MINUTE
        assert await it.dispatcher.turn() == 0
        await panel.do("take")
        await it.dispatcher.idle()
        assert await it.dispatcher.turn() == 0
        assert [found for found, _ in await panel.taken()] == [row(1).id]
        assert it.rows() == [("delivered", 1, 204)]
