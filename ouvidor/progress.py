"""What a person sees of a download that they wait for: a bar on a terminal, two lines in a pipe.

It happens once: the jars are kept for all projects of the user. Who stops meanwhile does not wait for the rest of it.
"""

import logging
from collections.abc import Callable
from threading import Event

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ouvidor.errors import Unavailable
from ouvidor.local.jars import OnProgress

__all__ = ["Downloads"]


class Downloads:
    """Tells of downloads; `reporter(name)` is given to a server."""

    def __init__(self, console: Console, tell: Callable[[str], None]) -> None:
        logging.getLogger("urllib3").setLevel(
            logging.ERROR
        )  # of each new try it would tell; the error tells the outcome
        self._tell = tell
        self._stopped = Event()
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
            transient=True,
        )
        self._under_way: set[str] = set()

    def reporter(self, name: str) -> OnProgress:
        """Give what tells of one server's jars; it is called in the thread that downloads."""
        bar = self._bar.add_task(f"downloading {name}", visible=False)

        def report(done: int, total: int, _: str) -> None:
            if self._stopped.is_set():
                raise Unavailable(f"{name}: the download was stopped; what is complete is kept")
            if name not in self._under_way:
                self._under_way.add(name)
                self._tell(f"{name} is downloaded, this once: {total} file{'s' * (total > 1)}")
                self._bar.start()
            self._bar.update(bar, completed=done, total=total, visible=done < total)
            if done == total:
                self._under_way.discard(name)
                self._tell(f"{name} is there")
                if not self._under_way:
                    self._bar.stop()

        return report

    def stop(self) -> None:
        """Let what is under way end with the files in hand, and take the bar away."""
        self._stopped.set()
        self._bar.stop()
