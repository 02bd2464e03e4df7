"""What a token server's answer means: tokens, not yet, no more, not now, or a setting that must change. Pure.

Of its words nothing is repeated but codes: descriptions hold addresses and traces. Microsoft's `AADSTS…` number is
kept, since it is what an administrator searches for.

Source: RFC 6749, 5.2; RFC 8628, 3.5; OpenID Connect Core, 3.1.2.6; RFC 9110, 10.2.3 (`Retry-After`).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from ouvidor.errors import Misconfigured, Unavailable

__all__ = ["OVER", "Refusal", "as_ours", "read_answer"]

OVER: Final = frozenset({"invalid_grant", "interaction_required", "consent_required", "login_required"})
"""A person must log in anew."""
_NOT_NOW: Final = frozenset({"temporarily_unavailable", "server_error", "slow_down"})
_CLIENT: Final = frozenset({"invalid_client", "unauthorized_client", "deleted_client", "disabled_client"})
_CODE: Final = re.compile(r"[a-z_]{3,60}")
_MICROSOFTS: Final = re.compile(r"AADSTS\d{4,12}")
_TOKEN: Final = re.compile(r"[\x21-\x7e]{1,16384}")
_AWAY: Final = timedelta(seconds=30)
_LONGEST_AWAY: Final = 3600
_TOO_MANY: Final = 429


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error in OAuth's form: its code, and Microsoft's number where there is one."""

    code: str
    number: str | None = None

    def __str__(self) -> str:
        """Give both."""
        return f"{self.code}, {self.number}" if self.number else self.code


def read_answer(status: int, body: bytes, retry_after: str | None) -> Mapping[str, Any] | Refusal:
    """Read an answer; tokens in it are such as can be shown. Raises `Unavailable` or `Misconfigured`."""
    if status == _TOO_MANY or status >= 500:  # noqa: PLR2004 - the class of statuses that says "not now"
        raise Unavailable(f"the token server is not there just now (status {status})", retry_after=_pause(retry_after))
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise Misconfigured(f"the token server's address answers {status} and no OAuth: check token_url, or tenant")
    if (code := answer.get("error")) is not None:
        code = code if isinstance(code, str) and _CODE.fullmatch(code) else "unknown_error"
        found = _MICROSOFTS.search(str(answer.get("error_description", "")))
        return Refusal(code, found[0] if found else None)
    for name in ("access_token", "refresh_token"):
        if name in answer and not (isinstance(answer[name], str) and _TOKEN.fullmatch(answer[name])):
            raise Unavailable(f"the token server gives a {name} that is none")
    if str(answer.get("token_type", "Bearer")).casefold() != "bearer":
        raise Misconfigured("the token server gives tokens of another type than Bearer")
    return answer


def as_ours(refusal: Refusal) -> Misconfigured | Unavailable:
    """Say what a refusal means where nothing waits for a person."""
    if refusal.code in _NOT_NOW:
        return Unavailable(f"the token server is not there just now ({refusal})", retry_after=_AWAY)
    if refusal.code in _CLIENT:
        return Misconfigured(
            f"the provider refuses the application ({refusal}): check client_id and its secret or certificate, "
            "which may have expired"
        )
    if refusal.code in {"invalid_scope", "invalid_target"}:
        return Misconfigured(f"the provider refuses what is asked for ({refusal}): check scope and the permissions")
    return Misconfigured(f"the provider refuses ({refusal}): check client_id, tenant and the application's permissions")


def _pause(retry_after: str | None) -> timedelta:
    if retry_after is not None and retry_after.strip().isdigit():
        return timedelta(seconds=min(int(retry_after), _LONGEST_AWAY))
    return _AWAY
