"""What every edge that is called needs: a spool of its own, and the outlet that uses it while the broker is away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from ingest.direct import Direct
from ingest.outlet import Outlet
from ingest.spool import Spool
from ouvidor.blobs import BlobStore
from ouvidor.health import Heart
from ouvidor.settings import Settings
from ouvidor.topics import Topics

__all__ = ["Durable", "durable"]


@dataclass(frozen=True, slots=True)
class Durable:
    """An outlet that works, and the task that does."""

    outlet: Outlet
    blobs: BlobStore
    keeping: "asyncio.Task[None]"


@asynccontextmanager
async def durable(settings: Settings, name: str, heart: Heart) -> AsyncIterator[Durable]:
    """Open the spool `name` and an outlet; close both. Raises `OuvidorError` where the spool cannot be had."""
    blobs = BlobStore.from_settings(settings)
    originals = Topics(settings.kafka.prefix).originals
    spool = Spool(settings.data / "spool" / f"{name}.sqlite")
    await spool.open()
    outlet = Outlet(connect=lambda: Direct.open(settings.kafka, originals), spool=spool, blobs=blobs, heart=heart)
    keeping = asyncio.create_task(outlet.run(), name="outlet")
    try:
        yield Durable(outlet, blobs, keeping)
    finally:
        keeping.cancel()
        await asyncio.wait({keeping})
        await spool.close()
