"""`/asyncapi`: how a department reads its feed and answers, served where it answers.

The door is the one port of the pipeline that is made for departments' programs: the forms' port is for customers, who
need not know the house's topics, and the probes' port for whoever supervises. Nothing here is secret or about anybody
(names of departments, topics, the broker's address), so a browser needs no token. What is shown follows the routing
table: it is read again when it is a minute old; where it is broken, what was good stays.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from time import monotonic
from typing import Final

import structlog
from aiohttp import web

from ouvidor.asyncapi import House, document, house_of, to_json
from ouvidor.asyncapi.page import HEADERS, page_of
from ouvidor.errors import Misconfigured
from ouvidor.http_server import NAME
from ouvidor.settings import Settings

__all__ = ["PATH", "Portal"]

PATH: Final = "/asyncapi"
_JSON: Final = ".json"
_LOOK_AGAIN_SECONDS: Final = 60.0
_NOBODY: Final = "Esta página não existe. Todos os departamentos estão em /asyncapi\n"
_READ_ONLY: Final = "Só GET e HEAD são aceitos aqui\n"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Sheet:
    body: bytes
    content_type: str
    tag: str


class Portal:
    """The pages of a house."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._house: House | None = None
        self._looked = 0.0
        self._sheets: dict[str, _Sheet] = {}
        self._one_at_a_time = asyncio.Lock()

    @staticmethod
    def has(path: str) -> bool:
        """Tell whether a path is one of ours."""
        return path in {PATH, PATH + _JSON} or path.startswith(f"{PATH}/")

    async def answer(self, request: web.BaseRequest) -> web.Response:
        """Answer a call for a page or a document. Raises `Misconfigured` where no table was ever good."""
        if request.method not in {"GET", "HEAD"}:
            response = _words(HTTPStatus.METHOD_NOT_ALLOWED, _READ_ONLY, {"Allow": "GET, HEAD"})
            response.force_close()
            return response
        if request.path == f"{PATH}/":  # its relative links would lead nowhere
            return _words(HTTPStatus.PERMANENT_REDIRECT, "", {"Location": f"..{PATH}"})
        async with self._one_at_a_time:
            sheet = await asyncio.to_thread(self._sheet, request.path)
        if sheet is None:
            return _words(HTTPStatus.NOT_FOUND, _NOBODY)
        headers = {**HEADERS, **NAME, "Cache-Control": "no-cache", "ETag": sheet.tag}
        if sheet.tag in request.headers.get("If-None-Match", ""):
            return web.Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
        return web.Response(body=sheet.body, headers={**headers, "Content-Type": sheet.content_type})

    def _sheet(self, path: str) -> _Sheet | None:
        house = self._current()
        if path not in self._sheets:
            sheet = _written(path, house)
            if sheet is None:
                return None  # not remembered: anybody may ask for any name
            self._sheets[path] = sheet
        return self._sheets[path]

    def _current(self) -> House:
        """Give the house as its table is, or as it was when it was last good."""
        if self._house is None or self._clock() - self._looked > _LOOK_AGAIN_SECONDS:
            self._looked = self._clock()
            try:
                found = house_of(self._settings)
            except Misconfigured as error:
                if self._house is None:
                    raise
                _log.warning("departments not read again", reason=str(error))
            else:
                if found != self._house:
                    self._house, self._sheets = found, {}
        return self._house


def _written(path: str, house: House) -> _Sheet | None:
    plain = path.removesuffix(_JSON)
    name = None if plain == PATH else plain.removeprefix(f"{PATH}/")
    if name is not None and house.department(name) is None:
        return None
    found = document(house, name)
    as_json = path.endswith(_JSON)
    body = (to_json(found) if as_json else page_of(found, house, name, served=True)).encode()
    content_type = "application/json" if as_json else "text/html; charset=utf-8"
    return _Sheet(body, content_type, f'"{sha256(body).hexdigest()[:20]}"')


def _words(status: HTTPStatus, words: str, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(status=status, text=words, headers={**HEADERS, **NAME, **(headers or {})})
