"""What the pulls of both networks do alike: rounds, mails that are set aside, waiting; their cursors are their own.

The marks of what was decided on within a page are short hashes, since a cursor must stay under 64 KiB. That two ids of
one page have the same 48 bits happens once in 10^10 pages, and costs a mail only where the page was given in parts.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import structlog

from ingest.adapter import Delivery, Fetched
from ingest.email.answers import OUTBOUND
from ingest.email.authenticity import HINT_SERVER
from ingest.email.deliveries import deliver, stand_in_of
from ingest.email.download import Mail
from ingest.email.postponed import asked_again, hopeless
from ingest.email.rest.api import Api, Body
from ingest.email.rest.round import Letter, Round
from ingest.email.rest.settings import RestAccount
from ouvidor.errors import OuvidorError, Unavailable
from ouvidor.metrics import MAILS_GONE

__all__ = ["Postponed", "RestPull", "first_day_again", "mark", "read_postponed", "today_in_utc", "write_postponed"]

_ROUND_SECONDS: Final = 40.0
"""After so long nothing more is begun; half of it where the fetch has waited first."""
_MOST: Final = 60
"""More mails that are not given mean that the server is ill; and their ids must fit into the cursor."""
_LARGEST_CURSOR: Final = 60 * 1024
_REMEMBERED: Final = timedelta(days=28)
"""A little less than the intake's memory of ids."""
_MARGIN: Final = timedelta(days=2)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Postponed:
    """A mail that the server listed and did not give."""

    letter: Letter
    tries: int = 0


def today_in_utc() -> date:
    """Give the day."""
    return datetime.now(UTC).date()


