"""The address by which a mail's answer finds its case: made by who sends the mail, read by who gets the answer.

`respostas+20261123-7K3M-9QX2-4W6.9f2c…@ouvidoria.example.org`: the protocol number, and a seal over it and the
department by a key that never leaves the house. A protocol number alone would be no proof: every customer has one, and
whoever knew it could answer in a department's name. The same stands in the mail's `Message-ID`, which a mail program
repeats in `In-Reply-To` and `References` where an address is lost on the way.

The seal says for which department the mail was, not who writes: whoever is handed the mail can answer it, as with any
mail. It is 80 bits long, and tried once a mail.

Source: RFC 5233 (sub-addresses), RFC 5321, 4.5.3.1.1 (64 octets before the @), RFC 5322, 3.6.4.
"""

import hmac
import re
from base64 import b32encode
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from ouvidor.errors import Rejected
from ouvidor.identity import Pseudonyms
from ouvidor.protocol import normalise

__all__ = ["LONGEST_NAME", "ReplyAddresses", "Sealed"]

LONGEST_NAME: Final = 24
"""Of what stands before the + : the rest takes 40 of the 64 octets."""
_SEAL: Final = r"(?P<protocol>2[0-9A-Z]{7}(?:-[0-9A-Z]{3,4}){3})\.(?P<seal>[a-z2-7]{16})"
_LETTERS: Final = re.IGNORECASE | re.ASCII
"""Without case the long s is an s and the Kelvin sign a k, and a seal of them cannot even be compared."""
_IN_ADDRESS: Final = re.compile(rf"\+{_SEAL}@", _LETTERS)
_IN_ID: Final = re.compile(rf"<{_SEAL}\.[0-9a-f]{{32}}@", _LETTERS)


@dataclass(frozen=True, slots=True)
class Sealed:
    """What an answer belongs to."""

    protocol: str
    department: str


class ReplyAddresses:
    """Makes and reads them, with the house's key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    @classmethod
    def from_file(cls, path: Path) -> "ReplyAddresses":
        """Read the key of pseudonyms, which is made where there is none yet: what is hashed says for what it is."""
        Pseudonyms.from_file(path)
        return cls(path.read_bytes())

    def address(self, base: str, protocol: str, department: str) -> str:
        """Give the address for answers. `base` is the box that gets them all."""
        name, _, domain = base.rpartition("@")
        return f"{name}+{protocol}.{self._seal(protocol, department)}@{domain}"

    def message_id(self, domain: str, protocol: str, department: str, delivery: UUID) -> str:
        """Give the mail's own id, the same at each try."""
        return f"<{protocol}.{self._seal(protocol, department)}.{delivery.hex}@{domain}>"

    def read(self, places: Iterable[str], departments: Iterable[str]) -> Sealed | None:
        """Give what an answer belongs to, from its recipients, `In-Reply-To` and `References`, in this order.

        None where no seal is ours, or where it is of a department that is not among these.
        """
        known = list(departments)
        for place in places:
            for found in (*_IN_ADDRESS.finditer(place), *_IN_ID.finditer(place)):
                try:
                    protocol = normalise(found["protocol"])
                except Rejected:
                    continue
                seal = found["seal"].lower()
                for department in known:
                    if hmac.compare_digest(seal, self._seal(protocol, department)):
                        return Sealed(protocol, department)
        return None

    def _seal(self, protocol: str, department: str) -> str:
        said = f"reply\x1f{protocol}\x1f{department}".encode()
        return b32encode(hmac.digest(self._key, said, "sha256")[:10]).decode().lower()
