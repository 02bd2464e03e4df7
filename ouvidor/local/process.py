"""A foreign server as our child: in a group of its own, tied to our life, stopped in bounded time.

The group of its own keeps a terminal's Ctrl-C from the server: it reaches us, and we stop the server last, when nobody
needs it any more. Signals go to the group, since the tether may be a process between us and the server.
"""

import asyncio
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from ouvidor.local.tether import tethered

__all__ = ["ServerProcess"]

_LOOK_EVERY_SECONDS = 0.02


class ServerProcess:
    """A running command whose output goes to a file.

    Make it in a thread that lives as long as the command should (`ouvidor.local.tether` says why): the event loop's.
    """

    def __init__(
        self,
        command: Sequence[str],
        output: Path,
        keep_open: Sequence[int] = (),
        *,
        environment: Mapping[str, str] | None = None,
        append: bool = False,
    ) -> None:
        with output.open("ab" if append else "wb") as out:
            self._process = subprocess.Popen(  # noqa: S603 - our own command, no shell
                tethered(command),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=keep_open,
                env=environment,
            )

    @property
    def pid(self) -> int:
        """The process id, which is the group's too."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to it; nothing happens if it has ended."""
        if self.exit_code is None:
            os.killpg(self.pid, number)

    def freeze(self) -> None:
        """Stop it, and wait until all of its threads have stopped: until then it may still answer."""
        self.send(signal.SIGSTOP)
        if self.exit_code is None and hasattr(os, "waitid"):  # which macOS has since Python 3.13
            os.waitid(os.P_PID, self.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def kill(self) -> None:
        """`kill -9`, and wait until it is gone; a stopped process dies of it too."""
        self.send(signal.SIGKILL)
        self._process.wait()

    async def wait(self) -> int:
        """Wait for its end, without a thread: a cancelled wait leaves nothing behind."""
        while (code := self.exit_code) is None:  # noqa: ASYNC110 - a process sets no event
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
        return code

    async def stop(self, within: timedelta) -> None:
        """Ask it to end; kill it when that takes longer than `within`, or when we are cancelled."""
        self.send(signal.SIGTERM)
        self.send(signal.SIGCONT)  # a stopped process gets to see the other one
        try:
            async with asyncio.timeout(within.total_seconds()):
                await self.wait()
        except TimeoutError:
            pass
        finally:
            self.kill()
