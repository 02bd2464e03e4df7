"""What systemd hears, on a real datagram socket."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ouvidor.health import Heart, Pulse
from ouvidor.notify import Notifier, attend


class Systemd:
    """Listens where systemd would."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(address.replace("@", "\0", 1))
        self.socket.setblocking(False)

    async def hear(self) -> str:
        async with asyncio.timeout(60):
            return (await asyncio.get_running_loop().sock_recv(self.socket, 4096)).decode()

    def hear_what_there_is(self) -> list[str]:
        found = []
        with suppress(BlockingIOError):
            while True:
                found.append(self.socket.recv(4096).decode())
        return found


@pytest.fixture(params=["path", "abstract"])
def systemd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Systemd]:
    listening = Systemd(str(tmp_path / "notify") if request.param == "path" else f"@ouvidor-test-{os.getpid()}")
    yield listening
    listening.socket.close()


@asynccontextmanager
async def attending(pulse: Pulse, notifier: Notifier) -> AsyncIterator[None]:
    task = asyncio.create_task(attend(pulse, notifier, timedelta(milliseconds=5)))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_ready_is_told_once_all_services_are_ready(systemd: Systemd):
    pulse = Pulse()
    heart = pulse.heart("route")
    async with attending(pulse, Notifier(systemd.address)):
        await asyncio.sleep(0.03)
        assert systemd.hear_what_there_is() == []
        heart.beat()
        assert await systemd.hear() == "READY=1\nSTATUS=Ready"
        await asyncio.sleep(0.03)
        assert systemd.hear_what_there_is() == []


async def test_the_watchdog_is_fed_while_there_is_progress_and_not_longer(systemd: Systemd):
    now = [0.0]
    heart = Heart("route", clock=lambda: now[0])
    pulse = Pulse([heart])
    async with attending(pulse, Notifier(systemd.address, watchdog=timedelta(seconds=1))):
        assert await systemd.hear() == "WATCHDOG=1"
        heart.wait()
        now[0] = heart.patience.total_seconds()
        await asyncio.sleep(0.02)  # what was under way has arrived
        systemd.hear_what_there_is()
        await asyncio.sleep(0.05)
        assert systemd.hear_what_there_is() == []
        heart.beat()
        assert (await systemd.hear()).startswith(("READY=1", "WATCHDOG=1"))


async def test_trouble_shows_in_the_status_line_and_goes_again(systemd: Systemd):
    pulse = Pulse()
    heart = pulse.heart("route")
    async with attending(pulse, Notifier(systemd.address)):
        heart.wait("broker is away\nsince long")
        assert await systemd.hear() == "STATUS=route: broker is away since long"
        heart.beat()
        assert await systemd.hear() == "READY=1\nSTATUS=Ready"


async def test_stopping_is_told(systemd: Systemd):
    Notifier(systemd.address).stopping()
    assert (await systemd.hear()).startswith("STOPPING=1\n")


def test_children_do_not_inherit_the_line():
    environment = {"NOTIFY_SOCKET": "/run/x", "WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid()), "A": "b"}
    notifier = Notifier.from_environment(environment)
    assert notifier.watchdog == timedelta(seconds=30)
    assert environment == {"A": "b"}


@pytest.mark.parametrize(
    "environment",
    [{}, {"WATCHDOG_USEC": "0"}, {"WATCHDOG_USEC": "x"}, {"WATCHDOG_USEC": "5", "WATCHDOG_PID": "1"}],
)
def test_no_watchdog_is_fed_that_is_not_ours(environment: dict[str, str]):
    assert Notifier.from_environment(environment).watchdog is None


def test_without_systemd_nothing_happens():
    with capture_logs() as logs:
        Notifier.from_environment({}).ready("Ready")
    assert logs == []


def test_a_socket_that_went_away_is_told_and_harms_nobody(tmp_path: Path):
    with capture_logs() as logs:
        Notifier(str(tmp_path / "gone")).ready("Ready")
    assert logs == [
        {"event": "systemd was not reached", "error": "FileNotFoundError", "errno": 2, "log_level": "warning"}
    ]
