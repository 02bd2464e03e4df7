"""What tests of the push edge need: one that listens, who posts to it, and a look at what came out."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any

import aiohttp

from ingest import registry
from ingest.push import PushEdge
from ouvidor.events import Incoming
from ouvidor.health import Heart
from ouvidor.metrics import SPOOL_RECORDS
from ouvidor.promise import Promise
from ouvidor.settings import Settings
from ouvidor.topics import Topics
from tests.ingest.river import committed, running, until

SECRET = "segredo"
ACCOUNTS: list[dict[str, Any]] = [
    {"network": "form", "account": "main", "title": "Fale conosco"},
    {"network": "whatsapp", "account": "main", "verify_token": "palavra", "app_secrets": [SECRET]},
]
PROMISE = timedelta(days=3)
JSON = {"Content-Type": "application/json", "Accept": "application/json"}


def settings_for(bootstrap: str, prefix: str, data: Path, **http: object) -> Settings:
    return Settings(
        kafka={"bootstrap": bootstrap, "prefix": prefix, "partitions": 1},
        data=data,
        ingest={"http": {"port": 0, **http}, "accounts": ACCOUNTS},
    )


@dataclass
class Edge:
    """A running push edge, and who calls it."""

    settings: Settings
    heart: Heart
    url: str
    session: aiohttp.ClientSession
    seconds: list[float] = field(default_factory=list)
    """How long each post took."""

    @property
    def prompt(self) -> bool:
        """Was the usual answer there within a second? Some may have met a machine that was busy otherwise."""
        return median(self.seconds) < 1

    async def post(self, words: str, path: str = "/form/main") -> dict[str, str]:
        """Post a form; it must be taken."""
        begun = monotonic()
        async with self.session.post(self.url + path, data=json.dumps({"message": words}), headers=JSON) as answer:
            assert answer.status == 202, await answer.text()
            found: dict[str, str] = await answer.json()
        self.seconds.append(monotonic() - begun)
        return found

    async def originals(self, count: int = 0, within: float = 30) -> list[Incoming]:
        """Give the originals in Kafka, when there are so many."""
        async with asyncio.timeout(within):
            while len(found := await committed(self.settings, Topics(self.settings.kafka.prefix).originals)) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        return found

    @property
    def spooled(self) -> int:
        return int(SPOOL_RECORDS._value.get())


@asynccontextmanager
async def listening(settings: Settings, *, direct: bool = False) -> AsyncIterator[Edge]:
    """Run an edge; `direct` waits until it has found its broker."""
    edge = PushEdge(settings, registry.accounts(settings), lambda moment: Promise(moment + PROMISE, "3 dias corridos"))
    heart = Heart("http")
    async with running(asyncio.ensure_future(edge.run(heart))) as work, aiohttp.ClientSession() as session:
        await until(lambda: edge.port is not None or work.done())
        if work.done():
            work.result()
        await until(lambda: edge.direct or not direct)
        yield Edge(settings, heart, f"http://127.0.0.1:{edge.port}", session)


def words_of(records: Sequence[Incoming]) -> list[str]:
    """What was said, in order, each the first time that it comes."""
    return list(dict.fromkeys(json.loads(record.value or b"{}")["message"] for record in records))


def numbers(first: int, last: int) -> list[str]:
    return [f"palavra {number}" for number in range(first, last + 1)]


def count(metric: Any, *labels: str) -> float:  # noqa: ANN401 - a counter
    return metric.labels(*labels)._value.get()
