"""A worker of a stage, as a process to kill, freeze and restart: reads JSON with `department`, sends it on.

worker.py BOOTSTRAP PREFIX INSTANCE DATA [SESSION_SECONDS [MAX_RECORDS]]
Input `<PREFIX>in`, outputs `<PREFIX>out.<department>`. Says READY when it has joined, and STOPPED when it left cleanly.
"""

import asyncio
import json
import signal
import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from ouvidor.errors import Misconfigured, Rejected
from ouvidor.events import Incoming, Output
from ouvidor.health import Heart
from ouvidor.service import Stage, alone
from ouvidor.settings import Settings
from ouvidor.stage import Limits, StageRunner


def handle(prefix: str, record: Incoming) -> Iterable[Output]:
    try:
        department = json.loads(record.value or b"")["department"]
    except (ValueError, KeyError, TypeError) as error:
        raise Rejected(f"no department: {type(error).__name__}") from error
    return [Output(f"{prefix}out.{department}", record.value, record.key)]


async def main(bootstrap: str, prefix: str, instance: str, data: str, session: str = "6", most: str = "500") -> int:
    settings = Settings(kafka={"bootstrap": bootstrap, "prefix": prefix}, data=Path(data))
    stage = Stage("worker", alone(lambda record: handle(prefix, record)), topics=[f"{prefix}in"])
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
    await runner.start()
    print("READY", flush=True)
    await stopped.wait()
    await runner.stop()
    print("STOPPED", *found, flush=True)
    return 78 if found else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(*sys.argv[1:])))
