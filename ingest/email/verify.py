"""DKIM and SPF, where an account asks for them: looked up when the mail comes, since keys and policies change.

Off unless asked for: it asks the DNS for names that senders choose. What cannot be found in time is `temperror`, and
the mail is kept all the same. SPF needs the sending server's own address, so it is for mail that comes straight from
the world by SMTP.

Source: RFC 6376; RFC 7208; dkimpy 1.1.8; dnspython 2.8.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, Final

import dkim
import dns.exception
import dns.resolver

from ingest.email.spf import DnsAway, Lookup, check_host

__all__ = ["Dns", "found_by"]

_SECONDS: Final = 3.0
"""For one question."""
_ALL_SECONDS: Final = 8.0
_MOST_SIGNATURES: Final = 3
_LARGEST: Final = 32 * 2**20

_silent = logging.getLogger(f"{__name__}.dkim")
_silent.disabled = True  # it would quote the mail


class Dns:
    """Name servers, asked one question at a time in a thread."""

    def __init__(self, servers: Sequence[str] = ()) -> None:
        """`servers` are addresses, with a port where it is not 53; none: the system's."""
        self._resolver = dns.resolver.Resolver(configure=not servers)
        if servers:
            given = [each.rpartition(":") if each.count(":") == 1 else (each, "", "53") for each in servers]
            self._resolver.nameservers = [host for host, _, _ in given]
            self._resolver.nameserver_ports = {host: int(port) for host, _, port in given}

    def txt(self, name: str) -> Sequence[str]:
        """Give the texts of a name."""
        return [b"".join(each.strings).decode("utf-8", "replace") for each in self._ask(name, "TXT")]

    def addresses(self, name: str, version: int) -> Sequence[str]:
        """Give the addresses of a name."""
        return [each.address for each in self._ask(name, "A" if version == 4 else "AAAA")]  # noqa: PLR2004 - IP's

    def exchanges(self, name: str) -> Sequence[str]:
        """Give the mail servers of a domain."""
        return [str(each.exchange) for each in self._ask(name, "MX")]

    def _ask(self, name: str, kind: str) -> Sequence[Any]:
        try:
            return list(self._resolver.resolve(name, kind, lifetime=_SECONDS, search=False, raise_on_no_answer=False))
        except dns.resolver.NXDOMAIN:
            return ()
        except (dns.exception.DNSException, UnicodeError, OSError) as error:
            raise DnsAway from error


async def found_by(lookup: Lookup, mail: bytes, *, peer: str | None, sender: str, helo: str) -> str:
    """Say what is found, written as an `Authentication-Results`. `peer` is None where it is not the sender's."""
    try:
        async with asyncio.timeout(_ALL_SECONDS):
            return await asyncio.to_thread(_look, lookup, mail, peer, sender, helo)
    except TimeoutError:
        return "ouvidor; dkim=temperror"


def _look(lookup: Lookup, mail: bytes, peer: str | None, sender: str, helo: str) -> str:
    found = [
        f"dkim={result} header.d={domain}" if domain else f"dkim={result}" for result, domain in _dkim(lookup, mail)
    ]
    if peer is not None:
        result, domain = check_host(peer, sender, helo, lookup)
        found.append(f"spf={result} smtp.mailfrom={name}" if (name := _token(domain)) else f"spf={result}")
    return "; ".join(["ouvidor", *found])


def _dkim(lookup: Lookup, mail: bytes) -> list[tuple[str, str]]:
    if len(mail) > _LARGEST:
        return [("neutral", "")]
    trouble: list[str] = []

    def key(name: bytes, timeout: float = _SECONDS) -> bytes | None:  # noqa: ARG001 - dkimpy's signature
        try:
            texts = lookup.txt(name.decode("ascii", "replace"))
        except DnsAway:
            trouble.append("temperror")
            return None
        if not texts:
            trouble.append("permerror")
        return texts[0].encode() if texts else None

    found = []
    try:
        checked = dkim.DKIM(mail, logger=_silent, minkey=1024)
        count = sum(name.lower() == b"dkim-signature" for name, _ in checked.headers)
    except Exception:  # noqa: BLE001 - a mail that it cannot read has no signature that it can check
        return [("none", "")]
    for number in range(min(count, _MOST_SIGNATURES)):
        trouble.clear()
        try:
            passed = checked.verify(idx=number, dnsfunc=key)
            result = "pass" if passed else "fail"
        except Exception as error:  # noqa: BLE001 - what it stumbles on is the signature's fault
            result = "fail" if "hash mismatch" in str(error) else "permerror"
        domain = (checked.domain or b"").decode("ascii", "replace")
        found.append((trouble[0] if trouble else result, _token(domain)))
    return found or [("none", "")]


def _token(domain: str) -> str:
    """Give a domain as it may stand in a header; what is none has no place there."""
    return "".join(sign for sign in domain if sign.isalnum() or sign in ".-_")[:253].strip(".")
