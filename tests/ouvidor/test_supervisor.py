"""The supervisor keeps real processes running, stops them in order and in time, and passes a wrong setting on."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest

from ouvidor.errors import Misconfigured
from ouvidor.local.ports import free_ports
from ouvidor.program import Program, last_error, limit_log, turn_over
from ouvidor.supervisor import State, Supervisor, pause_after

_STAYS = "import signal, time; print('up', flush=True); time.sleep(60)"
_DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
_LEAVES_A_MARK = """
import signal, sys, time
def end(*_):
    with open(sys.argv[1], "a") as file: file.write(sys.argv[2] + "\\n")
    time.sleep(0.2)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("up", flush=True)
time.sleep(60)
"""


def _program(folder: Path, name: str, code: str, *arguments: str) -> Program:
    return Program(name, [sys.executable, "-c", code, *arguments], folder / "log" / f"{name}.log")


@asynccontextmanager
async def _running(supervisor: Supervisor, patience: float = 60) -> AsyncIterator["asyncio.Task[None]"]:
    task = asyncio.create_task(supervisor.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task})
        await supervisor.stop(timedelta(seconds=patience))


async def _until(condition: Callable[[], bool], within: float = 60) -> None:
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 - another process sets no event
            await asyncio.sleep(0.02)


def _says(program: Program, words: str) -> bool:
    return program.log.exists() and words in program.log.read_text()


async def test_a_program_that_dies_is_started_again_and_goes_on_with_its_log(tmp_path: Path) -> None:
    program = _program(tmp_path, "room", _STAYS)
    supervisor = Supervisor([program])
    async with _running(supervisor):
        await _until(lambda: _says(program, "up"))
        child = supervisor.children[0]
        assert child.process is not None
        first = child.process.pid
        os.kill(first, signal.SIGKILL)
        await _until(lambda: program.log.read_text() == "up\nup\n")
        assert child.process.pid != first
        assert child.restarts == 1


async def test_it_tells_why_a_program_is_started_again(tmp_path: Path) -> None:
    told: list[tuple[State, str]] = []
    program = _program(tmp_path, "room", "import sys; sys.exit(70)")
    supervisor = Supervisor([program], lambda child: told.append((child.state, child.words)))
    async with _running(supervisor):
        await _until(lambda: [state for state, _ in told].count(State.RESTARTING) == 2)
    why = f"see {program.log}"
    assert [words for state, words in told if state is State.RESTARTING] == [
        f"ended with exit code 70; again in 0.5 s; {why}",
        f"ended with exit code 70; again in 1 s; {why}",
    ]


async def test_a_wrong_setting_stops_all_with_the_line_that_names_it(tmp_path: Path) -> None:
    wrong = """import sys; print('{"event": "x"}'); print('ouvidor: ouvidor.yaml: data: unknown key'); sys.exit(78)"""
    supervisor = Supervisor([_program(tmp_path, "good", _STAYS), _program(tmp_path, "bad", wrong)])
    with pytest.raises(Misconfigured, match=r"^bad: ouvidor\.yaml: data: unknown key$"):
        await asyncio.wait_for(supervisor.run(), 60)
    await supervisor.stop(timedelta(seconds=30))
    assert all(child.process is not None and child.process.exit_code is not None for child in supervisor.children)


async def test_the_first_is_stopped_before_the_others(tmp_path: Path) -> None:
    mark = tmp_path / "order"
    programs = [_program(tmp_path, name, _LEAVES_A_MARK, str(mark), name) for name in ("ingest", "classify", "route")]
    supervisor = Supervisor(programs)
    async with _running(supervisor):
        await _until(lambda: all(_says(program, "up") for program in programs))
    order = mark.read_text().split()
    assert order[0] == "ingest"
    assert sorted(order[1:]) == ["classify", "route"]


async def test_who_does_not_end_is_killed_in_time(tmp_path: Path) -> None:
    programs = [_program(tmp_path, f"deaf-{number}", _DEAF) for number in range(10)]
    supervisor, patience = Supervisor(programs), 2.0
    async with _running(supervisor, patience):  # which starts what was killed again
        await _until(lambda: all(_says(program, "up") for program in programs))
        started = monotonic()
        await supervisor.stop(timedelta(seconds=patience))
        assert monotonic() - started < 8  # together, and not one second each
    assert [child.process and child.process.exit_code for child in supervisor.children] == [-9] * 10


async def test_all_are_ready_only_when_each_says_so(tmp_path: Path) -> None:
    slow = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    asked = 0
    def do_GET(self):
        Handler.asked += 1
        self.send_response(200 if Handler.asked > 3 else 503)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b'{"services": [{"name": "mailbox", "trouble": "no answer"}]}')
    def log_message(self, *_): pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
    (port,) = free_ports(1)
    program = Program(
        "ingest",
        [sys.executable, "-c", slow, str(port)],
        tmp_path / "ingest.log",
        ready_url=f"http://127.0.0.1:{port}/readyz",
    )
    told: list[tuple[State, str]] = []
    supervisor = Supervisor([program], lambda child: told.append((child.state, child.words)))
    async with _running(supervisor):
        await asyncio.wait_for(supervisor.ready(), 60)
    assert [state for state, _ in told] == [State.STARTING, State.WAITING, State.READY, State.STOPPED]
    assert told[1][1] == "mailbox: no answer"


def test_pauses_grow_and_begin_anew_after_a_long_life() -> None:
    failures, pauses = 0, []
    for _ in range(8):
        pause, failures = pause_after(1.0, failures)
        pauses.append(pause)
    assert pauses == [0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 30.0, 30.0]
    assert pause_after(61.0, failures) == (0.5, 1)


def test_logs_of_earlier_runs_are_kept_three_deep(tmp_path: Path) -> None:
    log = tmp_path / "room.log"
    for number in range(6):
        turn_over(log)
        log.write_text(f"run {number}")
    kept = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert kept == {"room.log": "run 5", "room.log.1": "run 4", "room.log.2": "run 3", "room.log.3": "run 2"}


def test_a_log_that_grew_too_large_is_put_aside_while_its_program_writes_on(tmp_path: Path) -> None:
    log = tmp_path / "room.log"
    with log.open("ab", buffering=0) as written:
        written.write(b"x" * 200)
        assert not limit_log(log, longest=200)
        written.write(b"y")
        assert limit_log(log, longest=200)
        written.write(b"after")
    assert log.read_bytes() == b"after"
    assert (tmp_path / "room.log.1").read_bytes() == b"x" * 200 + b"y"


def test_the_last_words_of_a_program_are_its_line_for_people(tmp_path: Path) -> None:
    log = tmp_path / "room.log"
    assert last_error(log) == "it left no word"
    log.write_text(
        '{"event": "x"}\nouvidor: ouvidor.yaml: a: wrong\nouvidor.yaml: b: wrong too\n{"event": "stopping"}\n'
    )
    assert last_error(log) == "ouvidor.yaml: a: wrong\nouvidor.yaml: b: wrong too"
    log.write_text("Traceback\nKeyError: 'x'\n")
    assert last_error(log) == "KeyError: 'x'"