class RestPull(ABC):
    """One account, for as long as nothing fails."""

    def __init__(
        self, account: RestAccount, api: Api, *, today: Callable[[], date], clock: Callable[[], float]
    ) -> None:
        self._api = api
        self._its = account
        self._today = today
        self._clock = clock
        self._postponed: dict[str, Postponed] = {}
        self._written: bytes | None = None
        self._held: OuvidorError | None = None
        self._quiet = False

    async def open(self, cursor: bytes | None) -> None:
        """Go on from the cursor."""
        await self.close()
        self._written, self._held, self._quiet = cursor, None, False
        self._read(cursor)
        await self._api.open()
        await self._begin()

    async def fetch(self) -> Fetched:
        """Give new mail. After a look that found none, wait first."""
        if self._held is not None:
            raise self._held
        if self._quiet:
            await asyncio.sleep(self._its.poll.total_seconds())
        until = self._clock() + (_ROUND_SECONDS / 2 if self._quiet else _ROUND_SECONDS)
        its = self._its
        round_ = Round(self._bring, its.at_once, its.batch_bytes, its.largest_bytes, until, self._clock)
        try:
            await self._look(round_)
        except OuvidorError as error:
            round_.stopped = round_.stopped or error
        deliveries = await self._settled(round_)
        self._held = round_.stopped
        written = self._write()
        if self._held is not None and not deliveries and written == self._written:
            raise self._held
        self._quiet = not deliveries and self._is_at_the_end
        if len(written) > _LARGEST_CURSOR:
            raise Unavailable(f"{its.where}: the server's links are too long to be kept ({len(written)} bytes)")
        moved, self._written = written != self._written, written
        return Fetched(deliveries, written if moved else None)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._api.close()

    @abstractmethod
    def _read(self, cursor: bytes | None) -> None:
        """Take a cursor in. Raises `Misconfigured`."""

    @abstractmethod
    def _write(self) -> bytes:
        """Give the cursor that covers all that was decided on."""

    @abstractmethod
    async def _begin(self) -> None:
        """See that the mailbox opens."""

    @abstractmethod
    async def _look(self, round_: Round) -> None:
        """Bring what is new, and move the cursor over what was decided on."""

    @abstractmethod
    async def _bring(self, letter: Letter, limit: int, within: float) -> Body | None:
        """Load a mail."""

    @property
    @abstractmethod
    def _is_at_the_end(self) -> bool:
        """Was all read that the server has listed?"""

    async def _settled(self, round_: Round) -> list[Delivery]:
        """Ask again for what was set aside earlier, and set aside what failed now."""
        failed, others_came = {each.id: each for each in round_.failing}, bool(round_.mails)
        round_.failing = []
        waiting = {key: each for key, each in self._postponed.items() if key not in failed}
        done: list[Letter] = []
        if waiting and not round_.is_over:
            done = await round_.bring([each.letter for each in waiting.values()])
        again = {each.id for each in round_.failing}
        tries = asked_again(
            {key: each.tries for key, each in self._postponed.items()},
            settled={each.id for each in done} - again,
            missing=again | (set(failed) & set(self._postponed)),
            others_came=others_came or any(letter.id in waiting for letter, _ in round_.mails),
        )
        letters = {key: each.letter for key, each in self._postponed.items()} | failed
        tries |= {key: 0 for key in failed if key not in tries}
        given_up = hopeless(tries)
        self._postponed = {key: Postponed(letters[key], count) for key, count in tries.items() if key not in given_up}
        if len(self._postponed) > _MOST:
            raise Unavailable(f"{self._its.where}: the server lists mails and gives none ({len(self._postponed)})")
        return [*self._deliveries(round_), *(self._stand_in(letters[key]) for key in given_up)]

    def _deliveries(self, round_: Round) -> list[Delivery]:
        if round_.gone:
            MAILS_GONE.labels(self._its.network).inc(len(round_.gone))
            log.info("mails were gone", network=self._its.network, account=self._its.account, mails=len(round_.gone))
        return [self._delivery(letter, body) for letter, body in round_.mails]

    def _delivery(self, letter: Letter, body: Body) -> Delivery:
        folder = body.folder or letter.folder
        announced = None if body.complete else max(body.announced, len(body.content) + 1)
        if announced is not None:
            log.warning("a mail was cut", account=self._its.account, bytes=len(body.content), announced=announced)
        return deliver(Mail(0, body.content, announced), folder, self._hints(folder))

    def _stand_in(self, letter: Letter) -> Delivery:
        log.error("a mail cannot be fetched: a person must look", account=self._its.account, arrived=letter.when)
        words = f"recebida em {letter.when or 'data desconhecida'}, não é entregue pelo servidor"
        return stand_in_of(letter.id, letter.folder, words, self._hints(letter.folder))

    def _hints(self, folder: str) -> Mapping[str, str]:
        server = self._its.authserv_id
        hints = {HINT_SERVER: server} if server is not None else {}
        return {**hints, **OUTBOUND} if folder == self._its.sent else hints


def mark(its_id: str) -> str:
    """Give a short mark of an id."""
    return sha256(its_id.encode("utf-8", "replace")).hexdigest()[:12]


def first_day_again(read_until: date | None, today: date, first_day: date | None) -> date | None:
    """Say from which day on to read a mailbox anew whose place was lost. Pure.

    What arrived before it was read, and is too old to be known again by the intake. Where no reading ever came to its
    end, all is read anew: what was read lately is known again.
    """
    if read_until is None:
        return first_day
    forgotten = min(read_until - _MARGIN, today - _REMEMBERED)
    return max(forgotten, first_day or forgotten)


def write_postponed(postponed: Mapping[str, Postponed]) -> dict[str, Any]:
    """Write what was set aside, for a cursor."""
    return {key: [its.letter.folder, its.letter.when, its.tries] for key, its in sorted(postponed.items())}


def read_postponed(written: Mapping[str, Any]) -> dict[str, Postponed]:
    """Read it. Raises `ValueError` or `TypeError`."""
    return {
        key: Postponed(Letter(key, str(folder), str(when)), int(tries))
        for key, (folder, when, tries) in written.items()
    }
