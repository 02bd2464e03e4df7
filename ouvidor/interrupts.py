"""Run until done, or until somebody wants it to end: Ctrl-C, SIGTERM, a closed terminal.

The signal cancels what runs, which then ends what it has begun; a second signal cancels that too, so that whoever
waits for a clean end is killed instead.
"""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

__all__ = ["run_until_interrupted"]

T = TypeVar("T")

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run_until_interrupted(body: Coroutine[Any, Any, T]) -> T | None:
    """Run it; give what it gives, or None where it was interrupted."""
    try:
        return asyncio.run(_attend(body))
    except asyncio.CancelledError:
        return None


async def _attend(body: Coroutine[Any, Any, T]) -> T:
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        if task is not None and signal.getsignal(number) is not signal.SIG_IGN:  # nohup's wish is kept
            loop.add_signal_handler(number, task.cancel)
    return await body
