"""A registry after Confluent's API reference, in memory: another house's server, which no test may reach.

What it does was held against Apicurio Registry 3.3.3 (`tests/faults/test_schema_registry.py`); GUIDs are Confluent's.
"""

import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from aiohttp import web

JSON = "application/vnd.schemaregistry.v1+json"


class Registry:
    """The server, and what it was told."""

    def __init__(self, *, guids: bool = True) -> None:
        self.guids = guids
        self.schemas: dict[str, list[str]] = {}
        self.rules: dict[str, str] = {}
        self.calls: list[str] = []
        self.authorization: str | None = None
        self.broken: int | None = None

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.calls.append(f"{request.method} {request.path}")
        if self.broken is not None:
            return web.Response(status=self.broken, text="<html>no JSON</html>")
        if self.authorization not in {None, request.headers.get("Authorization")}:
            return self._told(401, {"error_code": 401, "message": "Unauthorized"})
        assert request.headers["Content-Type"] == JSON
        given = json.loads(await request.text())
        _, what, subject, *more = request.path.split("/")
        if what == "config":
            self.rules[subject] = given["compatibility"]
            return self._told(200, given)
        return self._of_subject(subject, given, register=more == ["versions"])

    def _of_subject(self, subject: str, given: dict[str, Any], *, register: bool) -> web.Response:
        assert given["schemaType"] == "JSON"
        kept = self.schemas.get(subject)
        if register:
            self.schemas.setdefault(subject, []).append(given["schema"])
            return self._told(200, {"id": self._id(given["schema"])})
        if kept is None:
            return self._told(404, {"error_code": 40401, "message": f"Subject '{subject}' not found."})
        if given["schema"] not in kept:
            return self._told(404, {"error_code": 40403, "message": "Schema not found"})
        told: dict[str, Any] = {"subject": subject, "id": self._id(given["schema"]), "schema": given["schema"]}
        if self.guids:
            told["guid"] = str(uuid5(NAMESPACE_URL, given["schema"]))
        return self._told(200, told)

    def _id(self, schema: str) -> int:
        known = list(dict.fromkeys(each for kept in self.schemas.values() for each in kept))
        return known.index(schema) + 1

    @staticmethod
    def _told(status: int, data: object) -> web.Response:
        return web.Response(status=status, body=json.dumps(data).encode(), headers={"Content-Type": JSON})
