"""What a stage remembers: nothing is forgotten that was committed, and nothing kept that was not."""

import sqlite3
from pathlib import Path
from time import time

import pytest

from ouvidor.errors import Unavailable
from ouvidor.memory import PartitionMemory, Untold


def now() -> int:
    return int(time())


def opened(folder: Path, forget_after: int | None = None) -> PartitionMemory:
    return PartitionMemory(folder / "seen-0.sqlite", forget_after)


def test_what_was_put_is_known_in_the_batch_and_after_the_commit_in_the_next_process(tmp_path: Path) -> None:
    memory = opened(tmp_path)
    assert memory.get(b"a") is None
    memory.put(b"a", b"1")
    assert memory.get(b"a") == b"1"
    assert memory.told() == [(b"a", b"1")]
    memory.apply(7)
    assert memory.told() == []
    memory.close()
    again = opened(tmp_path)
    assert again.get(b"a") == b"1"
    assert again.next_offset == 7
    again.close()


def test_what_was_put_in_a_transaction_that_failed_is_forgotten(tmp_path: Path) -> None:
    memory = opened(tmp_path)
    memory.put(b"a", b"1")
    memory.apply(1)
    memory.put(b"a", b"2")
    memory.put(b"b", b"2")
    memory.drop()
    assert (memory.get(b"a"), memory.get(b"b")) == (b"1", None)
    assert memory.told() == []
    memory.close()


def test_what_a_rejected_record_put_is_undone_and_what_came_before_it_stays(tmp_path: Path) -> None:
    memory = opened(tmp_path)
    memory.put(b"a", b"1")
    memory.put(b"b", b"1")
    mark = memory.mark()
    memory.put(b"a", b"2")
    memory.put(b"a", b"3")
    memory.put(b"c", b"3")
    memory.undo(mark)
    assert memory.told() == [(b"a", b"1"), (b"b", b"1")]
    assert memory.get(b"c") is None
    memory.close()


def test_killed_between_the_commit_and_the_cache_the_changelog_tells_it_again(tmp_path: Path) -> None:
    memory = opened(tmp_path)
    memory.put(b"a", b"1")
    memory.apply(5)
    memory.put(b"a", b"2")
    memory.close()  # killed: the broker has it, the cache has not
    again = opened(tmp_path)
    assert (again.get(b"a"), again.next_offset) == (b"1", 5)
    again.replay([(b"a", b"2", now())], 9)
    assert (again.get(b"a"), again.next_offset) == (b"2", 9)
    again.replay([(b"a", b"2", now())], 9)  # told twice is told once
    assert (again.get(b"a"), again.next_offset) == (b"2", 9)
    again.close()


def test_what_is_older_than_asked_for_is_forgotten_also_when_it_was_read_from_the_changelog(tmp_path: Path) -> None:
    memory = opened(tmp_path, forget_after=60)
    memory.replay([(b"old", b"1", now() - 61), (b"young", b"1", now() - 30)], 2)
    assert (memory.get(b"old"), memory.get(b"young")) == (None, b"1")
    memory.close()
    with sqlite3.connect(tmp_path / "seen-0.sqlite") as file:
        assert file.execute("SELECT key FROM remembered").fetchall() == [(b"young",)]
    file.close()


def test_a_changelog_that_was_made_anew_is_read_from_its_beginning(tmp_path: Path) -> None:
    memory = opened(tmp_path)
    memory.replay([(b"a", b"1", now())], 900)
    memory.clear()
    assert (memory.get(b"a"), memory.next_offset) == (None, 0)
    memory.replay([(b"b", b"1", now())], 3)
    assert (memory.get(b"b"), memory.next_offset) == (b"1", 3)
    memory.close()


def test_a_cache_that_is_no_data_base_is_thrown_away_and_made_anew(tmp_path: Path) -> None:
    (tmp_path / "seen-0.sqlite").write_bytes(b"power went off here" * 500)
    with pytest.raises(Unavailable, match="made anew from the changelog"):
        opened(tmp_path)
    memory = opened(tmp_path)  # under the next fence
    assert memory.next_offset == 0
    memory.put(b"a", b"1")
    memory.apply(1)
    memory.close()


def test_a_cache_found_damaged_on_the_way_holds_the_partition_and_blames_no_record(tmp_path: Path) -> None:
    memory = opened(tmp_path)
    memory.replay([(f"key {number}".encode(), b"x" * 100, now()) for number in range(2_000)], 2_000)
    memory.close()
    path = tmp_path / "seen-0.sqlite"
    whole = path.read_bytes()
    path.write_bytes(whole[:20480] + b"\x99" * (len(whole) - 20480))
    memory = opened(tmp_path)
    with pytest.raises(Unavailable, match="damaged"):
        [memory.get(f"key {number}".encode()) for number in range(2_000)]
    memory.close()
    again = opened(tmp_path)
    assert again.next_offset == 0
    again.close()


def test_a_cache_that_another_has_locked_is_not_thrown_away(tmp_path: Path) -> None:
    memory = opened(tmp_path)
    memory.replay([(b"a", b"1", now())], 4)
    other = sqlite3.connect(tmp_path / "seen-0.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    memory.put(b"b", b"1")
    with pytest.raises(Unavailable, match="locked"):
        memory.apply(5)
    other.execute("ROLLBACK")
    other.close()
    memory.close()
    again = opened(tmp_path)
    assert (again.get(b"a"), again.get(b"b"), again.next_offset) == (b"1", None, 4)
    again.close()


def test_a_worker_frozen_between_commit_and_cache_does_not_overwrite_what_its_successor_learnt(tmp_path: Path) -> None:
    frozen = opened(tmp_path)
    frozen.put(b"a", b"old")
    successor = opened(tmp_path)
    successor.replay([(b"a", b"old", now())], 1)
    successor.put(b"a", b"new")
    successor.apply(2)
    with pytest.raises(Unavailable, match="another worker"):
        frozen.apply(1)
    assert (successor.get(b"a"), successor.next_offset) == (b"new", 2)
    frozen.close()
    successor.put(b"a", b"newer")
    successor.apply(3)
    assert successor.get(b"a") == b"newer"
    successor.close()


def test_a_memory_closed_by_a_rebalance_holds_the_record_in_hand_and_does_not_blame_it(tmp_path: Path) -> None:
    memory = opened(tmp_path)
    memory.close()
    with pytest.raises(Unavailable):
        memory.get(b"a")
    memory.put(b"a", b"1")
    with pytest.raises(Unavailable):
        memory.apply(1)


def test_what_was_applied_is_never_half_there(tmp_path: Path) -> None:
    memory = opened(tmp_path)

    def rows() -> object:
        yield b"a", b"1", now()
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        memory.replay(rows(), 5)  # type: ignore[arg-type]
    assert (memory.get(b"a"), memory.next_offset) == (None, 0)
    memory.replay([(b"b", b"1", now())], 6)
    assert (memory.get(b"b"), memory.next_offset) == (b"1", 6)
    memory.close()


def test_a_stage_that_remembers_nothing_is_told_when_it_tries() -> None:
    memory = Untold()
    with pytest.raises(LookupError, match=r"Stage\.remembers"):
        memory.get(b"a")
    with pytest.raises(LookupError, match=r"Stage\.remembers"):
        memory.put(b"a", b"1")
    assert memory.told() == []
