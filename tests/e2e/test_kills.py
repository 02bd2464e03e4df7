"""`kill -9` of every room and of the broker while customers write by all five channels: each is heard exactly once."""

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path

import pytest

from ouvidor.demo.standin_telegram import TelegramStandIn
from ouvidor.local.greenmail import GreenMail
from ouvidor.local.ports import free_ports
from tests.e2e.household import Household
from tests.e2e.traffic import MAILBOX, PASSWORD, TOKEN, Traffic, processes, settings

pytestmark = pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="looks for processes in /proc")

ROOMS = ("ingest", "classify", "route", "sinks")
River = tuple[Household, Callable[[int, float], Traffic]]


@pytest.fixture
async def river(tmp_path: Path) -> AsyncIterator[River]:
    """`ouvidor up` with an account of each network, and customers to let loose on it."""
    (port,) = free_ports(1)
    telegram = TelegramStandIn(TOKEN, patience=2)
    await telegram.start()
    try:
        async with GreenMail({MAILBOX: PASSWORD}) as mail:
            settings(tmp_path, http_port=port, imap_port=mail.imap_port, telegram=telegram.url)
            household = Household(tmp_path, "up")
            try:
                await asyncio.to_thread(household.ready, "everything runs")
                yield (
                    household,
                    lambda number, pause: Traffic(
                        f"http://127.0.0.1:{port}", tmp_path / "calls", mail, telegram, number, pause
                    ),
                )
            finally:
                await asyncio.to_thread(household.end)
    finally:
        await telegram.stop()


def _kill(household: Household, words: bytes) -> int:
    killed = 0
    for pid in processes(household, words):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            killed += 1
    return killed


async def _disturb(household: Household, kills: int, pause: float, broker_at: set[int], seed: int) -> int:
    """Kill a room after the other in a random order, and the broker at these turns; give how many died."""
    draw = random.Random(seed)
    died = 0
    for turn in range(kills):
        await asyncio.sleep(draw.uniform(pause / 2, pause * 1.5))
        if turn in broker_at:
            died += _kill(household, b"\0kafka.Kafka\0")
        died += _kill(household, b"\0run\0" + ROOMS[turn % 4 if turn < 4 else draw.randrange(4)].encode() + b"\0")
    return died


async def _prove(river: River, *, messages: int, seconds: float, kills: int, broker_at: set[int], seed: int) -> None:
    household, customers = river
    traffic = customers(messages, seconds / messages)
    _, died = await asyncio.gather(
        traffic.run(), _disturb(household, kills, seconds / kills, broker_at=broker_at, seed=seed)
    )
    told = household.pipeline(household.home / "kept")
    assert told is not None
    judgement = await traffic.judge(told["kafka"], within=120)
    assert judgement.faults == {}
    assert died >= kills / 2, "the kills hit nobody"


async def test_kills_of_every_room_and_of_the_broker_lose_and_double_nothing(river: River) -> None:
    await _prove(river, messages=20, seconds=10, kills=5, broker_at={2}, seed=1)


@pytest.mark.faults
@pytest.mark.parametrize("seed", [2, 3])
async def test_many_kills_lose_and_double_nothing(river: River, seed: int) -> None:
    await _prove(river, messages=400, seconds=150, kills=60, broker_at={15, 30, 45}, seed=seed)
