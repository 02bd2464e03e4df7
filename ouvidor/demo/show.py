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

from ouvidor.beside import beside
from ouvidor.demo import house as houses
from ouvidor.demo.customers import Customers
from ouvidor.demo.house import House
from ouvidor.demo.ledger import Ledger
from ouvidor.demo.report import as_json, as_page, as_text
from ouvidor.demo.sample import load_samples
from ouvidor.demo.screen import Screen
from ouvidor.demo.standin_telegram import TelegramStandIn
from ouvidor.demo.watch import watch
from ouvidor.errors import Unavailable
from ouvidor.interrupts import INTERRUPTED, run_until_interrupted
from ouvidor.local.greenmail import GreenMail
from ouvidor.pipeline import Pipeline, pipeline
from ouvidor.progress import Downloads
from ouvidor.settings import Settings
from ouvidor.supervisor import State
from ouvidor.topics import Topics

__all__ = ["run"]

_SENDING_SECONDS = 6.0
_SETTLE_SECONDS = 3.0
_READY_WITHIN_SECONDS = 120.0
_PATIENCE_SECONDS = 180.0
_LOOK_EVERY_SECONDS = 0.2


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
    ledger = Ledger(load_samples(), Topics(), last_progress=monotonic())
    show = Show(settings, Screen(ledger, live, picture), stays=live and not exit_when_done, json_wanted=json_wanted)
    run_until_interrupted(show.run())
    return INTERRUPTED if show.good is None else int(not show.good)


@dataclass(slots=True)
class Show:
    """One run of the demo."""

    settings: Settings
    screen: Screen
    stays: bool
    json_wanted: bool
    good: bool | None = None
    """None: it did not come to its end."""
    _over: bool = False
    _house: House = field(init=False)

    def __post_init__(self) -> None:
        """Choose the house."""
        self._house = House(self.settings.data / "demo")

    async def run(self) -> None:
        """Run all of it."""
        house, say = self._house, self.screen.say
        await asyncio.to_thread(houses.empty, house.data)
        downloads = Downloads(self.screen.console, say)
        telegram = TelegramStandIn(house.telegram_token)
        async with AsyncExitStack() as parts:
            parts.callback(downloads.stop)
            await telegram.start()
            parts.push_async_callback(telegram.stop)
            mail = GreenMail({house.mailbox: house.mailbox_password}, on_progress=downloads.reporter("GreenMail"))
            parts.push_async_callback(mail.stop)
            async with _starting(mail):
                it = await parts.enter_async_context(
                    pipeline(
                        house.settings(self.settings),
                        house.config,
                        port=house.kafka_port,
                        tell=say,
                        on_change=self.screen.note,
                        on_progress=downloads.reporter("Apache Kafka"),
                    )
                )
            say(f"GreenMail, a mail server, listens on 127.0.0.1:{mail.smtp_port} (SMTP) and :{mail.imap_port} (IMAP)")
            house.furnish(self.settings, mail.imap_port, telegram.url)
            customers = Customers(house, mail.smtp_port, telegram, self.settings.organisation.tz, self._sent)
            try:
                async with beside(it.keep()), beside(watch(it.settings, self._see)):
                    await self._perform(it, customers)
            finally:
                say("stopping")

    async def _perform(self, it: Pipeline, customers: Customers) -> None:
        async with self.screen.shown():
            await _ready(it)
            self.screen.begun = monotonic()
            await customers.send(self.screen.ledger.samples, _SENDING_SECONDS)
            await _settled(self.screen.ledger)
        self._tell(customers)
        if self.stays:
            self._over = True
            self.screen.say("It keeps running: write into the form, and see where it goes. Ctrl-C ends it.")
            await asyncio.Event().wait()

    def _tell(self, customers: Customers) -> None:
        ledger, begun = self.screen.ledger, self.screen.begun or 0.0
        verdict = ledger.verdict(customers.faults)
        self.good = verdict.good
        figures = as_json(
            ledger,
            verdict,
            seconds=max((arrival.at for arrival in ledger.arrivals), default=begun) - begun,
            redeliveries=customers.redeliveries,
            forgeries=customers.forgeries,
        )
        if self.json_wanted:
            sys.stdout.write(json.dumps(figures, ensure_ascii=False) + "\n")
        elif self.screen.live:
            page = as_page(self.settings, self._house, ledger, verdict, figures, stays=self.stays)
            self.screen.console.print(page)
        else:
            sys.stdout.write(as_text(self.settings, self._house, ledger, verdict, figures) + "\n")
        sys.stdout.flush()

    def _sent(self, ref: str) -> None:
        self.screen.ledger.send(ref, monotonic())

    def _see(self, topic: str, event: Mapping[str, Any]) -> None:
        arrival = self.screen.ledger.see(topic, event, monotonic())
        if self._over and arrival is None and topic.startswith(Topics().department("")):
            self.screen.say(_arrived(topic, event))


async def _settled(ledger: Ledger) -> None:
    """Wait until all have arrived and nothing comes any more; or until nothing has come for too long."""
    while True:
        silence = monotonic() - ledger.last_progress
        if silence > (_SETTLE_SECONDS if ledger.complete else _PATIENCE_SECONDS):
            return
        await asyncio.sleep(_LOOK_EVERY_SECONDS)


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
