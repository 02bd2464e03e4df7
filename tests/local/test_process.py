"""A server's process: frozen means that none of its threads runs any more."""

import signal
import sys
import time
from pathlib import Path

import pytest

from ouvidor.local.process import ServerProcess

BUSY = "import hashlib, threading; d = bytes(10**7)\ndef go():\n while True: hashlib.sha256(d)\n"
THREADS = "print('ready', flush=True)\nfor _ in range(4): threading.Thread(target=go).start()"


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for threads in /proc")
def test_when_freezing_is_done_each_thread_stands_still(tmp_path: Path):
    process = ServerProcess([sys.executable, "-c", BUSY + THREADS], tmp_path / "out")
    try:
        tasks, until = Path(f"/proc/{process.pid}/task"), time.monotonic() + 60
        while len(list(tasks.iterdir())) < 5:
            assert time.monotonic() < until
            time.sleep(0.02)
        for _ in range(20):
            process.freeze()
            states = {(one / "stat").read_text().rpartition(")")[2].split()[0] for one in tasks.iterdir()}
            assert states == {"T"}
            process.send(signal.SIGCONT)
    finally:
        process.kill()
