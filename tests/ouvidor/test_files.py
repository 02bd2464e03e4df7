"""A lock is had by one at a time and ends with its holder."""

import os
import subprocess
import sys
from pathlib import Path

from ouvidor.files import sync_folder, take_lock

_HOLDER = """
import os, sys
from ouvidor.files import take_lock
number = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT, 0o600)
print(take_lock(number), flush=True)
sys.stdin.read()
"""


def test_a_lock_that_another_holds_is_refused_at_once_and_is_free_when_its_holder_was_killed(tmp_path: Path):
    path = tmp_path / "lock"
    holder = subprocess.Popen([sys.executable, "-c", _HOLDER, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    with holder:
        assert holder.stdout.readline().strip() == b"True"
        number = os.open(path, os.O_RDWR)
        try:
            assert not take_lock(number)
            holder.kill()
            holder.wait(60)
            assert take_lock(number)
        finally:
            os.close(number)


def test_a_folder_is_synced_and_left_as_it_was(tmp_path: Path):
    (tmp_path / "file").touch()
    sync_folder(tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["file"]
