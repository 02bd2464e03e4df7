"""A line an event, once: through crashes, torn lines, rotation and other processes."""

import fcntl
import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random
from time import monotonic

import pytest

from ouvidor.errors import Unavailable
from sinks.ndjson import Directory, Line


def line(number: int, file: str = "lamps", said: str = "…") -> Line:
    text = json.dumps({"ce": {"id": f"id-{number}"}, "said": said}).encode() + b"\n"
    return Line(file=file, id=f"id-{number}", text=text)


def ids(path: Path) -> list[str]:
    return [json.loads(text)["ce"]["id"] for text in path.read_bytes().splitlines()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "departments"


def test_each_department_has_its_file_in_the_records_order(path: Path):
    Directory(path).append([line(1), line(2, "roads"), line(3)])
    assert ids(path / "lamps.ndjson") == ["id-1", "id-3"]
    assert ids(path / "roads.ndjson") == ["id-2"]


def test_a_batch_that_comes_again_adds_nothing(path: Path):
    directory = Directory(path)
    directory.append([line(1), line(2)])
    directory.append([line(1), line(2), line(3), line(3)])
    assert ids(path / "lamps.ndjson") == ["id-1", "id-2", "id-3"]


def test_a_restart_remembers_and_so_does_one_without_its_ledger(path: Path):
    Directory(path).append([line(1), line(2)])
    Directory(path).append([line(2), line(3)])
    for file in path.glob(".lamps.written*"):
        file.unlink()
    Directory(path).append([line(1), line(3), line(4)])
    assert ids(path / "lamps.ndjson") == ["id-1", "id-2", "id-3", "id-4"]


def test_a_ledger_that_is_deleted_while_it_runs_is_learnt_anew(path: Path):
    directory = Directory(path)
    directory.append([line(1)])
    (path / ".lamps.written").unlink()
    directory.append([line(1), line(2)])
    assert ids(path / "lamps.ndjson") == ["id-1", "id-2"]


def test_a_spoilt_ledger_is_learnt_anew(path: Path):
    Directory(path).append([line(1)])
    for file in path.glob(".lamps.written*"):
        file.unlink()
    (path / ".lamps.written").write_bytes(b"spoilt" * 1000)
    Directory(path).append([line(1), line(2)])
    assert ids(path / "lamps.ndjson") == ["id-1", "id-2"]


@pytest.mark.parametrize("torn", [1, 10, len(line(2).text) - 1])
def test_a_torn_line_is_cut_off_and_written_whole(path: Path, torn: int):
    Directory(path).append([line(1)])
    with (path / "lamps.ndjson").open("ab") as file:
        file.write(line(2).text[:torn])
    Directory(path).append([line(2)])
    assert ids(path / "lamps.ndjson") == ["id-1", "id-2"]


def test_lines_that_were_written_before_a_crash_are_known_though_nobody_noted_them(path: Path):
    directory = Directory(path)
    directory.append([line(1)])
    with (path / "lamps.ndjson").open("ab") as file:
        file.write(line(2).text)
    directory.append([line(2), line(3)])
    assert ids(path / "lamps.ndjson") == ["id-1", "id-2", "id-3"]


def test_after_a_rotation_a_new_file_begins_and_the_old_lines_are_still_known(path: Path):
    directory = Directory(path)
    directory.append([line(1), line(2)])
    (path / "lamps.ndjson").rename(path / "lamps.ndjson.1")
    directory.append([line(2), line(3)])
    assert ids(path / "lamps.ndjson") == ["id-3"]
    os.truncate(path / "lamps.ndjson", 0)  # as logrotate's copytruncate does
    directory.append([line(3), line(4)])
    assert ids(path / "lamps.ndjson") == ["id-4"]


def test_a_line_of_somebody_else_s_is_left_alone(path: Path):
    path.mkdir()
    (path / "lamps.ndjson").write_bytes(b"not ours\n[1]\n")
    Directory(path).append([line(1)])
    assert (path / "lamps.ndjson").read_bytes() == b"not ours\n[1]\n" + line(1).text


def test_only_the_owner_may_read(path: Path):
    Directory(path).append([line(1)])
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.iterdir()} == {0o600}


def test_a_disk_that_will_not_is_told_as_something_to_wait_for(path: Path):
    path.write_text("a file where the directory should be")
    with pytest.raises(Unavailable, match="cannot be written"):
        Directory(path).append([line(1)])


def test_a_lock_that_another_holds_is_not_waited_for_for_ever(path: Path):
    Directory(path).append([line(1)])
    with (path / "lamps.ndjson").open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(Unavailable, match=r"another process has held its lock for 0\.1 s"):
            Directory(path, patience=timedelta(seconds=0.1)).append([line(2)])


WRITER = """
import sys
from pathlib import Path
from sinks.ndjson import Directory, Line
import json
directory = Directory(Path(sys.argv[1]))
for start in range(0, int(sys.argv[2]), 7):
    lines = []
    for number in range(start, min(start + 7, int(sys.argv[2]))):
        text = json.dumps({"ce": {"id": f"id-{number}"}, "said": "x" * 5000}).encode() + b"\\n"
        lines.append(Line("lamps", f"id-{number}", text))
    directory.append(lines)
"""


def writer(path: Path, count: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", WRITER, str(path), str(count)])


def test_two_processes_that_write_the_same_give_each_line_once(path: Path):
    both = [writer(path, 140), writer(path, 140)]
    assert [process.wait(60) for process in both] == [0, 0]
    assert sorted(ids(path / "lamps.ndjson")) == sorted(f"id-{number}" for number in range(140))


def test_a_writer_that_is_killed_at_any_moment_leaves_nothing_out_and_nothing_twice(path: Path):
    random = Random(3)
    file = path / "lamps.ndjson"
    ends = []
    for _ in range(4):
        process = writer(path, 300)
        before = file.stat().st_size if file.exists() else 0
        deadline = monotonic() + 60
        while not (file.exists() and file.stat().st_size > before + random.randrange(1, 200_000)):
            if process.poll() is not None or monotonic() > deadline:
                break
        process.send_signal(signal.SIGKILL)
        ends.append(process.wait(60))
    assert -signal.SIGKILL in ends
    assert writer(path, 300).wait(60) == 0
    assert sorted(ids(file)) == sorted(f"id-{number}" for number in range(300))
    with closing(sqlite3.connect(path / ".lamps.written")) as ledger:
        assert ledger.execute("SELECT count(*) FROM written").fetchone() == (300,)
