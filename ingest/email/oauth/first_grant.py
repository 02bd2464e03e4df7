"""The first grant: a person agrees once, on any device or in a browser.

By device code: we show an address and a code, and ask now and then whether it was typed, as often as the server allows.
By browser: the provider sends the browser back to a port of this machine with a code that only we can change for tokens
(PKCE). Where the browser runs on another machine, that last page cannot be shown there, but its address can be pasted.

Source: RFC 8628, 3.2 to 3.5; RFC 8252, 7.3; RFC 7636; Google's older `verification_url`; Microsoft's
`authorization_declined`, and that its registered `http://localhost` fits any port.
"""

import asyncio
import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from time import monotonic
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from aiohttp import web

from ingest.email.oauth.answers import Refusal, as_ours
from ingest.email.oauth.settings import OAuth
from ingest.email.oauth.token_server import TokenServer
from ouvidor.errors import Misconfigured, Rejected, Unavailable

__all__ = ["Invitation", "by_browser", "by_device"]

_DEVICE: Final = "urn:ietf:params:oauth:grant-type:device_code"
_INTERVAL: Final = 5.0
_SLOWER: Final = 5.0
_LONGEST_INTERVAL: Final = 60.0
_BROWSER_SECONDS: Final = 900.0
_NOT_TO_BE_SHOWN: Final = re.compile(r"[^\x20-\x7e]")
_DECLINED: Final = frozenset({"access_denied", "authorization_declined"})
_RAN_OUT: Final = frozenset({"expired_token", "code_expired"})
_PAGE: Final = "<!doctype html><meta charset=utf-8><title>Ouvidor</title><p>{}</p>"


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a person must do: open the address, and type the code where there is one, within so many seconds."""

    address: str
    code: str | None
    seconds: int


Tell = Callable[[Invitation], None]
Sleep = Callable[[float], Awaitable[None]]


async def by_device(oauth: OAuth, tell: Tell, *, sleep: Sleep = asyncio.sleep) -> Mapping[str, Any]:
    """Let a person type a code; give the token server's answer. Raises `Rejected` where the person declines."""
    server = TokenServer(oauth)
    asked = await server.device_code()
    if isinstance(asked, Refusal):
        raise as_ours(asked)
    code, interval = _text(asked, "device_code"), _number(asked, "interval", _INTERVAL)
    seconds = _number(asked, "expires_in", _BROWSER_SECONDS)
    address = asked.get("verification_uri") or asked.get("verification_url") or ""
    tell(Invitation(_shown(address), _shown(_text(asked, "user_code")), int(seconds)))
    until = monotonic() + seconds
    while True:
        await sleep(interval)
        if monotonic() >= until:
            raise Unavailable("the code ran out before it was typed: begin anew")
        try:
            answer = await server.token(grant_type=_DEVICE, device_code=code)
        except Unavailable:
            interval = min(interval * 2, _LONGEST_INTERVAL)
            continue
        if not isinstance(answer, Refusal):
            return answer
        if answer.code == "slow_down":
            interval = min(interval + _SLOWER, _LONGEST_INTERVAL)
        elif answer.code != "authorization_pending":
            raise _end(answer)


async def by_browser(oauth: OAuth, tell: Tell, *, pasted: Awaitable[str] | None = None) -> Mapping[str, Any]:
    """Let a person agree in a browser; give the token server's answer. `pasted` gives the address that it ended at."""
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
    landing = _Landing(state)
    async with landing.open(oauth.redirect_port) as port:
        host = "localhost" if oauth.provider == "microsoft" else "127.0.0.1"
        back = f"http://{host}:{port}"
        challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "client_id": oauth.client_id or "",
            "response_type": "code",
            "redirect_uri": back,
            "scope": oauth.its_scope,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        if oauth.provider == "google":
            asked |= {"access_type": "offline", "prompt": "consent"}  # else it gives no refresh token
        tell(Invitation(f"{oauth.its_authorize_url}?{urlencode(asked)}", None, int(_BROWSER_SECONDS)))
        code = await landing.code(pasted)
    answer = await TokenServer(oauth).token(
        grant_type="authorization_code", code=code, redirect_uri=back, code_verifier=verifier
    )
    if isinstance(answer, Refusal):
        raise _end(answer)
    return answer


class _Landing:
    """The page to which the browser returns."""

    def __init__(self, state: str) -> None:
        self._state = state
        self._found: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._runner: web.AppRunner | None = None

    def open(self, port: int) -> "_Landing":
        self._port = port
        return self

    async def __aenter__(self) -> int:
        app = web.Application()
        app.router.add_get("/", self._land)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise Misconfigured(f"oauth.redirect_port: {self._port} cannot be had: {error.strerror}") from error
        port: int = self._runner.addresses[0][1]
        return port

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def code(self, pasted: Awaitable[str] | None) -> str:
        """Wait for the code, by the browser or pasted."""
        waiting: set[asyncio.Future[str]] = {self._found}
        if pasted is not None:
            waiting.add(asyncio.ensure_future(pasted))
        try:
            async with asyncio.timeout(_BROWSER_SECONDS):
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        except TimeoutError:
            raise Unavailable("nobody agreed in time: begin anew") from None
        finally:
            for each in waiting - {self._found}:
                each.cancel()
        if self._found.done():
            return self._found.result()
        (other,) = waiting - {self._found}
        return self._read(dict(parse_qsl(urlsplit(other.result().strip()).query)))

    async def _land(self, request: web.Request) -> web.Response:
        try:
            code = self._read(request.query)
        except Rejected as error:
            if self._is_ours(request.query) and not self._found.done():
                self._found.set_exception(error)
            return _page("Isto não autorizou nada. Volte ao terminal.", 400)
        if not self._found.done():
            self._found.set_result(code)
        return _page("Pronto. Pode fechar esta página e voltar ao terminal.", 200)

    def _is_ours(self, query: Mapping[str, str]) -> bool:
        return hmac.compare_digest(query.get("state", "").encode("utf-8", "replace"), self._state.encode())

    def _read(self, query: Mapping[str, str]) -> str:
        if not self._is_ours(query):
            raise Rejected("this is not the address of this login: paste the one at which the browser ended")
        if "error" in query:
            raise _end(Refusal(_shown(query["error"])))
        if not query.get("code"):
            raise Rejected("the address holds no code: paste the one at which the browser ended")
        return query["code"]


def _end(refusal: Refusal) -> Exception:
    if refusal.code in _DECLINED:
        return Rejected(f"the person did not agree ({refusal})")
    if refusal.code in _RAN_OUT:
        return Unavailable("the code ran out before it was typed: begin anew")
    if refusal.code == "invalid_grant":
        return Rejected(f"the provider does not take the code ({refusal}): begin anew")
    return as_ours(refusal)


def _text(answer: Mapping[str, Any], name: str) -> str:
    given = answer.get(name)
    if not isinstance(given, str) or not given:
        raise Misconfigured(f"the device endpoint gives no {name}: check device_url")
    return given


def _number(answer: Mapping[str, Any], name: str, usual: float) -> float:
    try:
        number = float(answer.get(name, usual))
    except (TypeError, ValueError):
        return usual
    return number if 0 < number <= 86400 else usual  # noqa: PLR2004 - a day


def _shown(words: str) -> str:
    """Make a server's words such as may be written on a terminal."""
    return _NOT_TO_BE_SHOWN.sub("", str(words))[:500]


def _page(words: str, status: int) -> web.Response:
    return web.Response(text=_PAGE.format(words), content_type="text/html", status=status)
