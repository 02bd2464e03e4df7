"""`python -m ouvidor.local.tether PARENT -- COMMAND…`: run a command that does not outlive its parent.

Whoever is killed with `kill -9` cannot stop its children, so the kernel must: on Linux the child asks to get SIGKILL
at its parent's death, and that wish survives `exec`. SIGKILL and not SIGTERM, since a stopped or hanging child would
never act on the latter; a clean stop is what the living parent does. The kernel means the *thread* that started the
child: start it from one that lives as long as the child should. Elsewhere somebody must look: a thread for our own
processes, this process itself for foreign commands.

Source: prctl(2), PR_SET_PDEATHSIG.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from typing import NoReturn

__all__ = ["die_with_parent", "main", "tethered"]

_PR_SET_PDEATHSIG = 1
_LOOK_EVERY_SECONDS = 0.25
_PARENT_GONE = 75  # EX_TEMPFAIL of sysexits.h
_USAGE = 64  # EX_USAGE


def tethered(command: Sequence[str]) -> list[str]:
    """Return the command that runs `command` so that it dies with this process.

    By the file and not by `-m`: it needs nothing but the standard library, so it starts in any working directory and
    environment, and in 15 ms.
    """
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), "--", *command]


def die_with_parent(parent: int) -> None:
    """Make this process die when its parent does; end at once if `parent` (a process id) is already gone."""
    if sys.platform == "linux":
        _ask_the_kernel()
    else:
        threading.Thread(target=_look_after, args=(parent,), name="tether", daemon=True).start()
    # The parent may have died before we asked; then nobody will send the signal.
    if os.getppid() != parent:
        os._exit(_PARENT_GONE)


def _ask_the_kernel() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"prctl(PR_SET_PDEATHSIG): {os.strerror(number)}")


def _look_after(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_EVERY_SECONDS)
    os._exit(_PARENT_GONE)


def _run_beside(parent: int, command: Sequence[str]) -> int:
    """Run the command as our child and look after our parent: where the kernel does not offer to."""
    child = subprocess.Popen(command)  # noqa: S603 - the caller's own command, no shell
    # Signals for us come to the whole group: the child acts on them, and we wait for it.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while os.getppid() == parent:
        try:
            return child.wait(_LOOK_EVERY_SECONDS)
        except subprocess.TimeoutExpired:
            continue
    child.kill()
    child.wait()
    return _PARENT_GONE


def main(arguments: Sequence[str]) -> int:
    """Become the command, tied to the parent; return only where that takes a process of its own, or on bad words."""
    match arguments:
        case [parent, "--", *command] if command and parent.isdecimal():
            pass
        case _:
            sys.stderr.write("usage: python -m ouvidor.local.tether PARENT_PID -- COMMAND…\n")
            return _USAGE
    if sys.platform == "linux":
        die_with_parent(int(parent))
        _become(command)
    return _run_beside(int(parent), command)


def _become(command: list[str]) -> NoReturn:
    os.execvp(command[0], command)  # noqa: S606 - the caller's own command, no shell


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
