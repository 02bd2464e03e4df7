"""aiohttp's server as our port needs it: it tells nobody of what we are made, and waits for nobody's headers for ever.

`web.Server` answers what is no HTTP by itself, with its own name and the sender's bytes in the answer; it answers no
`Expect: 100-continue` (that is `web.Application`'s), so that curl waits a second before it sends a file; and it waits
an hour for the rest of a header. Its time for an idle connection covers those too: from the connection's begin, or the
last answer, to the end of the next header, however slowly that drips.

Source: aiohttp 3.14, `web_protocol.RequestHandler`; RFC 9110, 10.1.1.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Final

from aiohttp import HttpVersion11, web
from aiohttp.web_protocol import RequestHandler

__all__ = ["NAME", "HttpServer", "ask_for_the_body"]

NAME: Final = {"Server": "ouvidor"}

_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_NONSENSE: Final = "Isto não é uma chamada HTTP que se entenda.\n"


class HttpServer(web.Server):
    """The server; its handlers make a connection's dialogue."""

    def __init__(
        self,
        handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
        *,
        headers_within: float,
        logger: logging.Logger,
    ) -> None:
        """`headers_within` is in seconds."""
        super().__init__(handler)
        self._headers_within = headers_within
        self._logger = logger

    def __call__(self) -> RequestHandler:
        """Make a connection's dialogue."""
        return _Dialogue(
            self,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=self._headers_within,
            access_log=self._logger,  # it is silent, and then not even asked
            logger=self._logger,
        )


class _Dialogue(RequestHandler):
    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is no HTTP, or a defect, in our own words."""
        super().handle_error(request, status, exc, message)  # it logs, and raises where an answer has begun
        response = web.Response(
            status=status, text=_NONSENSE if status < HTTPStatus.INTERNAL_SERVER_ERROR else "", headers=NAME
        )
        response.force_close()
        return response


async def ask_for_the_body(request: web.BaseRequest) -> None:
    """Tell a sender that asked whether to send that it should; one that did not wait needs no answer."""
    asked = request.headers.get("Expect", "").lower() == "100-continue"
    if asked and request.version >= HttpVersion11 and not request.content.is_eof():
        await request.writer.write(_CONTINUE)
        request.writer.output_size = 0  # as aiohttp's own: this was no answer yet
