"""What the end-to-end tests share: a pipeline as a process of its own, and a look at what it leaves behind."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

__all__ = ["Household", "until"]

COMMAND = [sys.executable, "-P", "-m", "ouvidor"]


def until(condition: Callable[[], Any], within: float, words: str) -> Any:  # noqa: ANN401 - whatever is waited for
    """Wait for something of another process; give it."""
    end = time.monotonic() + within
    while not (found := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"{words}: not within {within:g} s")
        time.sleep(0.05)
    return found


class Household:
    """`ouvidor up` or `ouvidor demo` in a directory, and all processes that it starts."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self.home = home
        number = len(list(home.glob("terminal-*.txt"))) + 1  # two at once must not write over each other
        self.output = home / f"terminal-{number}.txt"
        self.errors = home / f"words-{number}.txt"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("OUVIDOR__")}
        with self.output.open("wb") as output, self.errors.open("wb") as errors:
            self.process = subprocess.Popen(
                [*COMMAND, *arguments], cwd=home, stdout=output, stderr=errors, env=environment, start_new_session=True
            )

    def running(self) -> set[int]:
        """Give the ids of all processes that work in this directory, whoever is their parent now."""
        found = set()
        for folder in Path("/proc").iterdir():
            if folder.name.isdecimal():
                try:
                    command = (folder / "cmdline").read_bytes()
                    at = (folder / "cwd").readlink()
                    state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
                except (FileNotFoundError, ProcessLookupError, PermissionError):
                    continue
                if command and state != "Z" and at == self.home:
                    found.add(int(folder.name))
        return found

    def pipeline(self, data: Path) -> Mapping[str, Any] | None:
        """Give what the pipeline tells of itself, once it does."""
        try:
            return json.loads((data / "run" / "pipeline.json").read_text())  # type: ignore[no-any-return]
        except (FileNotFoundError, ValueError):
            return None

    def says(self, words: str) -> bool:
        """Tell whether it has said this, on stdout or stderr."""
        return words in self.output.read_text() + self.errors.read_text()

    def ready(self, words: str, within: float = 120) -> None:
        """Wait until it says this."""
        until(lambda: self.says(words) or self.process.poll() is not None, within, words)
        assert self.says(words), self.errors.read_text()

    def ask(self, *arguments: str) -> str:
        """Give what another command says beside it."""
        done = subprocess.run(
            [*COMMAND, *arguments], cwd=self.home, capture_output=True, text=True, timeout=60, check=True
        )
        return done.stdout

    def interrupt(self, number: signal.Signals = signal.SIGINT) -> tuple[int, float]:
        """Send a signal to it alone; give its exit code and how long it took."""
        begun = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(60)
        return code, time.monotonic() - begun

    def end(self) -> None:
        """End whatever is left of it."""
        for pid in self.running() | {self.process.pid}:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait()


def post(url: str, words: str) -> Mapping[str, Any]:
    """Send a form as a program does; give the receipt."""
    body = json.dumps({"nome": "Ana", "email": "ana@casa.test", "mensagem": words}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.loads(answer.read())  # type: ignore[no-any-return]
