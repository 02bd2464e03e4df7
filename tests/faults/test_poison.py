"""Poison among good records: the good ones pass, the poison is in the dead letters, whole, with its reason, once."""

import json
from base64 import b64decode
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.producer import message_accumulator
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy

from ouvidor.local.kafka import LocalKafka
from tests.faults.river import River, assert_exactly_once, record, until

POISON = {
    "not JSON": b"{broken",
    "not UTF-8": b"\xff\xfe\x00",
    "wrong schema": b'{"department": ["billing"]}',
    "no value": None,
    "of an unknown version": b'{"version": 99, "number": 1}',
    "a function that raises": b'{"explode": true, "department": "billing"}',
}


async def test_each_sort_of_poison_is_in_the_dead_letters_once_and_the_good_ones_pass(
    kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path
) -> None:
    river = River(kafka.bootstrap, fresh_name("poison") + ".", tmp_path)
    await river.make_topics(partitions=1)
    good = [(str(number % 7).encode(), record(number)) for number in range(300)]
    written: list[tuple[bytes | None, bytes | None]] = []
    bad = list(POISON.items())
    for at, pair in enumerate(good):
        written.append(pair)
        if at % 40 == 20 and bad:
            name, value = bad.pop()
            written.append((name.encode(), value))
    assert not bad
    await river.write(written)
    async with river.counting() as counting, river.worker() as worker:
        await counting.reach(len(good), 90)
        assert await worker.end() == 0
    async with river.worker() as worker:  # a restart tries none of them again
        await worker.ready()
        await river.write([(b"1", record(300))])
        async with river.counting() as counting:
            await counting.reach(301, 90)
    assert_exactly_once(await river.read(river.outputs), 301)
    letters = await river.read([river.dead_letters])
    found = {}
    for letter in letters:
        told = json.loads(letter.value)
        name = b64decode(told["key"]).decode()
        assert name not in found, f"{name} is there twice"
        found[name] = told
        assert dict(letter.headers)["ce_type"] == b"ouvidor.record.dead-lettered.v1"
        assert told["headers"] == [["origin", "/zE="]]  # header bytes that are no text
        assert told["topic"] == f"{river.prefix}in"
        assert told["stage"] == "worker"
        assert told["attempts"] == 1
        value = POISON[name]
        assert (b64decode(told["value"]) if "value" in told else None) == value
    assert set(found) == set(POISON)
    assert found["not JSON"]["error"] == "Rejected"
    assert found["not JSON"]["reason"] == "no department: JSONDecodeError"
    assert found["a function that raises"]["error"] == "RuntimeError"
    assert "customer's secret" not in json.dumps(found), "an unforeseen error's words may quote the customer"
    cases = await river.read([f"{river.prefix}ombudsman"])
    assert {json.loads(case.value)["offset"] for case in cases} == {told["offset"] for told in found.values()}


async def test_an_output_over_the_brokers_limit_is_a_dead_letter_and_its_neighbours_pass(
    kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path
) -> None:
    river = River(kafka.bootstrap, fresh_name("large") + ".", tmp_path)
    await river.make_topics(partitions=1)
    good = [(b"k", record(number)) for number in range(200)]
    await river.write([*good[:77], (b"inflates", b'{"inflate": 1500000, "department": "billing"}'), *good[77:]])
    async with river.counting() as counting, river.worker() as worker:
        await counting.reach(len(good), 90)
        assert await worker.end() == 0
    assert_exactly_once(await river.read(river.outputs), len(good))
    (letter,) = await river.read([river.dead_letters])
    told = json.loads(letter.value)
    assert told["error"] == "Rejected"
    assert "MessageSizeTooLargeError" in told["reason"]
    assert told["attempts"] > 1


