"""A changed table is taken whole, or the old one stays in force."""

import os
from pathlib import Path
from time import time

import pytest

from ouvidor import metrics
from ouvidor.errors import Misconfigured, Unavailable
from routers.in_force import InForce
from routers.reading import Table, read_table
from tests.routers.conftest import PLAIN

OTHER = PLAIN.replace("roads", "streets")


class Topics:
    """Makes topics, or finds the broker away."""

    def __init__(self) -> None:
        self.made: list[list[str]] = []
        self.away = False

    async def make(self, table: Table) -> None:
        if self.away:
            raise Unavailable("the broker is away")
        self.made.append(list(table.departments))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path / "table.yaml", PLAIN)


@pytest.fixture
def topics() -> Topics:
    return Topics()


def write(path: Path, text: str, age: float = 60) -> Path:
    path.write_text(text, encoding="utf-8")
    os.utime(path, (time() - age, time() - age))
    return path


def remove(path: Path) -> None:
    path.unlink()


def failures() -> float:
    return metrics.ROUTING_TABLE_FAILURES._value.get()


def told(hashed: str) -> bool:
    return (hashed,) in metrics.ROUTING_TABLE._metrics


async def test_a_changed_table_is_in_force_after_its_topics_are_there(path: Path, topics: Topics):
    in_force = InForce(path, topics.make)
    old = in_force.table
    await in_force.look()
    assert in_force.table is old
    write(path, OTHER, age=50)
    await in_force.look()
    assert list(in_force.table.departments) == ["counter", "lamps", "streets", "board"]
    assert topics.made == [list(in_force.table.departments)]
    assert (told(old.hash), told(in_force.table.hash)) == (False, True)


async def test_a_broken_table_leaves_the_old_one_in_force_and_is_told_once(path: Path, topics: Topics):
    in_force, before = InForce(path, topics.make), failures()
    old = in_force.table
    for _ in range(3):
        write(path, "default: [", age=40)
        os.utime(path, (1_700_000_000, 1_700_000_000))
        await in_force.look()
    assert in_force.table is old
    assert (failures() - before, told(old.hash)) == (1, True)
    write(path, OTHER, age=30)
    await in_force.look()
    assert in_force.table.hash == read_table(path).hash != old.hash


async def test_a_table_that_was_taken_away_leaves_the_old_one_in_force(path: Path, topics: Topics):
    in_force, before = InForce(path, topics.make), failures()
    remove(path)
    await in_force.look()
    await in_force.look()
    assert list(in_force.table.departments)[2] == "roads"
    assert failures() - before == 1


async def test_one_that_is_just_being_written_is_waited_for(path: Path, topics: Topics):
    in_force, before = InForce(path, topics.make), failures()
    write(path, "default: [", age=0)
    await in_force.look()
    assert failures() == before
    write(path, OTHER, age=1)
    await in_force.look()
    assert "streets" in in_force.table.departments


async def test_where_topics_cannot_be_made_now_the_old_table_stays_in_force_and_it_is_tried_again(
    path: Path, topics: Topics, monkeypatch: pytest.MonkeyPatch
):
    in_force, before = InForce(path, topics.make), failures()
    topics.away = True
    write(path, OTHER, age=50)
    await in_force.look()
    await in_force.look()  # not at once
    assert ("roads" in in_force.table.departments, failures() - before) == (True, 1)
    topics.away = False
    monkeypatch.setattr("routers.in_force.monotonic", lambda: float("inf"))
    await in_force.look()
    assert "streets" in in_force.table.departments


async def test_a_file_that_says_the_same_is_the_same_table(path: Path, topics: Topics):
    in_force = InForce(path, topics.make)
    old = in_force.table
    write(path, PLAIN, age=10)
    await in_force.look()
    assert in_force.table is old
    assert topics.made == []


def test_a_table_that_is_broken_at_the_start_stops_it(path: Path, topics: Topics):
    with pytest.raises(Misconfigured):
        InForce(write(path, "default: ["), topics.make)
