"""A process whose broker is away waits for it, and says so: it is not ready, and needs no new start."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from ouvidor.errors import Misconfigured
from ouvidor.events import Incoming, Output
from ouvidor.health import Heart
from ouvidor.local.ports import free_ports
from ouvidor.process import _start, run_services
from ouvidor.service import Memory, Stage
from ouvidor.settings import Settings
from ouvidor.stage import StageRunner


def _give(record: Incoming, memory: Memory) -> list[Output]:
    return []


async def test_a_stage_that_waits_for_its_broker_to_start_is_alive(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    settings = Settings.model_validate({"kafka": {"bootstrap": f"127.0.0.1:{port}"}, "data": str(tmp_path)})
    heart = Heart("route", patience=timedelta(0))
    stage = Stage(name="route", function=_give, topics=("classified",))
    runner = StageRunner(stage, settings, heart, instance="one", on_misconfigured=lambda _: None)

    starting = asyncio.create_task(_start(runner, heart, asyncio.Event(), pytest.fail))
    async with asyncio.timeout(60):
        while heart.trouble is None:  # noqa: ASYNC110 - a heart sets no event
            await asyncio.sleep(0.02)
    assert heart.alive
    assert not heart.ready

    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)
    await runner.stop()


async def test_a_stage_that_lacks_what_it_must_read_first_ends_the_process(tmp_path: Path) -> None:
    async def no_model() -> None:
        raise Misconfigured("no model is there")

    stage = Stage(name="doubt", function=_give, topics=("doubtful",), open=no_model)
    async with asyncio.timeout(60):
        with pytest.raises(Misconfigured, match="no model is there"):
            await run_services(Settings(data=tmp_path), [stage], instance="one")
