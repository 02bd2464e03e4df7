"""Tells whether processes end that are not our children, or no longer anybody's."""

import os
import select
import signal
from collections.abc import Callable

import pytest

_PATIENCE_SECONDS = 15


@pytest.fixture
def ends() -> Callable[[int], bool]:
    """`ends(pid)` waits for the process's end; one that goes on is killed, so that a failed test leaves nothing."""

    def wait(pid: int) -> bool:
        try:
            process = os.pidfd_open(pid)
        except ProcessLookupError:
            return True
        try:
            ended, _, _ = select.select([process], [], [], _PATIENCE_SECONDS)
            if not ended:
                signal.pidfd_send_signal(process, signal.SIGKILL)
            return bool(ended)
        finally:
            os.close(process)

    return wait
