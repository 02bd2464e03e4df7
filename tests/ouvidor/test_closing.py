"""A client is closed in any state: what it raises then is its own, unless we are cancelled ourselves."""

import asyncio

import pytest

from ouvidor.closing import close_client


class Client:
    def __init__(self, failure: BaseException | None = None) -> None:
        self.failure = failure
        self.stopping = asyncio.Event()

    async def stop(self) -> None:
        self.stopping.set()
        if self.failure is not None:
            raise self.failure
        await asyncio.Event().wait()


@pytest.mark.parametrize("failure", [ConnectionError("gone"), asyncio.CancelledError()])
async def test_what_fails_within_it_ends_nothing_else(failure: BaseException):
    """aiokafka's consumer raises a cancellation of its own where the broker died."""
    await close_client(Client(failure))


async def test_it_is_given_up_in_time():
    await close_client(Client(), within=0.05)


async def test_who_is_cancelled_is_cancelled():
    client = Client()
    closing = asyncio.create_task(close_client(client, within=60))
    await client.stopping.wait()
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
