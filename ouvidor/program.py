"""A program of ours as a child process: its log in a file, its signs of life by HTTP.

The log is turned over at the start and when it has grown too large, by copying and emptying it: the child writes to an
open file that nobody can take from it. All children hold the file descriptors `keep_open`, so that a lock on the data
directory lasts until the last of them is gone, whoever died first.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copyfile

from ouvidor.local.process import ServerProcess

__all__ = ["Program", "last_error", "limit_log", "turn_over"]

_KEPT = 3
_LONGEST_LOG = 64 * 2**20
_TAIL = 16 * 1024


@dataclass(frozen=True, slots=True)
class Program:
    """What is to be kept running."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    """Added to our own."""
    ready_url: str | None = None
    """Answers 200 when it is ready. None: it is ready when it runs."""
    keep_open: Sequence[int] = ()

    def spawn(self) -> ServerProcess:
        """Start it. To be called in a thread that lives as long as the program should: the event loop's."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        return ServerProcess(
            self.command, self.log, self.keep_open, environment={**os.environ, **self.environment}, append=True
        )


def turn_over(log: Path) -> None:
    """Put a log of an earlier run aside: `x.log.1` is the last one."""
    if not log.exists() or log.stat().st_size == 0:
        return
    for number in range(_KEPT - 1, 0, -1):
        older = log.with_name(f"{log.name}.{number}")
        if older.exists():
            older.replace(log.with_name(f"{log.name}.{number + 1}"))
    log.replace(log.with_name(f"{log.name}.1"))


def limit_log(log: Path, longest: int = _LONGEST_LOG) -> bool:
    """Put aside what a running program has written, where it is too much; what it writes just then may be lost."""
    if not log.exists() or log.stat().st_size <= longest:
        return False
    copyfile(log, log.with_name(f"{log.name}.1"))
    os.truncate(log, 0)  # the child appends: it goes on at the new end
    return True


def last_error(log: Path) -> str:
    """Give what a program said last to a person: its `ouvidor: …` lines, else its last words."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - _TAIL))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return "it left no word"
    said = [line for line in lines if line.strip()]
    told = next((number for number in range(len(said) - 1, -1, -1) if said[number].startswith("ouvidor: ")), None)
    if told is not None:
        return "\n".join(line for line in said[told:] if not _is_json(line)).removeprefix("ouvidor: ")
    return said[-1] if said else "it left no word"


def _is_json(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
