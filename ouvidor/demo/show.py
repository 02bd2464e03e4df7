"""`ouvidor demo`: the real pipeline, 320 sample customers, and a live table of what goes where.

On a terminal it stays until Ctrl-C, so that one can write into the form and see it arrive; in a pipe, or with
`--exit-when-done`, it ends by itself. Either way it ends well only if every sample is in its department's topic exactly
once, as a consumer of the topics counts it after a time of silence, in which doubles would show.
"""

import asyncio
import json
import logging
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from rich.console import Console
from rich.live import Live

from ouvidor.beside import beside
from ouvidor.demo import house as houses
from ouvidor.demo.customers import Customers
from ouvidor.demo.house import House
from ouvidor.demo.ledger import Ledger
from ouvidor.demo.picture import draw_picture
from ouvidor.demo.report import as_json, as_page, as_text
from ouvidor.demo.sample import load_samples
from ouvidor.demo.standin_telegram import TelegramStandIn
from ouvidor.demo.table import WIDTH, draw, in_words
from ouvidor.demo.watch import watch
from ouvidor.errors import Unavailable
from ouvidor.interrupts import run_until_interrupted
from ouvidor.local.greenmail import GreenMail
from ouvidor.pipeline import Pipeline, pipeline
from ouvidor.progress import Downloads
from ouvidor.settings import Settings
from ouvidor.supervisor import Child, State
from ouvidor.topics import Topics

__all__ = ["run"]

_SENDING_SECONDS = 6.0
_SETTLE_SECONDS = 3.0
_READY_WITHIN_SECONDS = 120.0
_PATIENCE_SECONDS = 180.0
_DRAW_EVERY_SECONDS = 0.2
_SAY_EVERY_SECONDS = 2.0
_INTERRUPTED = 130


def run(
    settings: Settings, *, exit_when_done: bool = False, json_wanted: bool = False, picture: Path | None = None
) -> int:
    """Run the demo; give the exit code. `picture` gets the live table's last state as SVG.

    Raises `Misconfigured` or `Unavailable` where it cannot run.
    """
    # What the environment sets is meant for the user's own pipeline, and is in `settings` already.
    for name in [name for name in os.environ if name.startswith("OUVIDOR__")]:
        del os.environ[name]
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # its words would stand in the middle of the table
    live = sys.stdout.isatty() and sys.stderr.isatty() and not json_wanted
    show = Show(settings, live=live, stays=live and not exit_when_done, json_wanted=json_wanted, picture=picture)
    run_until_interrupted(show.run())
    return _INTERRUPTED if show.good is None else int(not show.good)


