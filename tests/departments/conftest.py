"""A house of departments on the session's broker, for the tests of one file."""

from collections.abc import AsyncIterator
from hashlib import sha256

import pytest

from ouvidor.local.kafka import LocalKafka
from tests.departments.feed import House, house


@pytest.fixture(scope="module")
async def open_house(kafka: LocalKafka, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("house")
    prefix = f"{sha256(str(folder).encode()).hexdigest()[:12]}."
    async with house(kafka.bootstrap, prefix, folder) as found:
        yield found
