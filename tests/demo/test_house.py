"""A demo's directory begins anew each time, and nothing is emptied that no demo has written."""

from pathlib import Path

import pytest

from ouvidor.demo.house import House, empty
from ouvidor.errors import Misconfigured
from ouvidor.loading import load
from ouvidor.local.folder import FolderLock
from ouvidor.settings import Organisation, Routing, Settings


def test_the_settings_that_are_written_are_those_that_are_used(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    empty(data)
    house = House(data)
    theirs = Settings(organisation=Organisation(name="Câmara", zone="America/Manaus"), routing=Routing())
    house.furnish(theirs, imap_port=20143, telegram="http://127.0.0.1:20080")
    written, used = load(house.config), house.settings(theirs)
    assert written.organisation == used.organisation == theirs.organisation
    assert (written.data, written.ingest.http) == (used.data, used.ingest.http)
    assert written.kafka.bootstrap == f"127.0.0.1:{house.kafka_port}"
    assert used.kafka.bootstrap is None
    assert [each["network"] for each in written.ingest.accounts] == ["imap", "form", "whatsapp", "telegram", "webvtt"]
    assert house.config.stat().st_mode & 0o077 == 0


def test_what_a_demo_left_is_gone_at_the_next(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    for _ in range(2):
        empty(data)
        assert not list(data.glob("departments/*"))
        House(data).furnish(Settings(), imap_port=20143, telegram="http://127.0.0.1:20080")
        (data / "departments").mkdir()
        (data / "departments" / "saude.ndjson").write_text("{}\n")
        (data / "run" / "kafka-port").write_text("9092\n")


def test_a_directory_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    data.mkdir()
    (data / "ouvidor.yaml").write_text("data: here\n")
    (data / "thesis.txt").write_text("years of work")
    with pytest.raises(Misconfigured, match="holds what no demo has written"):
        empty(data)
    assert (data / "thesis.txt").read_text() == "years of work"


def test_a_running_demo_is_not_disturbed(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    empty(data)
    House(data).furnish(Settings(), imap_port=20143, telegram="http://127.0.0.1:20080")
    (data / "calls" / "one.vtt").write_text("WEBVTT\n")
    lock = FolderLock(data / "run")
    try:
        with pytest.raises(Misconfigured, match="in use by process"):
            empty(data)
    finally:
        lock.release()
    assert (data / "calls" / "one.vtt").exists()
