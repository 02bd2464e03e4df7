"""Keeps programs running: starts them, starts again what dies, and stops them in order and in time.

A program that ends with exit code 78 says that a setting is wrong: it would say the same at every start, so all is
stopped. Any other end is taken for an accident, and the program comes back after a pause that grows while it keeps
dying. Children are in sessions of their own, so a terminal's Ctrl-C reaches us alone and the order is ours; they are
tethered, so that a `kill -9` of ours ends them too (`ouvidor/local/tether.py`).
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from signal import Signals
from time import monotonic

import aiohttp

from ouvidor.errors import Misconfigured
from ouvidor.local.process import ServerProcess
from ouvidor.program import Program, last_error, limit_log, turn_over

__all__ = ["Child", "State", "Supervisor", "pause_after"]

_MISCONFIGURED = 78
_PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_LONG_LIFE = 60.0
_LOOK_EVERY_SECONDS = 0.1
_ASK_UNTIL_READY_SECONDS = 0.2
_ASK_SECONDS = 2.0


class State(StrEnum):
    """How a program is."""

    STARTING = "starting"
    READY = "ready"
    WAITING = "not ready"
    RESTARTING = "restarting"
    STOPPED = "stopped"


@dataclass(slots=True)
class Child:
    """A program, and how it is just now."""

    program: Program
    state: State = State.STOPPED
    words: str = ""
    """Why it is not ready, or will be started again."""
    process: ServerProcess | None = None
    restarts: int = 0


def pause_after(lasted: float, failures: int) -> tuple[float, int]:
    """Give the pause (seconds) before the next start, and the new number of failures in a row.

    `lasted` is the seconds that the program ran: a long life is a success, after which pauses begin anew.
    """
    failures = 1 if lasted >= _LONG_LIFE else failures + 1
    return _PAUSES[min(failures, len(_PAUSES)) - 1], failures


class Supervisor:
    """Runs programs: first come, first started and first stopped."""

    def __init__(self, programs: Sequence[Program], on_change: Callable[[Child], None] = lambda _: None) -> None:
        self.children = [Child(program) for program in programs]
        self._on_change = on_change
        self._all_ready = asyncio.Event()

    async def run(self) -> None:
        """Start all and keep them running, until cancelled; `stop` must follow.

        Raises `Misconfigured`, in the words of the program that says so.
        """
        for child in self.children:
            await asyncio.to_thread(turn_over, child.program.log)
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_ASK_SECONDS)) as http:
            tasks = [asyncio.create_task(self._keep(child)) for child in self.children]
            tasks += [asyncio.create_task(self._watch(child, http)) for child in self.children]
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
                for task in done:
                    task.result()
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def ready(self) -> None:
        """Wait until all have been ready at the same time."""
        await self._all_ready.wait()

    async def stop(self, within: timedelta) -> None:
        """Stop the first program, then the others together: nothing new comes in while the rest ends.

        What does not end in half of the time is killed.
        """
        if self.children:
            first, *others = self.children
            await self._end(first, within / 2)
            await asyncio.gather(*(self._end(child, within / 2) for child in others))

    def kill(self) -> None:
        """`kill -9` all of them, now."""
        for child in self.children:
            if child.process is not None:
                child.process.kill()

    async def _keep(self, child: Child) -> None:
        failures = 0
        while True:
            started = monotonic()
            child.process = child.program.spawn()
            self._tell(child, State.STARTING)
            while (code := child.process.exit_code) is None:  # noqa: ASYNC110 - a process sets no event
                await asyncio.sleep(_LOOK_EVERY_SECONDS)
            if code == _MISCONFIGURED:
                self._tell(child, State.STOPPED)
                raise Misconfigured(f"{child.program.name}: {last_error(child.program.log)}")
            pause, failures = pause_after(monotonic() - started, failures)
            child.restarts += 1
            self._tell(child, State.RESTARTING, f"{_ended(code)}; again in {pause:g} s; see {child.program.log}")
            await asyncio.sleep(pause)

    async def _watch(self, child: Child, http: aiohttp.ClientSession) -> None:
        while True:
            if child.state in {State.STARTING, State.READY, State.WAITING}:
                asked = child.process
                ready, words = await _ask(http, child.program.ready_url)
                if asked is not child.process or asked is None or asked.exit_code is not None:
                    pass  # it ended meanwhile: its keeper tells
                elif ready:
                    self._tell(child, State.READY)
                elif child.state is State.READY or words:
                    self._tell(child, State.WAITING, words)
            limit_log(child.program.log)
            await asyncio.sleep(_ASK_SECONDS if child.state is State.READY else _ASK_UNTIL_READY_SECONDS)

    async def _end(self, child: Child, within: timedelta) -> None:
        if child.process is not None:
            await child.process.stop(within)
        self._tell(child, State.STOPPED)

    def _tell(self, child: Child, state: State, words: str = "") -> None:
        if (state, words) == (child.state, child.words):
            return
        child.state, child.words = state, words
        if all(each.state is State.READY for each in self.children):
            self._all_ready.set()
        self._on_change(child)


async def _ask(http: aiohttp.ClientSession, url: str | None) -> tuple[bool, str]:
    """Ask a program whether it is ready; where it is not, the words say for what it waits, as far as it tells."""
    if url is None:
        return True, ""
    try:
        async with http.get(url) as answer:
            if answer.status == 200:  # noqa: PLR2004 - OK
                return True, ""
            told = await answer.json()
            troubles = (f"{each['name']}: {each['trouble']}" for each in told["services"] if each.get("trouble"))
            return False, "; ".join(troubles)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError, KeyError, TypeError):
        return False, ""  # it does not listen yet, or another program does: whoever watches sees "starting"


def _ended(code: int) -> str:
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"ended by {Signals(-code).name}"
    except ValueError:
        return f"ended by signal {-code}"
