"""The edge of networks that speak to a port of their own (LMTP, SMTP): durable first, then yes.

The same outlet as for forms and webhooks: Kafka with acks=all, or the spool on this machine's disk while the broker is
away. Each account has its port and its spool, so that one disturbs no other.
"""

import asyncio
from datetime import UTC, datetime
from time import time
from typing import Final

import structlog

from ingest.adapter import Account, Adapter, Delivery, Keep
from ingest.durable import Durable, durable
from ingest.originals import Originals
from ouvidor.errors import Misconfigured
from ouvidor.health import Heart
from ouvidor.identity import Pseudonyms
from ouvidor.metrics import CHANNEL_LAST_SUCCESS, ORIGINALS_RECEIVED
from ouvidor.service import Task
from ouvidor.settings import Settings
from ouvidor.topics import Topics

__all__ = ["ListenEdge", "task"]

_TICK: Final = 10.0

_log = structlog.get_logger(__name__)


def task(settings: Settings, adapter: Adapter, account: Account) -> Task:
    """Give the service `<network>.<account>`."""
    return Task(f"{adapter.network}.{account.account}", lambda heart: ListenEdge(settings, adapter, account).run(heart))


class ListenEdge:
    """One account's port."""

    def __init__(self, settings: Settings, adapter: Adapter, account: Account) -> None:
        self._settings = settings
        self._adapter = adapter
        self._account = account
        self._kept: Durable | None = None
        self.port: int | None = None
        """The port that is listened at, while it is."""

    @property
    def direct(self) -> bool:
        """Do records go straight to the broker? Where not, they go by the spool."""
        return self._kept is not None and self._kept.outlet.direct

    async def run(self, heart: Heart) -> None:
        """Listen until cancelled. Raises `OuvidorError` where the port or the spool cannot be had."""
        network, account = self._adapter.network, self._account.account
        if self._adapter.listen is None:
            raise Misconfigured(f"network {network} is not one that is listened to")
        async with durable(self._settings, f"{network}-{account}", heart) as kept:
            self._kept = kept
            try:
                async with self._adapter.listen(self._account, self._keep(kept)) as self.port:
                    _log.info("listening", network=network, account=account, port=self.port)
                    heart.beat()
                    while not kept.keeping.done():
                        CHANNEL_LAST_SUCCESS.labels(network).set(time())
                        await asyncio.wait({kept.keeping}, timeout=_TICK)
                kept.keeping.result()
            finally:
                self.port = self._kept = None

    def _keep(self, kept: Durable) -> Keep:
        adapter, settings = self._adapter, self._settings
        received = ORIGINALS_RECEIVED.labels(adapter.channel, adapter.network)
        originals = Originals(
            channel=adapter.channel,
            network=adapter.network,
            account=self._account.account,
            topics=Topics(settings.kafka.prefix),
            pseudonyms=Pseudonyms.from_file(settings.pseudonym_key),
            zone=settings.organisation.tz,
            uri_of=kept.blobs.uri_of,
        )

        async def keep(delivery: Delivery) -> str:
            registered = originals.register(delivery, datetime.now(UTC))
            if registered.blob is None:
                await kept.outlet.keep(registered.output)
            else:
                await kept.outlet.keep_large(registered.output, registered.blob)
            received.inc()
            return registered.protocol

        return keep
