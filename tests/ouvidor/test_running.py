"""Commands ask the broker that runs on their data directory, and no stranger who has Kafka's usual port."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ouvidor.local.folder import FolderLock
from ouvidor.running import NOTE, at_running_broker
from ouvidor.settings import Kafka, Settings


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / NOTE).parent.mkdir()
    (tmp_path / NOTE).write_text(json.dumps({"kafka": "127.0.0.1:29403"}))
    return tmp_path


@pytest.fixture
def running(data: Path) -> Iterator[Path]:
    lock = FolderLock(data / "run")
    yield data
    lock.release()


def test_the_broker_that_runs_here_is_asked(running: Path):
    assert at_running_broker(Settings(data=running)).kafka.servers == "127.0.0.1:29403"


def test_a_broker_that_is_set_is_asked_whatever_runs_here(running: Path):
    settings = Settings(data=running, kafka=Kafka(bootstrap="kafka:9092"))
    assert at_running_broker(settings).kafka.servers == "kafka:9092"


def test_the_note_of_who_was_killed_is_not_believed(data: Path):
    FolderLock(data / "run").release()
    assert at_running_broker(Settings(data=data)).kafka.bootstrap is None


def test_where_nothing_has_run_the_settings_stay_as_they_are(tmp_path: Path):
    settings = Settings(data=tmp_path / "var")
    assert at_running_broker(settings) is settings
    assert not settings.data.exists()


@pytest.mark.parametrize("note", ["", "{", "[]", "{}"])
def test_who_is_just_starting_is_waited_for_by_nobody(running: Path, note: str):
    (running / NOTE).write_text(note)
    assert at_running_broker(Settings(data=running)).kafka.bootstrap is None
