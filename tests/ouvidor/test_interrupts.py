"""Whoever interrupts gets a clean end; whoever interrupts the clean end gets an end."""

import signal
import subprocess
import sys
import time

import pytest

_PROGRAM = """
import asyncio, sys, time
from ouvidor.interrupts import run_until_interrupted

async def body():
    try:
        print("running", flush=True)
        {during}
    finally:
        {after}
        print("cleaned", flush=True)
    return "done"

print(run_until_interrupted(body()), flush=True)
"""


def _start(during: str, after: str = "pass") -> "subprocess.Popen[str]":
    program = _PROGRAM.format(during=during, after=after)
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "running\n"
    return process


def _rest(process: "subprocess.Popen[str]") -> str:
    """Give what else it says until it ends."""
    assert process.stdout is not None
    with process.stdout:
        said = process.stdout.read()
    process.wait(60)
    return said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_signal_lets_it_end_what_it_began(number: signal.Signals) -> None:
    process = _start("await asyncio.sleep(60)")
    process.send_signal(number)
    said = _rest(process)
    assert said == "cleaned\nNone\n"
    assert process.returncode == 0


def test_what_ends_by_itself_gives_what_it_gives() -> None:
    process = _start("pass")
    said = _rest(process)
    assert said == "cleaned\ndone\n"


def test_a_second_signal_ends_the_clean_end() -> None:
    process = _start("await asyncio.sleep(60)", after="print('cleaning', flush=True); await asyncio.sleep(60)")
    process.send_signal(signal.SIGINT)
    assert process.stdout is not None
    assert process.stdout.readline() == "cleaning\n"
    process.send_signal(signal.SIGINT)
    said = _rest(process)
    assert said == "None\n"


def test_a_thread_that_hangs_keeps_nobody_waiting() -> None:
    process = _start("await asyncio.to_thread(time.sleep, 60)")
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    said = _rest(process)
    assert time.monotonic() - begun < 30
    assert said == "cleaned\n"
    assert process.returncode == 130
