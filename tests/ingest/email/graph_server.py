"""Microsoft Graph's mail on the loopback, as its documents and its users' reports describe it.

Ids change when a mail moves; a delta query lists a page at a time, newest first; only the newest few tokens of a folder
are known (`SyncStateNotFound` else); a mail that is marked as read is listed as changed unless `changeType=created`.
"""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from aiohttp import web

from tests.ingest.email.api_server import ApiServer
from tests.ingest.email.token_server import TokenServer

USER = "ouvidoria@orgao.test"


@dataclass(slots=True)
class Folder:
    name: str
    mails: dict[str, "Kept"] = field(default_factory=dict)
    log: list[tuple[str, str]] = field(default_factory=list)
    tokens: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    raw: bytes
    when: str
    message_id: str


class GraphServer(ApiServer):
    network = "graph"

    def __init__(self, issuer: TokenServer) -> None:
        super().__init__(issuer)
        self.folders = {"inbox": Folder("Caixa de Entrada"), "sentitems": Folder("Itens Enviados")}
        self.generations = 1000
        self.other_host: str | None = None

    @property
    def api(self) -> str:
        return f"{self.url}/v1.0"

    def put(self, raw: bytes, folder: str = "inbox", when: str | None = None) -> str:
        its = self.folders[folder]
        number = sum(len(each.log) for each in self.folders.values())
        when = when or f"2026-11-20T{10 + number // 3600 % 12:02}:{number // 60 % 60:02}:{number % 60:02}Z"
        found = raw.partition(b"Message-ID: ")[2].partition(b"\r\n")[0].decode()
        name = f"AAMkAGI2{secrets.token_urlsafe(80)}="
        its.mails[name] = Kept(raw, when, found)
        its.log.append(("created", name))
        return name

    def mark_as_read(self, name: str, folder: str = "inbox") -> None:
        self.folders[folder].log.append(("updated", name))

    def remove(self, name: str, folder: str = "inbox") -> None:
        del self.folders[folder].mails[name]
        self.folders[folder].log.append(("deleted", name))

    def move(self, name: str, source: str, target: str) -> str:
        its = self.folders[source].mails[name]
        self.remove(name, source)
        return self.put(its.raw, target, its.when)

    def routes(self, app: web.Application) -> None:
        mailbox = f"/v1.0/users/{quote(USER, safe='@')}"
        app.router.add_get(f"{mailbox}/mailFolders/{{folder}}", self._folder)
        app.router.add_get(f"{mailbox}/mailFolders/{{folder}}/childFolders", self._children)
        app.router.add_get(f"{mailbox}/mailFolders/{{folder}}/messages/delta", self._delta)
        app.router.add_get(f"{mailbox}/messages", self._messages)
        app.router.add_get(f"{mailbox}/messages/{{mail}}/$value", self._value)

    def refuse(self, status: int, code: str, **more: Any) -> web.Response:  # noqa: ANN401 - headers
        said = {
            "error": {"code": code, "message": f"Access is denied to {USER}.", "innerError": {"date": "2026-11-20"}}
        }
        return web.json_response(said, status=status, **more)

    async def _folder(self, request: web.Request) -> web.Response:
        if request.match_info["folder"] not in self.folders:
            return self.refuse(404, "ErrorItemNotFound")
        return web.json_response({"id": request.match_info["folder"]})

    async def _children(self, request: web.Request) -> web.Response:
        wanted = request.query["$filter"].removeprefix("displayName eq '").removesuffix("'").replace("''", "'")
        return web.json_response({"value": [{"id": key} for key, its in self.folders.items() if its.name == wanted]})

    async def _messages(self, request: web.Request) -> web.Response:
        wanted = request.query["$filter"].removeprefix("internetMessageId eq '").removesuffix("'").replace("''", "'")
        found = [key for its in self.folders.values() for key, mail in its.mails.items() if mail.message_id == wanted]
        return web.json_response({"value": [{"id": key} for key in found]})

    async def _value(self, request: web.Request) -> web.Response:
        name = request.match_info["mail"]
        self.before_mail(name)
        for its in self.folders.values():
            if name in its.mails:
                return web.Response(body=its.mails[name].raw, content_type="text/plain")
        return self.refuse(404, "ErrorItemNotFound")

    async def _delta(self, request: web.Request) -> web.Response:
        its = self.folders.get(request.match_info["folder"])
        if its is None:
            return self.refuse(404, "ErrorItemNotFound")
        token = request.query.get("$skiptoken") or request.query.get("$deltatoken")
        if token is None:
            only = request.query.get("changeType")
            listed: list[dict[str, Any]] = [self._item(its, name) for name in reversed(its.mails)]
            state = (listed, len(its.log), only)
        elif token not in its.tokens:
            return self.refuse(410, "SyncStateNotFound")
        else:
            state = its.tokens[token]
        listed, upto, only = state
        if "$deltatoken" in request.query:
            listed, upto = list(self._changed(its, upto, only)), len(its.log)
        size = int(request.headers["Prefer"].partition("maxpagesize=")[2])
        page, rest = listed[:size], listed[size:]
        name = secrets.token_urlsafe(150)
        its.tokens[name] = (rest, upto, only)
        for old in list(its.tokens)[: -self.generations]:
            del its.tokens[old]
        base = self.other_host or self.url
        path = f"{base}/v1.0/users('{quote(USER)}')/mailFolders('{request.match_info['folder']}')/messages/delta"
        path = path.replace(f"users('{quote(USER)}')", f"users/{USER}").replace("('", "/").replace("')", "")
        key, kind = ("@odata.nextLink", "skiptoken") if rest else ("@odata.deltaLink", "deltatoken")
        return web.Response(
            text=json.dumps({"value": page, key: f"{path}?${kind}={name}"}), content_type="application/json"
        )

    def _item(self, its: Folder, name: str) -> dict[str, Any]:
        mail = its.mails[name]
        return {"@odata.etag": "W/x", "id": name, "receivedDateTime": mail.when, "internetMessageId": mail.message_id}

    def _changed(self, its: Folder, since: int, only: str | None) -> Iterator[dict[str, Any]]:
        for kind, name in its.log[since:]:
            if only in {None, kind} and name in its.mails:
                yield self._item(its, name)
            elif kind == "deleted":  # told whatever was asked for
                yield {"@removed": {"reason": "deleted"}, "id": name}
