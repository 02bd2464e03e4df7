"""What becomes of a batch: a record's outputs count all together or not at all, and nobody pays for another's fault."""

import json
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiokafka import ConsumerRecord

from ouvidor.batch import Condemned, DeadLetters, Worked, describe, first_ready, work
from ouvidor.errors import Misconfigured, Rejected, Unavailable
from ouvidor.events import Incoming, Output
from ouvidor.memory import PartitionMemory, Untold
from ouvidor.service import Deed, Function, Memory
from ouvidor.topics import Topics
from ouvidor.trouble import Trouble

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DEAD_LETTERS = DeadLetters("sort", Topics("t."), lambda: NOW)


def record(offset: int, value: bytes = b"ok", topic: str = "t.in", timestamp: int = 1_700_000_000_000) -> Incoming:
    return ConsumerRecord(topic, 0, offset, timestamp, 0, b"key", value, None, 3, len(value), [("origin", b"\xff")])


def echo(one: Incoming, _: Memory) -> Iterator[Output | Deed]:
    yield Output("t.out", one.value)
    match one.value:
        case b"reject":
            raise Rejected("no department")
        case b"defect":
            raise ValueError("joana@example.org wrote this")
        case b"away":
            raise Unavailable("the model server is away")
        case b"setting":
            raise Misconfigured("no such table")
        case b"deed":
            yield ("write", one.offset)


async def worked(
    *values: bytes,
    function: Function = echo,
    memory: PartitionMemory | Untold | None = None,
    condemned: Mapping[int, Condemned] | None = None,
    within: float = 60.0,
) -> Worked:
    records = [record(offset, value) for offset, value in enumerate(values)]
    tries = {2: 4}
    return await work(
        function,
        records,
        memory or Untold(),
        DEAD_LETTERS,
        condemned=condemned or {},
        tries=lambda offset: tries.get(offset, 0),
        within=within,
    )


def letters(found: Iterable[Output]) -> list[dict[str, object]]:
    return [json.loads(each.value or b"") for each in found if each.topic == "t.dead-letter"]


async def test_outputs_and_deeds_come_in_the_records_order() -> None:
    found = await worked(b"one", b"deed", b"three")
    assert [each.value for each in found.outputs] == [b"one", b"deed", b"three"]
    assert found.deeds == [("write", 1)]
    assert (found.done, found.dead, found.held) == (3, 0, None)


@pytest.mark.parametrize("bad", [b"reject", b"defect"])
async def test_a_record_that_fails_half_way_gives_nothing_but_its_dead_letter_and_its_neighbours_pass(
    bad: bytes,
) -> None:
    found = await worked(b"one", bad, b"three")
    assert [each.topic for each in found.outputs] == ["t.out", "t.dead-letter", "t.ombudsman", "t.out"]
    (letter,) = letters(found.outputs)
    assert letter["offset"] == 1
    assert b64decode(str(letter["value"])) == bad
    assert (found.done, found.dead, found.held) == (3, 1, None)


async def test_the_words_of_an_error_that_nobody_foresaw_are_told_to_nobody() -> None:
    (letter,) = letters((await worked(b"defect")).outputs)
    assert letter["error"] == "ValueError"
    assert "joana" not in str(letter["reason"])
    assert "test_batch.py" in str(letter["reason"])
    assert "joana" not in describe(ValueError("joana"))


async def test_what_is_away_holds_its_record_and_those_after_it_and_those_before_are_done() -> None:
    found = await worked(b"one", b"reject", b"away", b"four")
    assert found.done == 2
    assert isinstance(found.held, Unavailable)
    assert [each.topic for each in found.outputs] == ["t.out", "t.dead-letter", "t.ombudsman"]


async def test_what_takes_too_long_for_one_transaction_is_left_for_the_next_and_one_record_is_always_done() -> None:
    found = await worked(b"one", b"two", b"three", within=0)
    assert [each.value for each in found.outputs] == [b"one"]
    assert (found.done, found.held) == (1, None)


async def test_a_wrong_setting_ends_the_batch() -> None:
    with pytest.raises(Misconfigured):
        await worked(b"one", b"setting")


async def test_a_dead_letter_tells_how_often_its_record_was_tried() -> None:
    (letter,) = letters((await worked(b"one", b"two", b"reject")).outputs)
    assert letter["attempts"] == 5


async def test_what_a_rejected_or_held_record_remembered_is_forgotten(tmp_path: Path) -> None:
    def learn(one: Incoming, memory: Memory) -> Iterator[Output | Deed]:
        memory.put(b"last", str(one.offset).encode())
        memory.put(one.value or b"", b"seen")
        yield from echo(one, memory)

    memory = PartitionMemory(tmp_path / "memory.sqlite", None)
    await worked(b"one", b"reject", b"two", b"away", function=learn, memory=memory)
    assert dict(memory.told()) == {b"last": b"2", b"one": b"seen", b"two": b"seen"}
    memory.close()


