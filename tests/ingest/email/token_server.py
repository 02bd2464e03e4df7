"""A token server on the loopback, as the providers' documents describe theirs, refusals included.

It speaks RFC 8628 (device codes), RFC 6749 (codes with PKCE, refresh tokens, client credentials), RFC 7523 (assertions)
and RFC 7662 (introspection, which Dovecot asks). A refresh token is worth nothing once it was changed for another one,
but for `grace` uses, as strict providers have it; Microsoft's leniency is `rotates = False`.
"""

import asyncio
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


@dataclass(slots=True)
class _Code:
    user_code: str
    ends_at: float
    state: str = "pending"
    asked_at: float = 0.0


class TokenServer:
    """`async with` starts and stops it. What it was asked stands in `asked`."""

    def __init__(self) -> None:
        self.interval = 0.05
        self.code_life = 60.0
        self.clock: Callable[[], float] = time.monotonic
        self.access_life: Any = 3600
        self.refresh_life: int | None = None
        self.rotates = True
        self.grace = 0
        self.client_secret: str | None = None
        self.asked: list[dict[str, str]] = []
        self.fails: Callable[[Mapping[str, str]], web.Response | None] = lambda _: None
        self.before_answer: Callable[[], Any] = lambda: None
        self.access: dict[str, float] = {}
        self.refresh: dict[str, int] = {}
        self.revoked = False
        self._codes: dict[str, _Code] = {}
        self._agreed: dict[str, Mapping[str, str]] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def given(self, **others: Any) -> dict[str, Any]:  # noqa: ANN401 - settings
        """Give an account's `oauth` with this server."""
        return {
            "provider": "other",
            "client_id": "our-application",
            "token_url": f"{self.url}/token",
            "device_url": f"{self.url}/devicecode",
            "authorize_url": f"{self.url}/authorize",
            "scope": "imap offline_access",
            **others,
        }

    def settle(self, state: str) -> None:
        """Let the person agree (`agreed`) or decline (`declined`), whatever code was given last."""
        list(self._codes.values())[-1].state = state

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/{tail:.*devicecode}", self._devicecode)
        app.router.add_post("/{tail:.*token}", self._token)
        app.router.add_get("/{tail:.*authorize}", self._authorize)
        app.router.add_route("*", "/introspect", self._introspect)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port: int = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    async def agree_in_browser(self, address: str) -> int:
        """Do what a browser does after the person agreed; give the status of the page at which it ends."""
        async with aiohttp.ClientSession() as browser, browser.get(address) as page:
            return page.status

    async def _form(self, request: web.Request) -> dict[str, str]:
        form = {key: str(value) for key, value in (await request.post()).items()}
        self.asked.append(form)
        return form

    async def _devicecode(self, request: web.Request) -> web.Response:
        form = await self._form(request)
        if form.get("client_id") != "our-application":
            return _refuse("invalid_client", 401)
        code, user_code = secrets.token_urlsafe(24), secrets.token_hex(4).upper()
        self._codes[code] = _Code(user_code, self.clock() + self.code_life)
        return web.json_response(
            {
                "device_code": code,
                "user_code": user_code,
                "verification_uri": f"{self.url}/device",
                "expires_in": self.code_life,
                "interval": self.interval,
                "message": f"To sign in, open {self.url}/device and enter {user_code}.",
            }
        )

    async def _authorize(self, request: web.Request) -> web.Response:
        code = secrets.token_urlsafe(24)
        self._agreed[code] = dict(request.query)
        back = request.query["redirect_uri"]
        raise web.HTTPFound(f"{back}/?{urlencode({'state': request.query['state'], 'code': code})}")

    async def _token(self, request: web.Request) -> web.Response:
        form = await self._form(request)
        if (failure := self.fails(form)) is not None:
            return failure
        if self.client_secret is not None and form.get("client_secret") != self.client_secret:
            return _refuse("invalid_client", 401, "AADSTS7000215: Invalid client secret provided for ana@ouvidor.test.")
        answer = {
            DEVICE: self._by_device,
            "authorization_code": self._by_code,
            "refresh_token": self._by_refresh,
            "client_credentials": lambda _: self._tokens(refresh=False),
            "urn:ietf:params:oauth:grant-type:jwt-bearer": lambda _: self._tokens(refresh=False),
        }.get(form.get("grant_type", ""), lambda _: _refuse("unsupported_grant_type"))(form)
        waiting = self.before_answer()
        if asyncio.iscoroutine(waiting):
            await waiting
        return answer

    def _by_device(self, form: Mapping[str, str]) -> web.Response:
        code = self._codes.get(form.get("device_code", ""))
        now = self.clock()
        if code is None:
            return _refuse("invalid_grant")
        if now > code.ends_at:
            return _refuse("expired_token")
        too_soon, code.asked_at = now - code.asked_at < self.interval * 0.9, now
        if too_soon:
            return _refuse("slow_down")
        if code.state == "declined":
            return _refuse("access_denied")
        if code.state == "pending":
            return _refuse("authorization_pending")
        del self._codes[form["device_code"]]
        return self._tokens(refresh=True)

    def _by_code(self, form: Mapping[str, str]) -> web.Response:
        asked = self._agreed.pop(form.get("code", ""), None)
        digest = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        if asked is None or asked["code_challenge"] != digest or asked["redirect_uri"] != form.get("redirect_uri"):
            return _refuse("invalid_grant")
        return self._tokens(refresh=True)

    def _by_refresh(self, form: Mapping[str, str]) -> web.Response:
        uses = self.refresh.get(form.get("refresh_token", ""))
        if uses is None or uses <= 0 or self.revoked:
            return _refuse("invalid_grant", 400, "AADSTS50173: The provided grant for ana@ouvidor.test has expired.")
        if self.rotates:
            self.refresh[form["refresh_token"]] = min(uses - 1, self.grace)
        return self._tokens(refresh=self.rotates)

    def _tokens(self, *, refresh: bool) -> web.Response:
        access = secrets.token_urlsafe(900)  # as long as Microsoft's
        self.access[access] = time.time() + float(self.access_life)
        answer = {"token_type": "Bearer", "access_token": access, "expires_in": self.access_life}
        if refresh:
            answer["refresh_token"] = secrets.token_urlsafe(64)
            self.refresh[answer["refresh_token"]] = 10**9 if not self.rotates else 1 + self.grace
            if self.refresh_life is not None:
                answer["refresh_token_expires_in"] = self.refresh_life
        return web.json_response(answer)

    async def _introspect(self, request: web.Request) -> web.Response:
        """Tell Dovecot whose a token is: everybody's who knows it."""
        form = request.query if request.method == "GET" else await request.post()
        words = str(form.get("token") or request.headers.get("Authorization", "").removeprefix("Bearer "))
        if self.access.get(words, 0) < time.time():
            return web.json_response({"active": False})
        return web.json_response({"active": True, "username": self.user})

    user = "box1@ouvidor.test"


def _refuse(code: str, status: int = 400, words: str = "no") -> web.Response:
    return web.json_response({"error": code, "error_description": words}, status=status)
