"""One task of the room `ingest` as a process, to be killed: `python -m tests.ingest.poll SETTINGS.yaml TASK`."""

import asyncio
import sys
from pathlib import Path

from ingest.stage import services
from ouvidor.health import Heart
from ouvidor.loading import load
from ouvidor.service import Task

if __name__ == "__main__":
    _, settings, name = sys.argv
    [task] = [each for each in services(load(Path(settings))) if isinstance(each, Task) and each.name == name]
    asyncio.run(task.run(Heart(name)))
