"""A worker of a stage, as a process to kill, freeze and restart: reads JSON with `department`, sends it on.

worker.py BOOTSTRAP PREFIX INSTANCE DATA SESSION_SECONDS MAX_RECORDS REMEMBERS
Input `<PREFIX>in`, outputs `<PREFIX>out.<department>`. Says READY when it has joined, and STOPPED when it left cleanly.
REMEMBERS is empty, or the topic by which it knows again what came before, and drops it.
"""

# ruff: noqa: T201 - what it prints is how it is watched

import asyncio
import json
import signal
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from aiokafka.errors import KafkaError

from ouvidor.errors import Misconfigured, Rejected, Unavailable
from ouvidor.events import Incoming, Output
from ouvidor.health import Heart
from ouvidor.service import Memory, Stage, alone
from ouvidor.settings import Settings
from ouvidor.stage import Limits, StageRunner


def handle(prefix: str, record: Incoming) -> Iterable[Output]:
    try:
        data = json.loads(record.value or b"")
        department = data["department"]
    except (ValueError, KeyError, TypeError) as error:
        raise Rejected(f"no department: {type(error).__name__}") from error
    if not isinstance(department, str):
        raise Rejected("department: a word is expected")
    if "explode" in data:
        raise RuntimeError("a customer's secret")
    value = record.value
    if "inflate" in data:
        value = b"x" * data["inflate"]
    return [Output(f"{prefix}out.{department}", value, record.key)]


def once(prefix: str, record: Incoming, memory: Memory) -> Iterable[Output]:
    """Drop what came before, whatever its offset was."""
    if memory.get(record.value or b"") is not None:
        return []
    memory.put(record.value or b"", b"seen")
    return handle(prefix, record)


async def main(*given: str) -> int:
    bootstrap, prefix, instance, data, session, most, remembers = given
    settings = Settings(kafka={"bootstrap": bootstrap, "prefix": prefix}, data=Path(data))
    stage = Stage("worker", alone(lambda record: handle(prefix, record)), topics=[f"{prefix}in"])
    if remembers:
        stage = replace(stage, function=lambda record, memory: once(prefix, record, memory), remembers=remembers)
    stopped = asyncio.Event()
    found: list[Misconfigured] = []

    def misconfigured(error: Misconfigured) -> None:
        found.append(error)
        stopped.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    limits = Limits(max_records=int(most), session=timedelta(seconds=float(session)))
    runner = StageRunner(
        stage, settings, Heart("worker"), instance=instance, on_misconfigured=misconfigured, limits=limits
    )
    while not stopped.is_set():
        try:
            await runner.start()
        except (KafkaError, OSError, Unavailable) as error:
            print("cannot start", type(error).__name__, flush=True)
            await runner.stop()
            await asyncio.sleep(0.5)
        else:
            print("READY", flush=True)
            break
    await stopped.wait()
    await runner.stop()
    print("STOPPED", *found, flush=True)
    return 78 if found else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*sys.argv[1:])))
