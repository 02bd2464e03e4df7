"""SPF: may this address send for that domain? The domain's own policy, evaluated as it says.

Ours, since pyspf was last released in 2020 and checkdmarc reads policies and evaluates none. What the DNS is asked is
bounded as the RFC bounds it: ten terms that ask, two answers that are empty; a policy that needs more is broken.

Source: RFC 7208: 4.6.4 (limits), 5 (mechanisms), 6.1 (redirect), 7 (macros).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final, Protocol

__all__ = ["DnsAway", "Lookup", "check_host"]

_MOST_LOOKUPS: Final = 10
_MOST_VOID: Final = 2
_MOST_EXCHANGES: Final = 10
_RESULTS: Final = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
_TERM: Final = re.compile(r"([+\-~?]?)([A-Za-z][A-Za-z0-9_.-]*)(?:([:=/])(.*))?", re.DOTALL)
_MASKS: Final = re.compile(r"(.*?)(?:/(\d{1,3}))?(?://(\d{1,3}))?", re.DOTALL)
_MACRO: Final = re.compile(r"%(?:\{([a-zA-Z])(\d*)(r?)([.\-+,/_=]*)\}|([%_-])|(.?))", re.DOTALL)

Address = IPv4Address | IPv6Address


class DnsAway(Exception):
    """The DNS gave no answer."""


class Lookup(Protocol):
    """Asks the DNS. Each gives nothing where there is nothing, and raises `DnsAway` where it does not answer."""

    def txt(self, name: str) -> Sequence[str]:
        """Give the texts of a name."""

    def addresses(self, name: str, version: int) -> Sequence[str]:
        """Give the addresses of a name, of IP's version 4 or 6."""

    def exchanges(self, name: str) -> Sequence[str]:
        """Give the mail servers of a domain."""


class _Broken(Exception):
    """The policy cannot be evaluated."""


@dataclass(slots=True)
class _Check:
    address: Address
    sender: str
    helo: str
    dns: Lookup
    lookups: int = 0
    void: int = field(default=0)

    def ask(self) -> None:
        self.lookups += 1
        if self.lookups > _MOST_LOOKUPS:
            raise _Broken

    def some(self, found: Sequence[str]) -> Sequence[str]:
        if not found:
            self.void += 1
            if self.void > _MOST_VOID:
                raise _Broken
        return found


def check_host(address: str, sender: str, helo: str, dns: Lookup) -> tuple[str, str]:
    """Give the result and the domain that it is about: the sender's, or that of HELO where there is no sender."""
    domain = sender.rpartition("@")[2] if "@" in sender else helo
    if "@" not in sender:
        sender = f"postmaster@{domain}"
    try:
        check = _Check(_plain(ip_address(address)), sender, helo, dns)
        return (_evaluate(check, domain) if _is_domain(domain) else "none"), domain
    except DnsAway:
        return "temperror", domain
    except (_Broken, ValueError):
        return "permerror", domain


def _plain(address: Address) -> Address:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _is_domain(domain: str) -> bool:
    labels = domain.rstrip(".").split(".")
    return len(domain) <= 253 and len(labels) > 1 and all(0 < len(each) <= 63 for each in labels)  # noqa: PLR2004 - the DNS's


def _evaluate(check: _Check, domain: str) -> str:
    policies = [text for text in check.dns.txt(domain) if re.match(r"v=spf1(?: |$)", text, re.IGNORECASE)]
    if len(policies) != 1:
        if policies:
            raise _Broken
        return "none"
    terms = [_TERM.fullmatch(term) for term in policies[0].split()[1:]]
    redirect: str | None = None
    for term in terms:
        if term is None:
            raise _Broken
        qualifier, name, mark, value = term[1], term[2].lower(), term[3], term[4] or ""
        if mark == "=":
            if name == "redirect":
                redirect = value
            continue
        if _matches(check, domain, name, f"/{value}" if mark == "/" else value):
            return _RESULTS[qualifier or "+"]
    if redirect is None:
        return "neutral"
    check.ask()
    result = _evaluate(check, _expanded(check, redirect, domain))
    if result == "none":
        raise _Broken
    return result


def _matches(check: _Check, domain: str, name: str, value: str) -> bool:
    if name == "all":
        return True
    if name in {"ip4", "ip6"}:
        network = ip_network(value, strict=False)
        if network.version != int(name[2]):
            raise _Broken
        return check.address in network
    if name not in {"include", "a", "mx", "exists", "ptr"}:
        raise _Broken
    check.ask()
    if name == "include":
        result = _evaluate(check, _expanded(check, value, domain))
        if result == "none":
            raise _Broken
        return result == "pass"
    if name == "exists":
        return bool(check.some(check.dns.addresses(_expanded(check, value, domain), 4)))
    return name != "ptr" and _is_host(check, domain, name, value)  # `ptr`: the RFC asks all not to use it


def _is_host(check: _Check, domain: str, name: str, value: str) -> bool:
    masks = _MASKS.fullmatch(value)
    if masks is None:
        raise _Broken
    target = _expanded(check, masks[1], domain) if masks[1] else domain
    version = check.address.version
    mask = (masks[2] or "32") if version == 4 else (masks[3] or "128")  # noqa: PLR2004 - IP's
    hosts = [target] if name == "a" else check.some(check.dns.exchanges(target))
    if len(hosts) > _MOST_EXCHANGES:
        raise _Broken
    for host in hosts:
        found = check.dns.addresses(host, version)
        if name == "a":
            check.some(found)
        if any(check.address in ip_network(f"{each}/{mask}", strict=False) for each in found):
            return True
    return False


def _expanded(check: _Check, text: str, domain: str) -> str:
    """Fill in the macros of a domain."""

    def fill(found: re.Match[str]) -> str:
        letter, digits, reverse, delimiters, sign, wrong = found.groups()
        if sign is not None:
            return {"%": "%", "_": " ", "-": "%20"}[sign]
        if wrong is not None or letter.lower() not in "slodihv":
            raise _Broken
        local, _, host = check.sender.rpartition("@")
        nibbles = ".".join(check.address.exploded.replace(":", ""))
        value = {
            "s": check.sender,
            "l": local,
            "o": host,
            "d": domain,
            "i": str(check.address) if check.address.version == 4 else nibbles,  # noqa: PLR2004 - IP's
            "h": check.helo,
            "v": "in-addr" if check.address.version == 4 else "ip6",  # noqa: PLR2004 - IP's
        }[letter.lower()]
        parts = re.split(f"[{re.escape(delimiters or '.')}]", value)
        parts = parts[::-1] if reverse else parts
        return ".".join(parts[-int(digits) :] if digits and int(digits) else parts)

    return _MACRO.sub(fill, text)[-253:]
