"""Tell systemd how we are: ready, still making progress, stopping. Nothing happens where no systemd listens.

The watchdog is fed from `Pulse.alive`, which looks at progress: a process whose event loop turns while its stages stand
still is restarted. `NOTIFY_SOCKET` is taken out of the environment, so that no child speaks for us.

Source: sd_notify(3), sd_watchdog_enabled(3).
"""

import asyncio
import os
import socket
from collections.abc import MutableMapping
from datetime import timedelta

import structlog

from ouvidor.health import Pulse

__all__ = ["Notifier", "attend"]

_log = structlog.get_logger(__name__)
_LOOK_EVERY = timedelta(seconds=0.5)


class Notifier:
    """A line to systemd. `watchdog` is how long it waits for a sign of life; None where it does not."""

    def __init__(self, address: str | None, watchdog: timedelta | None = None) -> None:
        self.watchdog = watchdog
        self._address = f"\0{address[1:]}" if address is not None and address.startswith("@") else address

    @classmethod
    def from_environment(cls, environment: MutableMapping[str, str] = os.environ) -> "Notifier":
        """Read what systemd told us, and keep it from our children."""
        address = environment.pop("NOTIFY_SOCKET", None)
        micros, pid = environment.pop("WATCHDOG_USEC", ""), environment.pop("WATCHDOG_PID", "")
        ours = micros.isdigit() and int(micros) > 0 and pid in {"", str(os.getpid())}
        return cls(address, timedelta(microseconds=int(micros)) if ours else None)

    def ready(self, status: str) -> None:
        """Say that the start is over: groups joined, mailboxes open, ports listening."""
        self._send(f"READY=1\nSTATUS={status}")

    def alive(self) -> None:
        """Feed the watchdog."""
        self._send("WATCHDOG=1")

    def status(self, words: str) -> None:
        """Say what `systemctl status` shows: one line, no personal data."""
        self._send(f"STATUS={words}")

    def stopping(self) -> None:
        """Say that the end has begun."""
        self._send("STOPPING=1\nSTATUS=Stopping")

    def _send(self, words: str) -> None:
        if self._address is None:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK) as line:
                line.sendto(words.encode(), self._address)
        except OSError as error:
            _log.warning("systemd was not reached", error=type(error).__name__, errno=error.errno)


async def attend(pulse: Pulse, notifier: Notifier, every: timedelta = _LOOK_EVERY) -> None:
    """Tell systemd of readiness and life until cancelled; at half the watchdog's time at the latest."""
    pause = min(every, notifier.watchdog / 2) if notifier.watchdog is not None else every
    told_ready, told = False, ""
    while True:
        if pulse.ready and not told_ready:
            notifier.ready("Ready")
            told_ready = True
        if notifier.watchdog is not None and pulse.alive:
            notifier.alive()
        trouble = "; ".join(f"{heart.name}: {heart.trouble}" for heart in pulse.hearts if heart.trouble)
        if trouble != told:
            notifier.status((trouble or "Ready").replace("\n", " "))
            told = trouble
        await asyncio.sleep(pause.total_seconds())
