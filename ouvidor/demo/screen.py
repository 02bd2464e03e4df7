"""What one sees of a demo: a live table on a terminal, a line now and then in a pipe.

Words go to stderr in a pipe, since stdout is for the report; on a terminal both are the same, and the table is there.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from rich.console import Console, RenderableType
from rich.live import Live

from ouvidor.beside import beside
from ouvidor.demo.ledger import Ledger
from ouvidor.demo.picture import draw_picture
from ouvidor.demo.table import WIDTH, draw, in_words
from ouvidor.supervisor import Child, State

__all__ = ["Screen"]

_DRAW_EVERY_SECONDS = 0.2
_SAY_EVERY_SECONDS = 2.0


@dataclass(slots=True)
class Screen:
    """Shows the books. `picture` gets the table's last state as SVG."""

    ledger: Ledger
    live: bool
    picture: Path | None = None
    begun: float | None = None
    """When the first sample was sent."""
    console: Console = field(init=False)
    _processes: dict[str, State] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Choose where to write."""
        self.console = Console(stderr=not self.live, highlight=False, soft_wrap=not self.live)
        self.console.width = min(WIDTH, self.console.width)

    def say(self, words: str) -> None:
        """Say something, above the table if there is one."""
        self.console.print(words, markup=False)

    def note(self, child: Child) -> None:
        """Note how a process is; where there is no table to show it, or it has died, say it."""
        self._processes[child.program.name] = child.state
        if not self.live or child.state is State.RESTARTING:
            self.say(f"{child.program.name:<10} {child.state:<10} {child.words}".rstrip())

    @asynccontextmanager
    async def shown(self) -> AsyncIterator[None]:
        """Show how it goes until the block ends; what is shown last stays."""
        if not self.live:
            async with beside(self._speak()):
                yield
        else:
            with Live(console=self.console, auto_refresh=False) as display:
                async with beside(self._draw(display)):
                    yield
                display.update(self._drawn(), refresh=True)
        if self.picture is not None:
            draw_picture(self._drawn(), self.picture, WIDTH)

    def _drawn(self) -> RenderableType:
        return draw(self.ledger, self._processes, self.begun, monotonic())

    async def _draw(self, display: Live) -> None:
        while True:
            display.update(self._drawn(), refresh=True)
            await asyncio.sleep(_DRAW_EVERY_SECONDS)

    async def _speak(self) -> None:
        said = ""
        while True:
            words = in_words(self.ledger, monotonic())
            if self.begun is not None and words != said:
                said = words
                self.say(words)
            await asyncio.sleep(_SAY_EVERY_SECONDS)
