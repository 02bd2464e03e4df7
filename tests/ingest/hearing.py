"""The intake without a broker: originals as records, and what they become, with a memory that is a dict."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from aiokafka import ConsumerRecord

from ingest.adapter import Adapter, Delivery
from ingest.fitting import Blob
from ingest.intake import Intake
from ingest.originals import Originals
from ingest.stage import Reception
from ouvidor.blobs import BlobStore
from ouvidor.events import INBOUND, Incoming, Output, decode, header
from ouvidor.identity import Pseudonyms
from ouvidor.records import Message
from ouvidor.topics import Topics

RECEIVED = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
PSEUDONYMS = Pseudonyms(b"a key of tests, not a secret one")
ZONE = ZoneInfo("America/Sao_Paulo")
ACCOUNT = "balcao"


def uri_of(digest: str) -> str:
    return f"memory:///{digest}"


def incoming(output: Output, offset: int = 0) -> Incoming:
    """Give a sent record as a consumer would."""
    return ConsumerRecord(
        topic=output.topic,
        partition=0,
        offset=offset,
        timestamp=int(RECEIVED.timestamp() * 1000),
        timestamp_type=0,
        key=output.key,
        value=output.value,
        checksum=None,
        serialized_key_size=len(output.key or b""),
        serialized_value_size=len(output.value or b""),
        headers=output.headers,
    )


@dataclass
class Hearing:
    """The intake of one account, with what it gave."""

    adapter: Adapter
    where: Path
    memory: dict[bytes, bytes] = field(default_factory=dict)
    outputs: list[Output] = field(default_factory=list)
    blobs: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.topics = Topics("test.")
        self.reception = Reception(Intake(PSEUDONYMS, ZONE, uri_of), self.topics, BlobStore.local(self.where))
        self.originals = Originals(
            channel=self.adapter.channel,
            network=self.adapter.network,
            account=ACCOUNT,
            topics=self.topics,
            pseudonyms=PSEUDONYMS,
            zone=ZONE,
            uri_of=uri_of,
        )

    def record(self, delivery: Delivery, received_at: datetime = RECEIVED) -> Incoming:
        """Give a delivery's record, with all its bytes (a claim was fetched already)."""
        registered = self.originals.register(delivery, received_at)
        output = registered.output
        if registered.blob is not None:
            output = Output(output.topic, registered.blob, output.key, output.headers)
        return incoming(output)

    def hear(self, deliveries: Iterable[Delivery], received_at: datetime = RECEIVED) -> list[Output]:
        """Put deliveries through the stage's function; give what these became."""
        fresh: list[Output] = []
        for delivery in deliveries:
            for given in self.reception.hear(self.record(delivery, received_at), _Memory(self.memory)):
                if isinstance(given, Output):
                    fresh.append(given)
                elif isinstance(given, Blob):
                    self.blobs.append(given.content)
        self.outputs += fresh
        return fresh

    def messages(self, deliveries: Iterable[Delivery], received_at: datetime = RECEIVED) -> list[Message]:
        return messages(self.hear(deliveries, received_at))


@dataclass
class _Memory:
    known: dict[bytes, bytes]

    def get(self, key: bytes) -> bytes | None:
        return self.known.get(key)

    def put(self, key: bytes, value: bytes) -> None:
        self.known[key] = value


def messages(outputs: Sequence[Output]) -> list[Message]:
    """Read the messages among outputs as the next stage does."""
    records = [incoming(output) for output in outputs]
    return [decode(record, Message, type=INBOUND) for record in records if header(record, "ce_type") == INBOUND]
