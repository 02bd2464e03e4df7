"""Confluent's API of a registry, as much of it as we need: find a schema, register it, say what may follow it.

A subject is found before anything is written, so that whoever may only read comes through once all is registered. A
new subject's compatibility is set to NONE: our own gate has compared every release in both directions, and a registry's
rule for JSON would refuse an optional field that is added to an open schema.

Source: Confluent Schema Registry, "API Reference" (subjects, config; error codes 40401 and 40403).
"""

import json
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

import aiohttp
import structlog

from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.schema_registry.marks import Registered
from ouvidor.schema_registry.settings import SchemaRegistry

__all__ = ["Api", "api"]

_log = structlog.get_logger(__name__)
_TYPE: Final = "application/vnd.schemaregistry.v1+json"
_NO_SUBJECT: Final = 40401
_NO_SCHEMA: Final = 40403
_MOST: Final = 2**32
_LONGEST: Final = 4 * 2**20
"""Bytes of an answer that are read: it repeats the schema, which has a hundred thousand."""
_OUT_OF_ORDER: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})


class Api:
    """A registry."""

    def __init__(self, settings: SchemaRegistry, session: aiohttp.ClientSession) -> None:
        self._settings = settings
        self._session = session

    async def found(self, subject: str, schema: Mapping[str, Any], *, register: bool) -> Registered:
        """Give a schema's names; it is registered where it is missing and may be.

        Raises `Unavailable` where the registry does not answer, `Misconfigured` where it refuses.
        """
        body = {"schemaType": "JSON", "schema": json.dumps(schema, ensure_ascii=False)}
        path = f"/subjects/{quote(subject, safe='')}"
        status, answer = await self._call("POST", path, body)
        if status == HTTPStatus.NOT_FOUND and answer.get("error_code") in (_NO_SUBJECT, _NO_SCHEMA):
            if not register:
                raise Misconfigured(f"{self._settings.url}: {subject} is missing: `ouvidor schema --register` makes it")
            if answer["error_code"] == _NO_SUBJECT:
                await self._let_us_decide(subject)
            self._right(await self._call("POST", f"{path}/versions", body), subject)
            status, answer = await self._call("POST", path, body)
        self._right((status, answer), subject)
        return Registered(subject, answer["id"], _uuid(answer.get("guid")))

    async def _let_us_decide(self, subject: str) -> None:
        status, answer = await self._call("PUT", f"/config/{quote(subject, safe='')}", {"compatibility": "NONE"})
        if status != HTTPStatus.OK:
            _log.warning("a subject keeps the registry's own rule", subject=subject, error=answer.get("error_code"))

    def _right(self, answered: tuple[int, Mapping[str, Any]], subject: str) -> None:
        status, answer = answered
        if status == HTTPStatus.OK and type(answer.get("id")) is int and 0 <= answer["id"] < _MOST:
            return
        told = f"{status}, {str(answer.get('message', 'no words'))[:300]}"
        mends: Mapping[int, str] = {
            HTTPStatus.UNAUTHORIZED: "check username and password",
            HTTPStatus.FORBIDDEN: "this user needs the right to read and write the subject",
            HTTPStatus.CONFLICT: "its rule of compatibility is in the way: set the subject's to NONE",
        }
        mend = mends.get(status, "is it Confluent's API? Apicurio's is at /apis/ccompat/v7")
        raise Misconfigured(f"kafka.schema_registry: {self._settings.url}: {subject} is not taken ({told}); {mend}")

    async def _call(self, method: str, path: str, body: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
        url = self._settings.url + path
        try:
            async with self._session.request(method, url, data=json.dumps(body).encode()) as answer:
                text = await _beginning(answer)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Unavailable(f"{self._settings.url} does not answer: {type(error).__name__}") from error
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status in _OUT_OF_ORDER:
            raise Unavailable(f"{self._settings.url} is out of order: {answer.status}")
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = {}
        return answer.status, found if isinstance(found, dict) else {}


async def _beginning(answer: aiohttp.ClientResponse) -> bytes:
    found = bytearray()
    while len(found) < _LONGEST and (part := await answer.content.read(_LONGEST - len(found))):
        found += part
    return bytes(found)


def _uuid(given: object) -> UUID | None:
    """Read a GUID; None where there is none, or none that is one: the number serves then."""
    try:
        return UUID(given) if isinstance(given, str) else None
    except ValueError:
        return None


@asynccontextmanager
async def api(settings: SchemaRegistry) -> AsyncIterator[Api]:
    """Open a registry. Raises `Misconfigured` where the certificates cannot be read."""
    headers = {"Content-Type": _TYPE, "Accept": f"{_TYPE}, application/json"}
    if settings.password is not None:
        login = f"{settings.username}:{settings.password.get_secret_value()}"
        headers["Authorization"] = f"Basic {b64encode(login.encode()).decode()}"
    try:
        trusted = ssl.create_default_context(cafile=settings.ca_file)
    except OSError as error:
        raise Misconfigured(f"kafka.schema_registry.ca_file: {settings.ca_file}: {error}") from error
    async with aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=settings.timeout.total_seconds()),
        headers=headers,
        connector=aiohttp.TCPConnector(ssl=trusted),
    ) as session:
        yield Api(settings, session)
