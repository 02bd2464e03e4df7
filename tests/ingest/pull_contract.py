"""What every network that is asked promises beside `AdapterContract`: nothing lost and nothing twice, killed or not.

A real broker, a stand-in of the network, and the poller as a process of its own that is killed in the middle of its
work (`kill -9`), at moments that a seed draws.
"""

import asyncio
import itertools
import json
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest

from ingest import pull
from ingest.stage import services
from ouvidor.events import header
from ouvidor.health import Heart
from ouvidor.local.kafka import LocalKafka
from ouvidor.service import Task
from ouvidor.settings import Settings
from ouvidor.topics import Topics
from tests.ingest.river import arrived, committed, make_topics, own_river, running, until, watching

KILLS = 3
_SECONDS_BETWEEN = 0.02


class World(Protocol):
    """A network's stand-in."""

    account: dict[str, Any]
    """The account's settings that lead to it."""

    def say(self, number: int) -> None:
        """Let a customer say something, different for each number."""

    def break_(self) -> None:
        """Let it refuse us as it does when a setting is wrong (a token revoked, a folder away)."""

    def mend(self) -> None:
        """Let it be well again."""


class PullContract:
    """Killed in between, cut off, broken and mended."""

    def world(self, where: Path) -> AbstractAsyncContextManager[World]:
        """Open a stand-in of the network; `where` is a folder of this test."""
        raise NotImplementedError

    @pytest.fixture
    async def settings(self, kafka: LocalKafka, tmp_path: Path) -> Settings:
        settings = Settings(kafka=own_river(kafka.bootstrap), data=tmp_path / "var")
        await make_topics(settings)
        return settings

    async def test_each_item_is_published_once_though_the_poller_is_killed_in_between(
        self, settings: Settings, tmp_path: Path
    ):
        draw = random.Random(20261120)
        topic = Topics(settings.kafka.prefix).originals
        async with self.world(tmp_path / "world") as world, watching(settings, topic) as watch:
            config = _written(settings, world, tmp_path)
            name = f"{world.account['network']}.{world.account['account']}"
            enough = asyncio.Event()
            saying = asyncio.create_task(_say(world, enough))
            try:
                for _ in range(KILLS):
                    async with _process(config, name) as process:
                        await watch.at_least(len(await watch.to_the_end()) + 1)
                        await asyncio.sleep(draw.uniform(0, 0.3))
                        process.send_signal(signal.SIGKILL)
                enough.set()
                said = await saying
                async with _process(config, name):
                    await watch.at_least(said)
            finally:
                saying.cancel()
            found = Counter(header(record, "ce_id") for record in await watch.to_the_end())
        twice = {each: times for each, times in found.items() if times > 1}
        assert (len(found), twice) == (said, {})

    async def test_a_poller_that_was_frozen_while_another_took_the_account_publishes_nothing_again(
        self, settings: Settings, tmp_path: Path
    ):
        topic = Topics(settings.kafka.prefix).originals
        async with self.world(tmp_path / "world") as world, watching(settings, topic) as watch:
            config = _written(settings, world, tmp_path)
            name = f"{world.account['network']}.{world.account['account']}"
            enough = asyncio.Event()
            saying = asyncio.create_task(_say(world, enough))
            try:
                async with _process(config, name) as frozen:
                    await watch.at_least(20)
                    frozen.send_signal(signal.SIGSTOP)
                    async with _process(config, name):
                        await watch.at_least(len(await watch.to_the_end()) + 20)
                        frozen.send_signal(signal.SIGCONT)
                        await watch.at_least(len(await watch.to_the_end()) + 50)
                        enough.set()
                        said = await saying
                        await watch.at_least(said)
            finally:
                saying.cancel()
            found = Counter(header(record, "ce_id") for record in await watch.to_the_end())
        twice = {each: times for each, times in found.items() if times > 1}
        assert (len(found), twice) == (said, {})

    async def test_what_was_said_while_the_network_refused_us_is_fetched_after_it_is_mended(
        self, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(pull, "_MISCONFIGURED", pull._IDLE)
        topic = Topics(settings.kafka.prefix).originals
        async with self.world(tmp_path / "world") as world:
            [task] = [
                each
                for each in services(settings.model_copy(update={"ingest": _ingest(settings, world)}))
                if isinstance(each, Task)
            ]
            heart = Heart(task.name)
            async with running(asyncio.ensure_future(task.run(heart))):
                world.say(1)
                await until(lambda: heart.ready)
                world.break_()
                await until(lambda: heart.trouble is not None)
                world.say(2)
                world.mend()
                world.say(3)
                await until(lambda: heart.trouble is None)
                await arrived(settings, topic, 3)
        found = await committed(settings, topic)
        assert len({header(record, "ce_id") for record in found}) == len(found) == 3


def _ingest(settings: Settings, world: World) -> Any:  # noqa: ANN401 - the section's type is the settings' own
    return settings.ingest.model_copy(update={"accounts": (world.account,)})


def _written(settings: Settings, world: World, where: Path) -> Path:
    file = where / "ouvidor.yaml"
    given = {
        "kafka": json.loads(settings.kafka.model_dump_json(exclude_none=True)),
        "data": str(settings.data),
        "ingest": {"accounts": [world.account]},
    }
    file.write_text(json.dumps(given))  # JSON is YAML
    return file


async def _say(world: World, enough: asyncio.Event) -> int:
    for number in itertools.count():
        if enough.is_set():
            return number
        world.say(number)
        await asyncio.sleep(_SECONDS_BETWEEN)
    raise AssertionError


@asynccontextmanager
async def _process(config: Path, name: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.ingest.poll", str(config), name, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
