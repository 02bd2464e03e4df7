"""A department's system on the loopback."""

from collections.abc import AsyncIterator

import pytest

from tests.sinks.webhook.receiver import Panel


@pytest.fixture
async def panel() -> AsyncIterator[Panel]:
    it = Panel()
    await it.start()
    yield it
    await it.stop()
