"""The way out of the push edge: a record is durable in Kafka, or in the spool, before its sender hears yes.

There are two states. *Direct*: records that arrive together go to the broker together, acks=all, one group after the
other. *Spooling*: they go to the spool, and stay in order, because nothing goes directly while anything waits there.
A group that is not confirmed within `PATIENCE` is written to the spool, whether or not the broker has it already: a
send cannot be taken back, so its records may arrive twice, with the same ids, and the intake drops the second.

The way back: a new producer sends what waits, page by page. During the last page newcomers wait for their turn, some
milliseconds: a spool that is filled as fast as it is drained would never be empty.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import structlog

from ingest.direct import Direct
from ingest.spool import Spool
from ouvidor.blobs import BlobStore
from ouvidor.errors import Misconfigured, OuvidorError, Unavailable
from ouvidor.events import Output
from ouvidor.health import Heart

__all__ = ["PATIENCE", "Outlet"]

PATIENCE: Final = 0.5
"""Seconds in which a broker or blob store confirms, or the spool is used: the sender hears yes within one second."""
_PAGE: Final = 1000
_PAGE_SECONDS: Final = 10.0
_LAST_PAGE_SECONDS: Final = 0.3
_PAUSES: Final = (0.1, 0.2, 0.5, 1.0)
_LONG_PAUSE: Final = 30.0
"""Seconds after a broker refused us: only a person mends that, and a wrong password locks accounts."""

_log = structlog.get_logger(__name__)


class Outlet:
    """Makes records durable: `keep` waits for it, `run` does it."""

    def __init__(
        self, *, connect: Callable[[], Awaitable[Direct]], spool: Spool, blobs: BlobStore, heart: Heart
    ) -> None:
        self._connect = connect
        self._spool = spool
        self._blobs = blobs
        self._heart = heart
        self._waiting: list[tuple[Output, bytes | None, asyncio.Future[None]]] = []
        self._something = asyncio.Event()
        self._turn = asyncio.Lock()
        """Who holds it decides where the next group goes."""
        self._direct: Direct | None = None
        self._lost = asyncio.Event()
        self._retired: set[Direct] = set()
        self._stopping = False

    @property
    def direct(self) -> bool:
        """Do records go straight to the broker?"""
        return self._direct is not None

    def keep(self, record: Output, blob: bytes | None = None) -> "asyncio.Future[None]":
        """Begin to make a record durable. The future raises `OuvidorError` where neither broker nor spool takes it.

        A blob that is given is not in the blob store yet: the spool keeps it, until it is brought there.
        """
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((record, blob, future))
        self._something.set()
        return future

    async def keep_large(self, record: Output, blob: bytes) -> None:
        """Make a record durable whose bytes belong into the blob store; where that is away, the spool has them too."""
        left: bytes | None = blob
        with suppress(Unavailable, TimeoutError):
            await asyncio.wait_for(self._blobs.put(blob), PATIENCE)
            left = None
        await self.keep(record, left)

    async def run(self) -> None:
        """Work until cancelled. What waits then is made durable first."""
        self._stopping = False
        self._lost.set()
        pump = asyncio.create_task(self._pump(), name="outlet-pump")
        back = asyncio.create_task(self._come_back(), name="outlet-back")
        try:
            await asyncio.wait({pump, back}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            back.cancel()
            self._stopping = True
            self._something.set()
            await asyncio.wait({pump, back})
            for _, _, future in self._waiting:
                if not future.done():
                    future.set_exception(Unavailable("the outlet was closed"))
            await self._close()
        for task in (pump, back):
            if not task.cancelled():
                task.result()

    async def _pump(self) -> None:
        while not self._stopping:
            await self._something.wait()
            async with self._turn:
                await self._pass_on()

    async def _pass_on(self) -> None:
        """Make all that waits durable, and tell those who wait for it."""
        group, self._waiting = self._waiting, []
        self._something.clear()
        if not group:
            return
        self._heart.wait()
        records = [record for record, _, _ in group]
        error: OuvidorError | None = None
        # A blob that is not in its store yet is brought there from the spool, and all that follows waits behind it.
        if not await self._send_direct(records, whole=all(blob is None for _, blob, _ in group)):
            try:
                await self._spool.put([(record, blob) for record, blob, _ in group])
            except OuvidorError as found:
                error = found
                self._heart.wait(str(found))
                _log.error("neither broker nor spool", reason=str(found), refused=len(group))
        if error is None:
            self._progress()
        for _, _, future in group:
            if future.done():
                continue
            if error is None:
                future.set_result(None)
            else:
                future.set_exception(error)

    async def _send_direct(self, records: list[Output], *, whole: bool) -> bool:
        if self._direct is None:
            return False
        if whole:
            try:
                await self._direct.send(records, PATIENCE)
            except OuvidorError as error:
                self._heart.trouble = str(error)
            except Exception as error:  # noqa: BLE001 - a defect on this way must not close the other
                self._heart.trouble = f"a defect: {type(error).__name__}"
            else:
                return True
        _log.warning("the spool takes over", reason=self._heart.trouble or "the blob store is away")
        self._retire(self._direct)
        self._direct = None
        self._lost.set()
        return False

    async def _come_back(self) -> None:
        """Whenever the direct way is lost: find the broker, send what waits in order, open the way again."""
        while True:
            await self._lost.wait()
            attempt = 0
            while self._lost.is_set():
                try:
                    await self._drain(await self._connected())
                except OuvidorError as error:
                    if self._heart.trouble is None or attempt == 0:
                        _log.warning("the broker is not back", reason=str(error), waiting=self._spool.records)
                    self._heart.trouble = str(error)
                    refused = isinstance(error, Misconfigured)
                    await asyncio.sleep(_LONG_PAUSE if refused else _PAUSES[min(attempt, len(_PAUSES) - 1)])
                    attempt += 1

    async def _connected(self) -> Direct:
        """Connect. Whoever tells us to stop meanwhile waits a second for it: aiokafka forgets half-made connections."""
        connecting = asyncio.ensure_future(self._connect())
        try:
            return await asyncio.shield(connecting)
        except asyncio.CancelledError:
            await asyncio.wait({connecting}, timeout=1)
            if not connecting.done():
                connecting.cancel()
            elif connecting.exception() is None:
                self._retire(connecting.result())
            raise

    async def _drain(self, direct: Direct) -> None:
        """Send what waits, then let newcomers follow directly. Raises `OuvidorError`."""
        waited = self._spool.records
        try:
            while self._lost.is_set():
                if await self._send_page(direct, _PAGE_SECONDS) < _PAGE:
                    await self._finish(direct)
        finally:
            if self._direct is not direct:
                self._retire(direct)
        self._heart.beat()
        _log.info("records go straight to the broker", drained=waited)

    async def _finish(self, direct: Direct) -> None:
        """Send the last page while newcomers wait. Where it takes too long they go to the spool as well, and so on."""
        with suppress(TimeoutError):
            async with self._turn, asyncio.timeout(_LAST_PAGE_SECONDS):
                while self._spool.records and await self._send_page(direct, _LAST_PAGE_SECONDS):
                    pass
                self._direct = direct
                self._lost.clear()

    async def _send_page(self, direct: Direct, within: float) -> int:
        page = await self._spool.oldest(records=_PAGE)
        if page:
            for record in page:
                if record.blob is not None:
                    await self._blobs.put(record.blob)
            await direct.send([record.output for record in page], within)
            await self._spool.remove(page)
            self._progress()
        return len(page)

    def _progress(self) -> None:
        """Spooling is progress too: to start this process anew would not bring the broker back."""
        trouble = self._heart.trouble
        self._heart.beat()
        if self._direct is None:
            self._heart.trouble = trouble

    def _retire(self, direct: Direct) -> None:
        self._retired.add(direct)
        direct.retire().add_done_callback(lambda _: self._retired.discard(direct))

    async def _close(self) -> None:
        if self._direct is not None:
            self._retired.add(self._direct)
            self._direct = None
        await asyncio.gather(*(direct.end() for direct in self._retired))
