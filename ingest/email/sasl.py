"""What is said to a server to log in with a token. Pure.

A server that refuses says why in a challenge (base 64 of JSON) and waits: whoever answers nothing, or the token again,
waits for ever with some of them. The answer is an empty line to XOAUTH2, and the byte 1 to OAUTHBEARER.

Source: Google, "The SASL XOAUTH2 Mechanism"; RFC 7628, 3.1 and 3.2.3; RFC 5801, 4 (names in the header).
"""

import json
import re
from typing import Final

__all__ = ["Bearer", "mechanism_of"]

_STATUS: Final = re.compile(r"[0-9]{3}|[a-z_]{3,40}")


def mechanism_of(offered: set[str]) -> str | None:
    """Choose the mechanism: XOAUTH2 where both are offered, since more servers were tried with it."""
    return next((name for name in ("XOAUTH2", "OAUTHBEARER") if f"AUTH={name}" in offered), None)


class Bearer:
    """One conversation: what is said first, and to the challenge of a refusal."""

    def __init__(self, mechanism: str, *, user: str, token: str, host: str, port: int) -> None:
        self._is_standard = mechanism == "OAUTHBEARER"
        if self._is_standard:
            name = user.replace("=", "=3D").replace(",", "=2C")
            self._first = f"n,a={name},\x01host={host}\x01port={port}\x01auth=Bearer {token}\x01\x01"
        else:
            self._first = f"user={user}\x01auth=Bearer {token}\x01\x01"
        self._said = False
        self.status: str | None = None
        """Why it was refused, as far as the server says so in a word or a number."""

    def __call__(self, challenge: bytes) -> bytes:
        """Give what is to be said to a challenge."""
        if not self._said:
            self._said = True
            return self._first.encode()
        self.status = _status_of(challenge)
        return b"\x01" if self._is_standard else b""


def _status_of(challenge: bytes) -> str | None:
    try:
        status = json.loads(challenge)["status"]
    except (ValueError, TypeError, KeyError):
        return None
    return status if isinstance(status, str) and _STATUS.fullmatch(status) else None
