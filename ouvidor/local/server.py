"""What our local servers have in common: start until they answer, stop in bounded time, and what fault tests do.

A server that ends instead of answering is `Misconfigured`, with its own last words, since trying again would not help;
one that takes too long is `Unavailable`.
"""

import asyncio
import signal
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.local.process import ServerProcess

__all__ = ["LocalServer"]

_START_WITHIN = timedelta(seconds=90)
_STOP_WITHIN = timedelta(seconds=7)
_LOOK_EVERY_SECONDS = 0.05
_LAST_LINES = 15


class LocalServer(ABC):
    """A server that lives no longer than we do. `async with` starts and stops it.

    Start it in a thread that lives as long as the server should, as that of `asyncio.run` does.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._process: ServerProcess | None = None

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._running().pid

    async def start(self, within: timedelta = _START_WITHIN) -> None:
        """Start the server and wait until it answers; one that runs already goes on.

        `within` does not count the download of its jars.
        """
        if self._process is not None and self._process.exit_code is None:
            return
        self._let_go()
        try:
            await self._prepare()
            await self._launch_within(within)
        except BaseException:
            self._let_go()
            raise

    async def wait(self) -> int:
        """Wait until it ends without having been asked to, and return its exit code."""
        return await self._running().wait()

    async def stop(self, within: timedelta = _STOP_WITHIN) -> None:
        """Stop the server as it likes to be stopped; kill it when that takes longer than `within`."""
        try:
            if self._process is not None:
                await self._process.stop(within)
        finally:
            self._let_go()

    def kill(self) -> None:
        """`kill -9`; `start` brings it back at the same address."""
        self._running().kill()
        self._let_go()

    def freeze(self) -> None:
        """Stop its clock: connections stay, nobody answers."""
        self._running().freeze()

    def thaw(self) -> None:
        """Let a frozen server go on."""
        self._running().send(signal.SIGCONT)

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop."""
        await self.stop()

    @abstractmethod
    async def _prepare(self) -> None:
        """Get what it needs; takes the time it takes."""

    @abstractmethod
    async def _launch(self) -> None:
        """Spawn it."""

    @abstractmethod
    async def _answers(self) -> bool:
        """Tell whether it serves clients now; False for every way in which it does not yet."""

    @property
    @abstractmethod
    def _logs(self) -> Sequence[Path]:
        """The files with its last words; the last one is its standard output."""

    def _spawn(self, command: Sequence[str], keep_open: Sequence[int] = ()) -> ServerProcess:
        self._process = ServerProcess(command, self._logs[-1], keep_open)
        return self._process

    async def _launch_within(self, within: timedelta) -> None:
        try:
            async with asyncio.timeout(within.total_seconds()):
                await self._launch()
                while not await self._answers():
                    if self._running().exit_code is not None:
                        raise self._ended()
                    await asyncio.sleep(_LOOK_EVERY_SECONDS)
        except TimeoutError:
            raise Unavailable(
                f"{self._name}: no answer within {within.total_seconds():.0f} s of its start; try again with less "
                f"running on this machine. Its last words:\n{self._last_words()}",
            ) from None

    def _running(self) -> ServerProcess:
        if self._process is None:
            raise Misconfigured(f"{self._name}: does not run; await start() first")
        return self._process

    def _let_go(self) -> None:
        """Leave nothing behind; harmless when there is nothing."""
        if self._process is not None:
            self._process.kill()
            self._process = None

    def _ended(self) -> Misconfigured:
        code = self._running().exit_code
        return Misconfigured(f"{self._name}: ended with exit code {code}. Its last words:\n{self._last_words()}")

    def _last_words(self) -> str:
        return "\n".join(line for path in self._logs for line in _last_lines(path))


def _last_lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8", "replace").splitlines()[-_LAST_LINES:]
    except FileNotFoundError:
        return []
