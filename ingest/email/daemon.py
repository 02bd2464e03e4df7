"""Blocking work in a thread of its own that nobody has to wait for.

`asyncio.to_thread` would do but for one thing: its threads are joined when the loop closes and when the process ends,
so that one thread that hangs in a name server's answer hangs the process. A daemon thread is left behind instead.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

__all__ = ["in_daemon"]

T = TypeVar("T")


async def in_daemon(work: Callable[[], T], *, within: float, give_up: Callable[[], None]) -> T:
    """Run `work`, and wait for it `within` seconds.

    When the time is over (`TimeoutError`), or the caller is cancelled, `give_up` is called: it must not block, and
    should make the work end, or undo what it did meanwhile. The thread is not waited for.
    """
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if outcome.done():
            return  # nobody waits any more
        if error is not None:
            outcome.set_exception(error)
        else:
            outcome.set_result(result)  # type: ignore[arg-type]  # None only where T is None

    def run() -> None:
        result, failure = None, None
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - handed to who waits
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, result, failure)

    threading.Thread(target=run, name="ouvidor-imap", daemon=True).start()
    try:
        async with asyncio.timeout(within):
            return await outcome
    except (TimeoutError, asyncio.CancelledError):
        give_up()
        raise
