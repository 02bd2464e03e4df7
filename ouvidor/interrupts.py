"""Run until done, or until somebody wants it to end: Ctrl-C, SIGTERM, a closed terminal.

The signal cancels what runs, which then ends what it has begun; a second signal cancels that too, so that whoever
waits for a clean end is killed instead. A thread cannot be cancelled: one that hangs in a download after all else has
ended is left to the system, since Python would wait for it.
"""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from typing import Any, TypeVar

__all__ = ["INTERRUPTED", "run_until_interrupted"]

T = TypeVar("T")

INTERRUPTED = 130
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_THREADS = "ouvidor-beside"
_LINGER_SECONDS = 1.0
_LOOK_EVERY_SECONDS = 0.02


def run_until_interrupted(body: Coroutine[Any, Any, T]) -> T | None:
    """Run it; give what it gives, or None where it was interrupted."""
    try:
        return asyncio.run(_attend(body))
    except asyncio.CancelledError:
        return None


async def _attend(body: Coroutine[Any, Any, T]) -> T:
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()
    threads = ThreadPoolExecutor(thread_name_prefix=_THREADS)
    loop.set_default_executor(threads)
    for number in _SIGNALS:
        if task is not None and signal.getsignal(number) is not signal.SIG_IGN:  # nohup's wish is kept
            loop.add_signal_handler(number, task.cancel)
    try:
        return await body
    except asyncio.CancelledError:
        threads.shutdown(wait=False, cancel_futures=True)
        until = monotonic() + _LINGER_SECONDS
        while any(thread.name.startswith(_THREADS) for thread in threading.enumerate()):
            if monotonic() > until:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(INTERRUPTED)
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
        raise