async def test_a_missing_output_topic_holds_the_records_until_it_is_made(
    kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path
) -> None:
    river = River(kafka.bootstrap, fresh_name("missing") + ".", tmp_path, session=3)
    missing = f"{river.prefix}out.water"
    await river.make_topics(partitions=1, missing=[missing])
    await river.fill(30)
    async with river.worker() as worker:
        await until(lambda: "again_in_seconds" in worker.log.read_text(), 90)
        assert await river.read([river.dead_letters]) == []
        await river.make_topic(missing, 1)
        async with river.counting() as counting:
            await counting.reach(30, 60)
        assert await worker.end() == 0
    assert_exactly_once(await river.read(river.outputs), 30)


@pytest.mark.parametrize("frozen", [False, True], ids=["refuses", "is silent"])
async def test_a_broker_that_refuses_or_is_silent_at_the_start_is_waited_for(
    own_kafka: Callable[..., Awaitable[LocalKafka]], tmp_path: Path, frozen: bool
) -> None:
    kafka = await own_kafka()
    river = River(kafka.bootstrap, "refused.", tmp_path, session=3)
    await river.make_topics()
    await river.fill(30)
    if frozen:
        kafka.freeze()
    else:
        await kafka.stop()
    async with river.worker() as worker:
        await until(lambda: "cannot start" in worker.log.read_text(), 90)
        if frozen:
            kafka.thaw()
        else:
            await kafka.start()
        async with river.counting() as counting:
            await counting.reach(30, 60)
        assert await worker.end() == 0
    assert_exactly_once(await river.read(river.outputs), 30)


async def test_two_workers_of_one_name_quarrel_and_yet_lose_and_double_nothing(
    kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path
) -> None:
    river = River(kafka.bootstrap, fresh_name("twins") + ".", tmp_path, session=3, most=20)
    await river.make_topics()
    await river.fill(1_000)
    async with river.counting() as counting, river.worker("same") as one, river.worker("same") as two:
        await one.ready()
        await two.ready()
        for part in range(1, 4):
            await river.fill(1_000, first=part * 1_000)
        await counting.reach(1_500, 60)  # while they quarrel; how far they come in which time is nobody's promise
        await two.end()
        await river.fill(1_000, first=4_000)
        await counting.reach(5_000, 60)
    assert_exactly_once(await river.read(river.outputs), 5_000)


class Strange(str):
    """A header's name that is no text: only a client that does not care writes such a one."""

    __slots__ = ()

    def encode(self, *_: str) -> bytes:
        return b"caf\xe9"


@pytest.mark.parametrize("compression", [None, "gzip"])
async def test_a_header_whose_name_is_no_utf_8_stops_nobody_and_its_record_is_worked_like_any_other(
    kafka: LocalKafka,
    fresh_name: Callable[[str], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    compression: str | None,
) -> None:
    river = River(kafka.bootstrap, fresh_name("names") + ".", tmp_path)
    await river.make_topics(partitions=1)
    strange = [("origin", b"1"), (Strange(), b"2")]
    with monkeypatch.context() as patch:  # the fast builder takes true strings alone
        patch.setattr(message_accumulator, "DefaultRecordBatchBuilder", _DefaultRecordBatchBuilderPy)
        async with AIOKafkaProducer(bootstrap_servers=river.bootstrap, compression_type=compression) as producer:
            batch = producer.create_batch()
            for number in range(100):
                headers = strange if number in {0, 40, 99} else []
                batch.append(key=b"k", value=record(number), timestamp=None, headers=headers)
            batch.append(key=b"k", value=b"{broken", timestamp=None, headers=strange)
            await (await producer.send_batch(batch, f"{river.prefix}in", partition=0))
    await river.write([(b"k", record(number)) for number in range(100, 200)])
    async with river.counting() as counting, river.worker() as worker:
        await counting.reach(200, 90)
        assert await worker.end() == 0
    assert_exactly_once(await river.read(river.outputs), 200)
    (letter,) = await river.read([river.dead_letters])
    told = json.loads(letter.value)
    assert told["headers"] == [["origin", "MQ=="], ["caf\\xe9", "Mg=="]]
    assert b64decode(told["value"]) == b"{broken"
