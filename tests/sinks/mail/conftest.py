"""A department's box: a mail server that keeps what it gets."""

from collections.abc import AsyncIterator

import pytest

from tests.sinks.mail.box import Box


@pytest.fixture
async def box() -> AsyncIterator[Box]:
    it = Box()
    await it.start()
    yield it
    await it.stop()
