"""The signature of a webhook: HMAC-SHA256 over its id, the moment of this try, and the body as it is sent.

While a secret is being changed there are two, and a signature by each: the receiver takes the one that it knows.

Source: Standard Webhooks 1.0, "Signature scheme".
"""

import hmac
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Sequence
from typing import Final

__all__ = ["key_of", "signatures"]

_PREFIX: Final = "whsec_"
_SHORTEST: Final = 24
_LONGEST: Final = 64


def key_of(secret: str) -> bytes:
    """Read a secret as it is written, `whsec_` and base64. Raises `ValueError` that does not repeat it."""
    try:
        key = b64decode(secret.removeprefix(_PREFIX), validate=True)
    except Error:
        key = b""
    if not secret.startswith(_PREFIX) or not _SHORTEST <= len(key) <= _LONGEST:
        raise ValueError(
            f"a secret is {_PREFIX} and the base64 of {_SHORTEST} to {_LONGEST} random bytes: "
            f'echo "{_PREFIX}$(openssl rand -base64 32)"'
        )
    return key


def signatures(keys: Sequence[bytes], id: str, timestamp: int, body: bytes) -> str:  # noqa: A002 - the header's name
    """Give the value of `webhook-signature`."""
    said = f"{id}.{timestamp}.".encode() + body
    return " ".join("v1," + b64encode(hmac.digest(key, said, "sha256")).decode() for key in keys)