async def test_a_memory_taken_away_in_the_middle_makes_no_dead_letters(tmp_path: Path) -> None:
    memory = PartitionMemory(tmp_path / "memory.sqlite", None)

    def ask(one: Incoming, known: Memory) -> Iterator[Output | Deed]:
        if one.value == b"rebalance":
            memory.close()
        if known.get(one.value or b"") is None:
            yield Output("t.out", one.value)

    found = await worked(b"one", b"rebalance", b"three", function=ask, memory=memory)
    assert (found.done, found.dead) == (1, 0)
    assert isinstance(found.held, Unavailable)


async def test_a_condemned_record_is_not_worked_and_says_why() -> None:
    found = await worked(b"one", b"two", condemned={1: Condemned(Rejected("too large"))})
    assert [each.value for each in found.outputs if each.topic == "t.out"] == [b"one"]
    (letter,) = letters(found.outputs)
    assert letter["reason"] == "too large"
    assert b64decode(str(letter["value"])) == b"two"


async def test_a_dead_letter_that_is_too_large_itself_is_written_without_the_records_bytes() -> None:
    found = await worked(b"x" * 10_000, condemned={0: Condemned(Rejected("too large"), whole=False)})
    (letter,) = letters(found.outputs)
    assert "value" not in letter
    assert letter["headers"] == []
    assert (letter["topic"], letter["partition"], letter["offset"]) == ("t.in", 0, 0)
    assert sum(len(each.value or b"") for each in found.outputs) < 2_000


@pytest.mark.parametrize("timestamp", [-1, 0, 2**63 - 1, -(2**63)])
async def test_a_timestamp_that_no_calendar_has_is_no_reason_to_stand_still(timestamp: int) -> None:
    found = DEAD_LETTERS.outputs(record(0, timestamp=timestamp), Rejected("bad"), 1)
    assert len(found) == 2


async def test_what_came_from_the_ombudsmans_queue_does_not_come_back_to_it() -> None:
    found = DEAD_LETTERS.outputs(record(0, topic="t.ombudsman"), Rejected("bad"), 1)
    assert [each.topic for each in found] == ["t.dead-letter"]


def test_the_record_to_blame_is_found_by_halves_and_condemned() -> None:
    trouble = Trouble()
    records = [record(offset) for offset in range(100)]
    guilty, at, commits = 37, 0, 0
    for _ in range(40):
        if guilty in trouble.condemned:
            break
        chunk = trouble.next_chunk(records[at:])
        if guilty in {each.offset for each in chunk}:
            trouble.blame(chunk, Rejected("never"))
            assert trouble.failed(Rejected("never"), 0.0, chunk[0].offset) == 0.0
        else:
            at += len(chunk)
            commits += 1
            trouble.progressed()
    assert set(trouble.condemned) == {guilty}
    assert records[at].offset == guilty
    assert trouble.next_chunk(records[at:]) == records[at:]


def test_one_whose_dead_letter_is_refused_too_gets_one_without_its_bytes_and_then_time() -> None:
    trouble = Trouble()
    one = [record(5)]
    trouble.blame(one, Rejected("too large"))
    assert trouble.condemned[5].whole
    trouble.blame(one, Rejected("too large"))
    assert not trouble.condemned[5].whole
    pauses = [trouble.failed(Rejected("never"), 0.0, 5) for _ in range(60)]
    assert pauses[0] == 0
    assert pauses[-1] == 5, "a search that finds nothing must not spin"


def test_pauses_grow_with_each_failure_and_begin_again_after_progress() -> None:
    trouble = Trouble()
    away = Unavailable("away")
    assert [trouble.failed(away, 100.0, 3) for _ in range(8)] == [0.1, 0.2, 0.5, 1, 2, 5, 5, 5]
    assert trouble.not_before == 105.0
    assert trouble.tried(3) == 8
    assert trouble.tried(4) == 0
    trouble.progressed()
    assert trouble.failed(away, 200.0, 4) == 0.1


def test_who_says_how_long_to_stay_away_is_not_asked_sooner() -> None:
    trouble = Trouble()
    assert trouble.failed(Unavailable("busy", retry_after=timedelta(seconds=30)), 0.0, 1) == 30


def test_what_was_prepared_takes_its_place_up_to_the_first_that_is_left_for_later():
    records = [record(offset) for offset in range(5)]
    asked = [records[0], records[2], records[3], records[4]]  # 1 is condemned: nobody prepares it
    new = [record(offset, b"prepared") for offset in (0, 2)]
    assert first_ready(records, asked, new) == [new[0], records[1], new[1]]
    assert first_ready(records, asked, [*new, *asked[2:]]) == [new[0], records[1], new[1], *asked[2:]]
    assert first_ready(records, asked, new[:1]) == [new[0], records[1]]


@pytest.mark.parametrize("offsets", [(), (2,), (2, 0), (0, 3), (0, 2, 3, 4, 5)])
def test_anything_but_the_first_ones_in_their_order_is_refused(offsets: tuple[int, ...]):
    records = [record(offset) for offset in range(5)]
    asked = [records[0], records[2], records[3], records[4]]
    assert first_ready(records, asked, [record(offset) for offset in offsets]) is None
