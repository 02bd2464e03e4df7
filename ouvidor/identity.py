"""Who a message is, and which messages belong together, without saying anything about a person.

A message's id is a UUIDv5, so that a channel's redelivery gives the same id wherever and whenever it is received.
Pseudonyms and conversations are keyed hashes: a plain hash of a phone number is found by trying all phone numbers.
"""

import hmac
import secrets
from contextlib import suppress
from hashlib import sha1
from pathlib import Path
from uuid import UUID

from ouvidor.errors import Misconfigured

__all__ = ["Pseudonyms", "message_id"]

_NAMESPACE = UUID("5f0c3f0e-6c3d-5d0a-9d0b-6f7576696472")
_SEPARATOR = "\x1f"


def message_id(channel: str, network: str, account: str, own: str) -> UUID:
    """Give a message its id. `own` is the network's own id of it; where there is none, the SHA-256 of its bytes."""
    name = _SEPARATOR.join((channel, network, account, own))
    # As uuid5 does it, but an id of bytes that are no UTF-8 (`surrogateescape`) is one too.
    digest = sha1(_NAMESPACE.bytes + name.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()
    return UUID(bytes=digest[:16], version=5)


class Pseudonyms:
    """Keyed hashes of addresses and conversations. The key never leaves the organisation."""

    def __init__(self, key: bytes) -> None:
        if len(key) < 32:  # noqa: PLR2004 - as long as the hash's own output
            raise Misconfigured(f"the key of pseudonyms has {len(key)} bytes: it needs at least 32 random ones")
        self._key = key

    @classmethod
    def from_file(cls, path: Path) -> "Pseudonyms":
        """Read the key; make a random one, readable by its owner alone, where there is no file yet."""
        try:
            if not path.exists():
                _make_key(path)
            key = path.read_bytes()
        except OSError as error:
            raise Misconfigured(f"{path}: the key of pseudonyms cannot be read or made: {error.strerror}") from error
        try:
            return cls(key)
        except Misconfigured as error:
            mend = "bring it back from a copy; with a new one nobody who wrote before is known again"
            raise Misconfigured(f"{path}: {error}; {mend}") from error

    def reference(self, address: str) -> str:
        """Give the pseudonym by which one person's messages are known to be theirs: 32 hexadecimal digits."""
        return self._hash("author", address.strip().casefold())

    def conversation(self, network: str, account: str, conversation: str) -> str:
        """Give a conversation's keyed hash: the record key up to `classified`."""
        return self._hash("conversation", _SEPARATOR.join((network, account, conversation)))

    def _hash(self, purpose: str, words: str) -> str:
        return hmac.digest(self._key, f"{purpose}{_SEPARATOR}{words}".encode("utf-8", "surrogatepass"), "sha256").hex()[
            :32
        ]


def _make_key(path: Path) -> None:
    """Make a random key. Of two processes that start together one wins, and both read the same one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    fresh.touch(mode=0o600)
    try:
        fresh.write_bytes(secrets.token_bytes(32))
        with suppress(FileExistsError):
            path.hardlink_to(fresh)
    finally:
        fresh.unlink()
