"""A grant: what a person agreed to, when its tokens end, and what is to be done about it. Pure.

Providers seldom say when a refresh token ends. Where they do (`refresh_token_expires_in`, as Google does while an
application is "in testing") it is taken; else the documented life is presumed: 90 days with Microsoft, begun anew by
each renewal; six months of rest with Google. So a grant in use stays far from its end, and one that comes near it is
worth a warning.

Source: Microsoft, "Refresh tokens in the Microsoft identity platform"; Google, "Refresh token expiration"; RFC 6749,
5.1.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

__all__ = ["Grant", "Token", "ends_soon", "from_answer", "is_due", "read_grant", "write_grant"]

_VERSION: Final = 1
_PRESUMED: Final = {"microsoft": timedelta(days=90), "google": timedelta(days=180)}
_EARLY: Final = timedelta(minutes=5)
_WARN: Final = timedelta(days=7)
_TRIED_AGAIN: Final = timedelta(hours=1)
_UNSAID: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Token:
    """An access token: who shows it is let in, until it ends."""

    words: str
    given_at: datetime
    ends_at: datetime

    def __repr__(self) -> str:
        """Tell all but the secret."""
        return f"Token(ends_at={self.ends_at.isoformat()})"


@dataclass(frozen=True, slots=True)
class Grant:
    """What is kept of a grant. `client` tells for which application it was given."""

    client: str
    refresh_token: str | None
    access_token: str | None
    access_ends_at: datetime | None
    renewed_at: datetime
    ends_at: datetime | None
    """When it ends if it is not renewed. None: nobody knows."""
    end_told: bool = False
    """Did the provider say so? Else it is presumed, and a renewal moves it."""
    refused: str | None = None
    """The provider's code where it renews this grant no more (`invalid_grant`): a person must log in anew."""
    refused_at: datetime | None = None

    def __repr__(self) -> str:
        """Tell all but the secrets."""
        return f"Grant(renewed_at={self.renewed_at.isoformat()}, ends_at={self.ends_at}, refused={self.refused})"

    @property
    def token(self) -> Token | None:
        """The access token, whether it still holds or not."""
        if self.access_token is None or self.access_ends_at is None:
            return None
        return Token(self.access_token, self.renewed_at, self.access_ends_at)

    def refuse(self, code: str, now: datetime) -> "Grant":
        """Give it as one that the provider renews no more."""
        return replace(self, refused=code, refused_at=now, access_token=None, access_ends_at=None)

    def may_be_tried(self, now: datetime) -> bool:
        """May the provider be asked? A refused grant is tried again rarely: the user may have been let in again."""
        return self.refused_at is None or now >= self.refused_at + _TRIED_AGAIN


def from_answer(answer: Mapping[str, Any], *, client: str, provider: str, now: datetime, before: Grant | None) -> Grant:
    """Make a grant of what a token server gave. A refresh token that is not given anew stays as it was."""
    refresh = answer.get("refresh_token") or (before.refresh_token if before else None)
    life = _seconds(answer.get("expires_in")) or _UNSAID
    told, presumed = _seconds(answer.get("refresh_token_expires_in")), _PRESUMED.get(provider)
    ends_at, end_told = (now + presumed if presumed else None), False
    if told is not None:
        ends_at, end_told = now + told, True
    elif before is not None and before.end_told and before.refresh_token == refresh:
        ends_at, end_told = before.ends_at, True
    return Grant(client, refresh, str(answer["access_token"]), now + life, now, ends_at, end_told=end_told)


def is_due(token: Token | None, now: datetime) -> bool:
    """Is a new access token to be fetched? Five minutes before the end, or a fifth of a shorter life."""
    if token is None:
        return True
    return now >= token.ends_at - min(_EARLY, (token.ends_at - token.given_at) / 5)


def ends_soon(ends_at: datetime | None, begun_at: datetime, now: datetime) -> bool:
    """Is it time to warn? A week before the end, or a third of a shorter life."""
    return ends_at is not None and now >= ends_at - min(_WARN, (ends_at - begun_at) / 3)


def write_grant(grant: Grant) -> bytes:
    """Write it as it is kept."""
    written = {key: value.isoformat() if isinstance(value, datetime) else value for key, value in asdict(grant).items()}
    return json.dumps({"version": _VERSION, **written}).encode()


def read_grant(written: bytes) -> Grant | None:
    """Read it as it was kept; None where it is none that we know."""
    try:
        data = json.loads(written)
        if data.pop("version") != _VERSION:
            return None
        for key in ("access_ends_at", "renewed_at", "ends_at", "refused_at"):
            data[key] = None if data[key] is None else datetime.fromisoformat(data[key]).astimezone(UTC)
        return Grant(**data)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _seconds(given: object) -> timedelta | None:
    """Read a life in seconds; some servers write the number as text."""
    try:
        seconds = float(str(given))
    except ValueError:
        return None
    return timedelta(seconds=seconds) if 0 < seconds < 10 * 365 * 86400 else None
