"""What every sink must do, whatever it speaks: a test class that each sink's tests inherit.

A sink's tests give a `Receiver` of its network: a real server where there is one, else a fake one on the loopback. The
receiver counts what it took by the delivery's id, as a real one would to drop the second.
"""

import asyncio
import json
from abc import ABC, abstractmethod
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from ouvidor.settings import Settings
from sinks.deliveries.catalogue import sink
from sinks.deliveries.contract import Again, Attempt, Delivered, Delivery, Destination, Gone, Outcome, Sink
from tests.sinks.deliveries.events import data, row


class Receiver(ABC):
    """Somebody else's end."""

    @abstractmethod
    def destination(self, its: Sink, **more: object) -> Destination:
        """Give settings that lead here."""

    @abstractmethod
    async def taken(self) -> list[tuple[UUID, dict[str, Any]]]:
        """Give what was taken, in order: the delivery's id, and the event's data."""

    @abstractmethod
    async def do(self, what: str) -> None:
        """Behave: `take`, `be busy`, `be slow`, `be gone`, `be away`, `fail`, `echo` what was sent in a failure."""


def delivery(number: int = 1, *, tries: int = 1, said: str = "O poste está apagado") -> Delivery:
    its = row(number)
    return Delivery(
        id=its.id,
        destination=its.destination,
        department=its.department,
        protocol=its.protocol,
        attributes=its.attributes,
        body=json.dumps(data(said)).encode(),
        number=tries,
        at=datetime.now(UTC),
    )


class SinkContract:
    """Inherit it, set `name`, and give a fixture `receiver`."""

    name: str
    settings = Settings(deliveries={"allow": ["127.0.0.0/8"]})  # type: ignore[arg-type]

    @pytest.fixture
    async def attempt(self, receiver: Receiver):
        """The sink, open for the receiver."""
        async with AsyncExitStack() as stack:
            its = sink(self.name)
            destination = receiver.destination(its, timeout=20)
            yield await stack.enter_async_context(its.open(destination, self.settings))

    @pytest.fixture
    async def brief(self, receiver: Receiver):
        """The same with little patience."""
        async with AsyncExitStack() as stack:
            its = sink(self.name)
            yield await stack.enter_async_context(its.open(receiver.destination(its, timeout=2), self.settings))

    async def test_what_is_taken_is_delivered_whole(self, receiver: Receiver, attempt: Attempt):
        its = delivery(said="Ção — 😀 <b>&amp;</b> \"'\n.\r\n.")
        assert isinstance(await attempt(its), Delivered)
        ((id_, found),) = await receiver.taken()
        assert id_ == its.id
        assert found["message"]["text"] == json.loads(its.body)["message"]["text"]
        assert (found["verdict"], found["dispatch"]) == (data()["verdict"], data()["dispatch"])

    async def test_a_second_try_is_known_as_the_same_delivery(self, receiver: Receiver, attempt: Attempt):
        for tries in (1, 2):
            assert isinstance(await attempt(delivery(tries=tries)), Delivered)
        assert isinstance(await attempt(delivery(2)), Delivered)
        first, second, other = [id_ for id_, _ in await receiver.taken()]
        assert first == second != other

    @pytest.mark.parametrize("what", ["be busy", "be away", "fail"])
    async def test_what_was_not_taken_is_to_be_tried_again(self, receiver: Receiver, attempt: Attempt, what: str):
        await receiver.do(what)
        came = await attempt(delivery())
        assert isinstance(came, Again)
        assert came.words
        assert await receiver.taken() == []
        await receiver.do("take")
        assert isinstance(await attempt(delivery(tries=2)), Delivered)

    async def test_a_slow_one_is_not_waited_for_beyond_the_limit_and_tried_again(
        self, receiver: Receiver, brief: Attempt
    ):
        await receiver.do("be slow")
        async with asyncio.timeout(60):
            came = await brief(delivery())
            assert isinstance(came, Again)
            assert came.words
            assert await receiver.taken() == []
            await receiver.do("take")
            tries = 2
            while isinstance(came := await brief(delivery(tries=tries)), Again):  # a busy machine may be slow, too
                tries += 1
        assert isinstance(came, Delivered)

    async def test_one_that_is_gone_is_told_apart(self, receiver: Receiver, attempt: Attempt):
        await receiver.do("be gone")
        assert isinstance(await attempt(delivery()), Gone)

    async def test_many_at_once_each_arrive(self, receiver: Receiver, attempt: Attempt):
        came = await asyncio.gather(*(attempt(delivery(number)) for number in range(8)))
        assert {type(each) for each in came} == {Delivered}
        assert {id_ for id_, _ in await receiver.taken()} == {delivery(number).id for number in range(8)}

    async def test_a_try_may_be_cut_short_and_made_again(self, receiver: Receiver, attempt: Attempt):
        await receiver.do("be slow")
        trying = asyncio.ensure_future(attempt(delivery()))
        await asyncio.wait({trying}, timeout=0.2)
        trying.cancel()
        await asyncio.wait({trying}, timeout=10)  # half of what it would wait for an answer
        assert trying.cancelled()
        await receiver.do("take")
        assert isinstance(await attempt(delivery(tries=2)), Delivered)

    async def test_no_word_of_the_customer_s_is_kept_of_an_answer(self, receiver: Receiver, attempt: Attempt):
        await receiver.do("echo")
        came: Outcome = await attempt(delivery(said="Meu vizinho Anastácio, tel. 11 98765-4321"))
        assert isinstance(came, Again)
        kept = came.words.casefold()
        assert not [word for word in ("anastácio", "98765", "maria", "vizinho", "example.org") if word in kept]
        assert len(came.words) < 300

    async def test_where_it_is_there_the_check_is_content_and_sends_nothing(self, receiver: Receiver):
        its = sink(self.name)
        assert its.check is not None
        await its.check(receiver.destination(its), self.settings)
        assert await receiver.taken() == []
