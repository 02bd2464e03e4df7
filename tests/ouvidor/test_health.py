"""Alive is who makes progress or has nothing to do; ready is who has once succeeded."""

import json
import socket
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession
from prometheus_client.parser import text_string_to_metric_families

from ouvidor.errors import Misconfigured
from ouvidor.health import Heart, Pulse
from ouvidor.health_server import serve
from ouvidor.settings import Telemetry


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_service_without_work_stays_alive_for_ever():
    clock = Clock()
    heart = Heart("route", clock=clock)
    clock.now += 10_000
    assert heart.alive


def test_a_service_with_work_and_no_progress_dies_after_its_patience():
    clock = Clock()
    heart = Heart("route", clock=clock)
    heart.wait("broker is away")
    clock.now += heart.patience.total_seconds() - 1
    assert heart.alive
    clock.now += 1
    assert not heart.alive
    assert heart.trouble == "broker is away"


def test_waiting_counts_from_its_beginning_however_often_it_is_told():
    clock = Clock()
    heart = Heart("route", clock=clock)
    for _ in range(10):
        heart.wait()
        clock.now += 10
    assert not heart.alive


def test_progress_brings_a_service_back_and_clears_its_trouble():
    clock = Clock()
    heart = Heart("route", clock=clock)
    heart.wait("broker is away")
    clock.now += 1000
    heart.beat()
    assert heart.alive
    assert heart.ready
    assert heart.trouble is None


def test_a_process_is_ready_when_all_its_services_are_and_there_is_one():
    pulse = Pulse()
    assert not pulse.ready
    one, two = pulse.heart("route"), pulse.heart("sinks")
    one.beat()
    assert not pulse.ready
    two.beat()
    assert pulse.ready


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as client:
        yield client


async def test_probes_tell_each_service_and_its_trouble(session: ClientSession):
    pulse = Pulse()
    clock = Clock()
    heart = Heart("route", clock=clock)
    pulse.hearts.append(heart)
    async with serve(pulse, Telemetry(port=0)) as port:
        url = f"http://127.0.0.1:{port}"
        alive, ready = await session.get(f"{url}/livez"), await session.get(f"{url}/readyz")
        assert (alive.status, ready.status) == (200, 503)
        heart.beat()
        assert (await session.get(f"{url}/readyz")).status == 200
        heart.wait("broker is away")
        clock.now += heart.patience.total_seconds()

        dead = await session.get(f"{url}/livez")

        assert dead.status == 503
        assert json.loads(await dead.text()) == {
            "alive": False,
            "ready": True,
            "services": [{"name": "route", "ready": True, "alive": False, "trouble": "broker is away"}],
        }


@pytest.mark.parametrize("accept", ["text/plain", "application/openmetrics-text; version=1.0.0"])
async def test_metrics_tell_whether_the_process_is_ready(session: ClientSession, accept: str):
    pulse = Pulse()
    heart = pulse.heart("route")
    async with serve(pulse, Telemetry(port=0)) as port:

        async def value(name: str) -> float:
            answer = await session.get(f"http://127.0.0.1:{port}/metrics", headers={"Accept": accept})
            assert answer.headers["Content-Type"].startswith(accept.partition(";")[0])
            text = (await answer.text()).replace("# EOF\n", "")
            return next(f.samples[0].value for f in text_string_to_metric_families(text) if f.name == name)

        assert await value("ouvidor_process_ready") == 0
        heart.beat()
        assert await value("ouvidor_process_ready") == 1
        assert await value("ouvidor_process_alive") == 1


async def test_without_a_port_nothing_listens():
    async with serve(Pulse(), Telemetry()) as port:
        assert port is None


async def test_a_port_that_is_taken_is_a_setting_at_fault():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Misconfigured, match=rf"telemetry\.port: cannot listen on 127\.0\.0\.1:{port}"):
            async with serve(Pulse(), Telemetry(port=port)):
                pass


async def test_the_port_is_free_again_when_the_context_ends():
    async with serve(Pulse(), Telemetry(port=0)) as port:
        pass
    async with serve(Pulse(), Telemetry(port=port)) as again:
        assert again == port
