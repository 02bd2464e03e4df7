import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from ouvidor.local import tether

# Tells its process id once it runs.
CHILD = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
START_TETHERED = f"""
import subprocess, sys
from ouvidor.local.tether import tethered
subprocess.Popen(tethered([sys.executable, "-c", {CHILD!r}])).wait()
"""
START_LOOKED_AFTER = f"""
import os, subprocess, sys
tether = f"import sys; from ouvidor.local.tether import _run_beside; _run_beside({{os.getpid()}}, sys.argv[1:])"
subprocess.Popen([sys.executable, "-c", tether, sys.executable, "-c", {CHILD!r}]).wait()
"""
START_OUR_OWN = f"""
import os, subprocess, sys
child = f"from ouvidor.local.tether import die_with_parent; die_with_parent({{os.getpid()}});" + {CHILD!r}
subprocess.Popen([sys.executable, "-c", child]).wait()
"""


@contextmanager
def parent_and_child(script: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        try:
            yield parent, int(parent.stdout.readline())
        finally:
            parent.kill()


@pytest.mark.parametrize("script", [START_TETHERED, START_LOOKED_AFTER, START_OUR_OWN])
def test_a_child_ends_when_its_parent_is_killed(script: str, ends: Callable[[int], bool]):
    with parent_and_child(script) as (parent, child):
        parent.kill()
        assert ends(child)


def test_a_stopped_child_ends_when_its_parent_is_killed(ends: Callable[[int], bool]):
    with parent_and_child(START_TETHERED) as (parent, child):
        os.kill(child, signal.SIGSTOP)
        parent.kill()
        assert ends(child)


def test_a_child_whose_parent_is_already_gone_does_not_start():
    somebody_else = str(os.getppid())
    command = [sys.executable, "-m", "ouvidor.local.tether", somebody_else, "--", sys.executable, "-c", "print('ran')"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (75, "")


def test_a_tethered_command_keeps_its_words_its_output_and_its_exit_code():
    command = tether.tethered([sys.executable, "-c", "import sys; print(sys.argv[1:]); sys.exit(7)", "a b", "--", "ç"])
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (7, "['a b', '--', 'ç']\n")


@pytest.mark.parametrize("words", [[], ["12"], ["12", "--"], ["x", "--", "true"]])
def test_words_that_the_tether_does_not_understand_are_answered_with_its_usage(
    words: list[str],
    capsys: pytest.CaptureFixture[str],
):
    assert tether.main(words) == 64
    assert capsys.readouterr().err.startswith("usage: python -m ouvidor.local.tether")
