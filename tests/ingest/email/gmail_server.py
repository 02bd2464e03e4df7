"""Gmail's API on the loopback, as its documents and its users' reports describe it.

Mails never change; labels do. The history gives what came and what was labelled, in records with rising numbers and
gaps; numbers from before `oldest` get a 404; lists are newest first, with tokens of pages that may be forgotten.
"""

import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from aiohttp import web

from tests.ingest.email.api_server import ApiServer
from tests.ingest.email.token_server import TokenServer

USER = "ouvidoria@orgao.test"


@dataclass(slots=True)
class Kept:
    raw: bytes
    labels: set[str]
    when: float


class GmailServer(ApiServer):
    network = "gmail"

    def __init__(self, issuer: TokenServer) -> None:
        super().__init__(issuer)
        self.mails: dict[str, Kept] = {}
        self.records: list[dict[str, Any]] = []
        self.number = 1000
        self.oldest = 0
        self.tells_labels = True
        self.pages: dict[str, int] = {}
        self.names = {"INBOX": "INBOX", "SENT": "SENT", "Label_7": "Clientes/Região Norte"}

    def put(self, raw: bytes, *labels: str, when: str = "Fri, 20 Nov 2026 10:00:00 +0000") -> str:
        name = f"19a9{len(self.mails):012x}"
        self.mails[name] = Kept(raw, set(labels or ("INBOX",)), parsedate_to_datetime(when).timestamp())
        self._record("messagesAdded", name)
        return name

    def label(self, name: str, *labels: str, remove: tuple[str, ...] = ()) -> None:
        self.mails[name].labels = (self.mails[name].labels | set(labels)) - set(remove)
        self._record("labelsAdded", name, labelIds=list(labels))

    def remove(self, name: str) -> None:
        del self.mails[name]

    def _record(self, kind: str, name: str, **more: Any) -> None:  # noqa: ANN401 - JSON
        self.number += 7
        message: dict[str, Any] = {"id": name, "threadId": name}
        if self.tells_labels:
            message["labelIds"] = sorted(self.mails[name].labels)
        self.records.append({"id": str(self.number), "messages": [message], kind: [{"message": message, **more}]})

    def routes(self, app: web.Application) -> None:
        app.router.add_get("/gmail/v1/users/me/profile", self._profile)
        app.router.add_get("/gmail/v1/users/me/labels", self._labels)
        app.router.add_get("/gmail/v1/users/me/messages", self._list)
        app.router.add_get("/gmail/v1/users/me/history", self._history)
        app.router.add_get("/gmail/v1/users/me/messages/{mail}", self._get)

    def refuse(self, status: int, code: str, **more: Any) -> web.Response:  # noqa: ANN401 - headers
        words = more.pop("message", f"Delegation denied for {USER}")
        errors = [{"domain": "usageLimits", "reason": code, "message": words}]
        said = {"error": {"code": status, "message": words, "errors": errors}}
        return web.json_response(said, status=status, **more)

    async def _profile(self, _: web.Request) -> web.Response:
        said = {"emailAddress": USER, "messagesTotal": len(self.mails), "historyId": str(self.number)}
        return web.json_response(said)

    async def _labels(self, _: web.Request) -> web.Response:
        return web.json_response({"labels": [{"id": key, "name": name} for key, name in self.names.items()]})

    async def _list(self, request: web.Request) -> web.Response:
        label, size = request.query["labelIds"], int(request.query["maxResults"])
        since = float(request.query.get("q", "after:0").removeprefix("after:"))
        hidden = {"SPAM", "TRASH"} if request.query.get("includeSpamTrash") != "true" else set()
        found = [
            name
            for name, its in reversed(self.mails.items())
            if label in its.labels and its.when >= since and not hidden & its.labels
        ]
        begin = 0
        if (token := request.query.get("pageToken")) is not None:
            if token not in self.pages:
                return self.refuse(400, "invalidArgument", message="Invalid pageToken")
            begin = self.pages[token]
        said: dict[str, Any] = {"resultSizeEstimate": 201}
        if page := found[begin : begin + size]:
            said["messages"] = [{"id": name, "threadId": name} for name in page]
        if begin + size < len(found):
            said["nextPageToken"] = token = secrets.token_urlsafe(12)
            self.pages[token] = begin + size
        return web.json_response(said)

    async def _history(self, request: web.Request) -> web.Response:
        start, size = int(request.query["startHistoryId"]), int(request.query["maxResults"])
        if start < self.oldest:
            return self.refuse(404, "notFound", message="Requested entity was not found.")
        begin = self.pages.get(request.query.get("pageToken", ""), 0)
        found = [record for record in self.records if int(record["id"]) > start]
        said: dict[str, Any] = {"historyId": str(self.number)}
        if page := found[begin : begin + size]:
            said["history"] = page
        if begin + size < len(found):
            said["nextPageToken"] = token = secrets.token_urlsafe(12)
            self.pages[token] = begin + size
        return web.json_response(said)

    async def _get(self, request: web.Request) -> web.Response:
        name = request.match_info["mail"]
        self.before_mail(name)
        if name not in self.mails:
            return self.refuse(404, "notFound", message="Requested entity was not found.")
        its = self.mails[name]
        raw = urlsafe_b64encode(its.raw).decode()
        return web.json_response({"id": name, "labelIds": sorted(its.labels), "raw": raw})
