"""Reading the body of a call: raw bytes, in bounded memory and time.

A body over the limit is not refused: its beginning is kept and the rest is read and thrown away, since a browser that
is answered before it has sent everything shows an error instead of the answer. A form's words come before its files, so
the customer is heard, and is told what did not arrive.
"""

import asyncio
from typing import Final

from aiohttp import web

__all__ = ["read_body"]

_SILENCE: Final = 30.0
"""Seconds without a byte until a sender is given up."""
_PATIENCE: Final = 900.0
"""Seconds for all of it."""
_THROWN_AWAY: Final = 10
"""How many times the limit is read at most."""


async def read_body(request: web.BaseRequest, limit: int) -> tuple[bytes, bool]:
    """Read a body: its bytes, and whether they are all of it.

    Raises `TimeoutError` where the sender falls silent, and what aiohttp raises where it hangs up.
    """
    content = request.content
    if content.is_eof():  # all of it came with the headers, as it does for most messages
        data = content.read_nowait()
        return (data, True) if len(data) <= limit else (data[:limit], False)
    kept = bytearray()
    thrown_away = 0
    async with asyncio.timeout(_PATIENCE):
        while thrown_away < limit * _THROWN_AWAY:
            async with asyncio.timeout(_SILENCE):
                chunk = await content.readany()
            if not chunk:
                break
            room = limit - len(kept)
            kept += chunk[:room]
            thrown_away += max(0, len(chunk) - room)
    return bytes(kept), not thrown_away