@dataclass(slots=True)
class Show:
    """One run of the demo."""

    settings: Settings
    live: bool
    stays: bool
    json_wanted: bool
    picture: Path | None
    good: bool | None = None
    """None: it did not come to its end."""
    _console: Console = field(init=False)
    _house: House = field(init=False)
    _ledger: Ledger = field(init=False)
    _processes: dict[str, State] = field(init=False, default_factory=dict)
    _begun: float | None = field(init=False, default=None)
    _over: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        """Prepare the books."""
        self._console = Console(stderr=not self.live, highlight=False, soft_wrap=not self.live)
        self._console.width = min(WIDTH, self._console.width)
        self._house = House(self.settings.data / "demo")
        self._ledger = Ledger(load_samples(), Topics(), last_progress=monotonic())

    async def run(self) -> None:
        """Run all of it."""
        await asyncio.to_thread(houses.empty, self._house.data)
        downloads = Downloads(self._console, self._say)
        telegram = TelegramStandIn(self._house.telegram_token)
        async with AsyncExitStack() as parts:
            parts.callback(downloads.stop)
            await telegram.start()
            parts.push_async_callback(telegram.stop)
            users = {self._house.mailbox: self._house.mailbox_password}
            mail = GreenMail(users, on_progress=downloads.reporter("GreenMail"))
            parts.push_async_callback(mail.stop)
            async with _starting(mail):
                it = await parts.enter_async_context(
                    pipeline(
                        self._house.settings(self.settings),
                        self._house.config,
                        port=self._house.kafka_port,
                        tell=self._say,
                        on_change=self._note,
                        on_progress=downloads.reporter("Apache Kafka"),
                    )
                )
            self._say(
                f"GreenMail, a mail server, listens on 127.0.0.1:{mail.smtp_port} (SMTP) and :{mail.imap_port} (IMAP)"
            )
            self._house.furnish(self.settings, mail.imap_port, telegram.url)
            customers = Customers(self._house, mail.smtp_port, telegram, self.settings.organisation.tz, self._sent)
            async with beside(it.keep()), beside(watch(it.settings, self._see)):
                await self._perform(it, customers)

    async def _perform(self, it: Pipeline, customers: Customers) -> None:
        with self._live() as display:
            async with beside(self._display(display)):
                await _ready(it)
                self._begun = monotonic()
                await customers.send(self._ledger.samples, _SENDING_SECONDS)
                await self._settled()
            self._refresh(display)
        seconds = max((arrival.at for arrival in self._ledger.arrivals), default=self._begun) - self._begun
        self._tell(seconds, customers)
        if self.stays:
            self._over = True
            self._say("It keeps running: write into the form, and see where it goes. Ctrl-C ends it.")
            await asyncio.Event().wait()

    async def _settled(self) -> None:
        """Wait until all have arrived and nothing comes any more; or until nothing has come for too long."""
        while True:
            silence = monotonic() - self._ledger.last_progress
            if silence > (_SETTLE_SECONDS if self._ledger.complete else _PATIENCE_SECONDS):
                return
            await asyncio.sleep(_DRAW_EVERY_SECONDS)

    def _tell(self, seconds: float, customers: Customers) -> None:
        verdict = self._ledger.verdict(customers.faults)
        self.good = verdict.good
        figures = as_json(
            self._ledger,
            verdict,
            seconds=seconds,
            redeliveries=customers.redeliveries,
            forgeries=customers.forgeries,
        )
        if self.json_wanted:
            sys.stdout.write(json.dumps(figures, ensure_ascii=False) + "\n")
        elif self.live:
            self._console.print(as_page(self.settings, self._house, self._ledger, verdict, figures))
        else:
            sys.stdout.write(as_text(self.settings, self._house, self._ledger, verdict, figures) + "\n")
        sys.stdout.flush()

    def _sent(self, ref: str) -> None:
        self._ledger.send(ref, monotonic())

    def _see(self, topic: str, event: Mapping[str, Any]) -> None:
        arrival = self._ledger.see(topic, event, monotonic())
        if self._over and arrival is None and topic.startswith(Topics().department("")):
            self._say(_arrived(topic, event))

    def _note(self, child: Child) -> None:
        self._processes[child.program.name] = child.state
        if not self.live or child.state is State.RESTARTING:
            self._say(f"{child.program.name:<10} {child.state:<10} {child.words}".rstrip())

    def _say(self, words: str) -> None:
        self._console.print(words, markup=False)

    def _live(self) -> Live:
        return Live(console=self._console, auto_refresh=False, transient=False)

    async def _display(self, display: Live) -> None:
        said = ""
        while True:
            if self.live:
                self._refresh(display)
                await asyncio.sleep(_DRAW_EVERY_SECONDS)
                continue
            words = in_words(self._ledger, monotonic())
            if self._begun is not None and words != said:
                said = words
                self._say(words)
            await asyncio.sleep(_SAY_EVERY_SECONDS)

    def _refresh(self, display: Live) -> None:
        drawn = draw(self._ledger, self._processes, self._begun, monotonic())
        if self.live:
            display.update(drawn, refresh=True)
        if self.picture is not None:
            draw_picture(drawn, self.picture, WIDTH)


async def _ready(it: Pipeline) -> None:
    try:
        async with asyncio.timeout(_READY_WITHIN_SECONDS):
            await it.supervisor.ready()
    except TimeoutError:
        lines = [
            f"{child.program.name}: {child.words or child.state}; see {child.program.log}"
            for child in it.supervisor.children
            if child.state is not State.READY
        ]
        raise Unavailable("not ready in time:\n" + "\n".join(lines)) from None


@asynccontextmanager
async def _starting(mail: GreenMail) -> AsyncIterator[None]:
    """Start the mail server while something else starts."""
    task = asyncio.create_task(mail.start())
    try:
        yield
        await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _arrived(topic: str, event: Mapping[str, Any]) -> str:
    """Tell of a message that is no sample's, without its words."""
    message, verdict, dispatch = (event[part] for part in ("message", "verdict", "dispatch"))
    further = "; the ombudsman sees it" if dispatch["ombudsman"] else ""
    to = topic.removeprefix(Topics().department(""))
    return f"{message['protocol']} ({message['network']}): {verdict['kind']}, {verdict['severity']}; to {to}{further}"
