"""What this room runs: the intake, a poller for each account that is asked, and the ports for those that call.

The intake recognises a redelivery by what it remembers of each partition of `originals`: the same delivery always comes
by the same partition (its key says so), and what is remembered is written in the message's own transaction.

A department's answer to a mail of ours is no customer's message: it goes to `mail-answers`, for the sinks.
"""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from ingest import claims, listen, push
from ingest.adapter import Account, Adapter, Original
from ingest.email.department_answers import DepartmentAnswers
from ingest.fitting import Blob
from ingest.intake import Intake
from ingest.originals import Originals, read_original
from ingest.pull import LastSuccess
from ingest.pull import task as pull_task
from ingest.registry import accounts, adapter, networks
from ouvidor.blobs import BlobStore
from ouvidor.errors import Misconfigured, Rejected
from ouvidor.events import INBOUND, MAIL_ANSWERED, NETWORK_EVENT, Incoming, Output, encode, header
from ouvidor.identity import Pseudonyms
from ouvidor.metrics import MESSAGES_RECEIVED, NETWORK_EVENTS, REDELIVERIES, UNREADABLE
from ouvidor.records import MailAnswer, Message, NetworkEvent
from ouvidor.service import Deed, Memory, Service, Stage, Task
from ouvidor.settings import Settings
from ouvidor.topics import Topics

__all__ = ["Reception", "services"]

REMEMBERED: Final = timedelta(days=30)
_WRITES_AT_ONCE: Final = 16
_UNKNOWN: Final = "unknown"


def services(settings: Settings) -> list[Service]:
    """Give all services of this room. Raises `Misconfigured` for any account at fault."""
    found = accounts(settings)
    topics = Topics(settings.kafka.prefix)
    blobs = BlobStore.from_settings(settings)
    pseudonyms = Pseudonyms.from_file(settings.pseudonym_key)
    intake = Intake(pseudonyms, settings.organisation.tz, blobs.uri_of)
    answers = DepartmentAnswers.from_settings(settings, settings.pseudonym_key)
    reception = Reception(intake, topics, blobs, answers)
    successes = LastSuccess()

    def poller(its: Adapter, account: Account) -> Task:
        originals = Originals(
            channel=its.channel,
            network=its.network,
            account=account.account,
            topics=topics,
            pseudonyms=pseudonyms,
            zone=settings.organisation.tz,
            uri_of=blobs.uri_of,
        )
        return pull_task(its, account, kafka=settings.kafka, originals=originals, blobs=blobs, successes=successes)

    pulls = [poller(its, account) for its, account in found if its.pull is not None]
    pushes = [(its, account) for its, account in found if its.accept is not None]
    ports = [listen.task(settings, its, account) for its, account in found if its.listen is not None]
    return [reception.stage(), *pulls, *ports, *([push.task(settings, pushes)] if pushes else [])]


class Reception:
    """The stage `intake`: originals in, messages and network events out, bytes kept."""

    def __init__(
        self, intake: Intake, topics: Topics, blobs: BlobStore, answers: DepartmentAnswers | None = None
    ) -> None:
        self._intake = intake
        self._answers = answers
        self._topics = topics
        self._blobs = blobs
        self._writing = asyncio.Semaphore(_WRITES_AT_ONCE)

    def stage(self) -> Stage:
        """Give the stage."""
        return Stage(
            name="intake",
            function=self.hear,
            topics=(self._topics.originals,),
            prepare=self._prepare,
            perform=self._perform,
            remembers=self._topics.seen,
            forget_after_seconds=int(REMEMBERED.total_seconds()),
        )

    def hear(self, record: Incoming, memory: Memory) -> Iterator[Output | Deed]:
        """Give what an original says, but for what was said before. Raises `Rejected` where it is no original."""
        original = read_original(claims.whole(record))
        its = _adapter_of(original)
        for heard in self._intake.read(original, _id_of(record), its):
            said = heard.said
            network = original.network if its is not None else _UNKNOWN
            if memory.get(said.id.bytes) is not None:
                REDELIVERIES.labels(original.channel, network).inc()
                continue
            memory.put(said.id.bytes, f"{original.received_at:%Y-%m-%dT%H:%M:%SZ}".encode())
            yield from heard.blobs
            told = self._answers.read(said) if self._answers is not None and isinstance(said, Message) else said
            yield self._output(told, f"/ingest/{said.network}/{said.account}", record)
            if isinstance(told, NetworkEvent):
                NETWORK_EVENTS.labels(network, told.kind).inc()
            if not isinstance(told, Message):
                continue
            MESSAGES_RECEIVED.labels(original.channel, network).inc()
            if not heard.readable:
                UNREADABLE.labels(original.channel, network).inc()

    def _output(self, said: Message | MailAnswer | NetworkEvent, source: str, record: Incoming) -> Output:
        if isinstance(said, MailAnswer):
            return encode(
                said,
                topic=self._topics.mail_answers,
                key=said.protocol,
                id=said.id,
                type=MAIL_ANSWERED,
                source=source,
                time=said.received_at,
                subject=said.protocol,
                cause=record,
            )
        if isinstance(said, Message):
            return encode(
                said,
                topic=self._topics.inbound(said.channel),
                key=said.thread.conversation or str(said.id),
                id=said.id,
                type=INBOUND,
                source=source,
                time=said.received_at,
                subject=said.protocol,
                cause=record,
            )
        return encode(
            said,
            topic=self._topics.network_events,
            key=said.conversation or str(said.id),
            id=said.id,
            type=NETWORK_EVENT,
            source=source,
            time=said.received_at,
            subject=None,
            cause=record,
        )

    async def _prepare(self, records: Sequence[Incoming]) -> Sequence[Incoming]:
        return await claims.fetch(records, self._blobs)

    async def _perform(self, deeds: Sequence[Deed]) -> None:
        """Keep the bytes, each once."""
        blobs = {id(deed.content): deed for deed in deeds if isinstance(deed, Blob)}
        await asyncio.gather(*(self._put(blob) for blob in blobs.values()))

    async def _put(self, blob: Blob) -> None:
        async with self._writing:
            await self._blobs.put(blob.content, blob.digest)


def _id_of(record: Incoming) -> UUID:
    try:
        return UUID(header(record, "ce_id") or "")
    except ValueError:
        raise Rejected("ce_id: the UUID of an original is expected") from None


def _adapter_of(original: Original) -> Adapter | None:
    """Give the network's adapter; None where nobody knows the network. One that is not installed stops the intake."""
    try:
        return adapter(original.network)
    except Misconfigured:
        if original.network in networks():
            raise
        return None
