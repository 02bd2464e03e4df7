"""`ouvidor tail` on the real broker: what was committed, in order, from wherever one likes."""

import asyncio
import json
import sys
from collections.abc import Callable
from contextlib import aclosing
from hashlib import sha256
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.events import INBOUND, Output, encode
from ouvidor.local.kafka import LocalKafka
from ouvidor.settings import Settings
from ouvidor.tail import Span, tail
from ouvidor.topic_admin import create
from ouvidor.topics import TopicPlan
from routers.sample import FULL


@pytest.fixture
async def settings(kafka: LocalKafka, fresh_name: Callable[[str], str]) -> Settings:
    prefix = f"{sha256(fresh_name('river').encode()).hexdigest()[:12]}."
    found = Settings(kafka={"bootstrap": kafka.bootstrap, "prefix": prefix})  # type: ignore[arg-type]
    names = ("inbound.email", "department.saude", "department.vias", "empty")
    await create(found, [TopicPlan(f"{prefix}{name}", 3, 1, {}) for name in names])
    return found


def event(topic: str, number: int) -> Output:
    message = FULL[0].model_copy(update={"text": f"número {number}"})
    return encode(
        message,
        topic=topic,
        key=str(number),
        id=f"id-{number}",
        type=INBOUND,
        source="/tests",
        time=message.received_at,
        subject=message.protocol,
    )


async def send(settings: Settings, numbers: range, *, commit: bool = True) -> None:
    """Send each in a transaction of its own, so that every other offset is no record."""
    topic = f"{settings.kafka.prefix}inbound.email"
    async with AIOKafkaProducer(bootstrap_servers=settings.kafka.servers, transactional_id=topic) as producer:
        for number in numbers:
            await producer.begin_transaction()
            out = event(topic, number)
            headers = list(out.headers)
            await producer.send_and_wait(topic, out.value, key=out.key, headers=headers, partition=number % 3)
            await (producer.commit_transaction() if commit else producer.abort_transaction())


async def said(settings: Settings, span: Span, topic: str = "inbound.email") -> list[int]:
    async with aclosing(tail(settings, topic, span)) as records:
        return [int(json.loads(record.value or b"")["text"].split()[1]) async for record in records]


async def test_from_the_beginning_all_that_was_committed_is_shown_and_then_it_ends(settings: Settings):
    await send(settings, range(10))
    await send(settings, range(10, 14), commit=False)
    await send(settings, range(14, 16))
    found = await said(settings, Span(last=None, follow=False))
    assert sorted(found) == [*range(10), 14, 15]


@pytest.mark.parametrize("count", [0, 1, 4, 9, 50])
async def test_the_last_ones_are_as_many_as_were_asked_for_in_the_order_of_their_times(settings: Settings, count: int):
    await send(settings, range(12))
    await send(settings, range(12, 18), commit=False)
    assert await said(settings, Span(last=count, follow=False)) == list(range(12))[12 - min(count, 12) :]


async def test_it_waits_for_what_comes_and_shows_it_once(settings: Settings):
    await send(settings, range(4))
    found = []
    async with asyncio.timeout(60), aclosing(tail(settings, "inbound.email", Span(last=2))) as records:
        async for record in records:
            found.append(int(json.loads(record.value or b"")["text"].split()[1]))
            if found == [2, 3]:
                await send(settings, range(4, 6))
            if len(found) == 4:
                break
    assert found == [2, 3, 4, 5]


async def test_an_empty_topic_ends_at_once(settings: Settings):
    assert await said(settings, Span(last=None, follow=False), "empty") == []
    assert await said(settings, Span(last=5, follow=False), "empty") == []


async def test_a_topic_may_be_named_with_its_prefix(settings: Settings):
    await send(settings, range(1))
    assert await said(settings, Span(last=1, follow=False), f"{settings.kafka.prefix}inbound.email") == [0]


async def test_a_topic_that_is_not_there_names_those_that_are(settings: Settings):
    with pytest.raises(Misconfigured, match=r"departement\.vias: no such topic; did you mean department\.vias\?"):
        await said(settings, Span(follow=False), "departement.vias")
    with pytest.raises(Misconfigured, match=r"known are department\.saude, department\.vias, empty, inbound\.email"):
        await said(settings, Span(follow=False), "xyz")


async def test_a_broker_that_is_away_is_told():
    away = Settings(kafka={"bootstrap": "127.0.0.1:1"})  # type: ignore[arg-type]
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:1: nobody listens there"):
        await said(away, Span(follow=False))


async def command(settings: Settings, folder: Path, *arguments: str) -> tuple[int, list[str], str]:
    config = folder / "ouvidor.yaml"
    config.write_text(json.dumps({"kafka": {"bootstrap": settings.kafka.servers, "prefix": settings.kafka.prefix}}))
    run = "from ouvidor.cli import main; main()"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", run, "-c", str(config), "tail", *arguments,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode or 0, out.decode().splitlines(), err.decode()


async def test_the_command_prints_lines_for_people_and_for_programs(settings: Settings, tmp_path: Path):
    await send(settings, range(3))
    code, lines, _ = await command(settings, tmp_path, "inbound.email", "-n", "2", "--no-follow")
    assert (code, len(lines)) == (0, 2)
    assert lines[1] == "24/11 09:30:00  20261124-0000-0000-000  email/imap  “número 2”"
    code, lines, _ = await command(settings, tmp_path, "inbound.email", "--from-beginning", "--no-follow", "--json")
    assert (code, len(lines)) == (0, 3)
    told = json.loads(lines[0])
    assert told["ce"]["type"] == INBOUND
    assert told["text"] == "número 0"


async def test_the_command_leaves_with_a_readable_line_and_a_code(settings: Settings, tmp_path: Path):
    code, lines, words = await command(settings, tmp_path, "inbound.mail")
    assert (code, lines) == (78, [])
    assert words == "ouvidor: inbound.mail: no such topic; did you mean inbound.email?\n"
