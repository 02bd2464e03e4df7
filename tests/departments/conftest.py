"""Houses of departments on the session's brokers, for the tests of one file."""

from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest

from ouvidor.local.kafka import LocalKafka
from ouvidor.settings import Kafka
from tests.departments.feed import House, house
from tests.secured import ADMIN, SecuredKafka


@pytest.fixture(scope="module")
async def locked_house(secured_kafka: SecuredKafka, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """By TLS and SCRAM, with ACLs."""
    folder = tmp_path_factory.mktemp("house")
    async with house(secured_kafka.kafka(ADMIN, prefix=_prefix(folder), partitions=1), folder) as found:
        yield found


@pytest.fixture(scope="module")
async def open_house(kafka: LocalKafka, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """On a broker that asks nobody."""
    folder = tmp_path_factory.mktemp("house")
    async with house(Kafka(bootstrap=kafka.bootstrap, prefix=_prefix(folder), partitions=1), folder) as found:
        yield found


def _prefix(folder: Path) -> str:
    return f"{sha256(str(folder).encode()).hexdigest()[:12]}."
