"""Blocking work that never ends holds up neither who waits for it nor the process."""

import asyncio
import subprocess
import sys
import threading
import time

import pytest

from ingest.email.daemon import in_daemon


def nothing() -> None:
    pass


async def test_work_gives_its_result_or_its_error():
    assert await in_daemon(lambda: 7, within=60, give_up=nothing) == 7
    with pytest.raises(ZeroDivisionError):
        await in_daemon(lambda: 1 // 0, within=60, give_up=nothing)


async def test_work_that_takes_too_long_is_given_up():
    released = threading.Event()
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        await in_daemon(lambda: released.wait(60), within=0.2, give_up=released.set)
    assert time.monotonic() - began < 30
    assert released.is_set()


async def test_a_caller_who_is_cancelled_gives_the_work_up():
    released, begun = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        released.wait(60)

    waiting = asyncio.ensure_future(in_daemon(work, within=60, give_up=released.set))
    await asyncio.to_thread(begun.wait, 30)
    waiting.cancel()
    await asyncio.wait({waiting}, timeout=30)
    assert waiting.cancelled()
    assert released.is_set()


def test_a_thread_that_hangs_does_not_hang_the_process():
    program = """
import asyncio, time
from ingest.email.daemon import in_daemon
async def main():
    try:
        await in_daemon(lambda: time.sleep(600), within=0.1, give_up=lambda: None)
    except TimeoutError:
        print("given up")
asyncio.run(main())
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (0, "given up\n"), ended.stderr
