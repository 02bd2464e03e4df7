"""Which addresses a webhook may reach: the public ones, and the house's networks that the settings allow.

Somebody who may set a destination's address could otherwise make us knock at the house's inner doors, or at a cloud's
metadata service. Names are resolved here, once a connection, and the connection goes to an address that was looked at:
a name that changes its mind in between (DNS rebinding) gains nothing. The socket is looked at once more when it is
made, so that no way of writing an address (decimal, octal, IPv6 with an IPv4 in it) leads around this. A proxy of the
environment's is not used: behind it nobody would look.

Source: OWASP, "Server-Side Request Forgery Prevention"; IANA, special-purpose address registries; RFC 6052.
"""

import socket
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, Final

from aiohttp import ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult

__all__ = ["Forbidden", "GuardedResolver", "addresses", "guarded_socket", "is_allowed"]

Networks = Sequence[IPv4Network | IPv6Network]

_NAT64: Final = IPv6Network("64:ff9b::/96")
_UNICAST: Final = IPv6Network("2000::/3")
"""All that was ever given to the public; old forms such as ::127.0.0.1 are outside."""
_CLOSED: Final = tuple(map(IPv4Network, ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24")))
"""Azure's metadata service, which is in no special range; and ranges that not every Python takes for special."""


class Forbidden(OSError):
    """The address is none that a webhook may reach."""


def is_allowed(address: str, allowed: Networks = ()) -> bool:
    """Tell whether a webhook may go there. `address` is an IPv4 or IPv6 address as a socket has it."""
    its = ip_address(address.partition("%")[0])
    return all(_is_open(each, allowed) for each in (its, *_embedded(its)))


def _is_open(its: IPv4Address | IPv6Address, allowed: Networks) -> bool:
    if any(its in network for network in allowed if network.version == its.version):
        return True
    if isinstance(its, IPv6Address) and (its.ipv4_mapped or its in _NAT64):
        return True  # what it embeds is looked at for itself
    if isinstance(its, IPv6Address) and its not in _UNICAST:
        return False
    return its.is_global and not its.is_multicast and not any(its in closed for closed in _CLOSED)


def _embedded(its: IPv4Address | IPv6Address) -> Iterable[IPv4Address]:
    """Give the IPv4 addresses that an IPv6 address leads to."""
    if isinstance(its, IPv4Address):
        return
    if its.ipv4_mapped is not None:
        yield its.ipv4_mapped
    if its.sixtofour is not None:
        yield its.sixtofour
    if its.teredo is not None:
        yield from its.teredo
    if its in _NAT64:
        yield IPv4Address(its.packed[-4:])


class GuardedResolver(AbstractResolver):
    """Resolves a name to those of its addresses that may be reached."""

    def __init__(self, allowed: Networks, resolver: AbstractResolver | None = None) -> None:
        self._allowed = allowed
        self._resolver = resolver or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Resolve. Raises `Forbidden` where none may be reached, `OSError` where there is none."""
        found = await self._resolver.resolve(host, port, family)
        left = [each for each in found if is_allowed(each["host"], self._allowed)]
        if found and not left:
            raise Forbidden(f"{host} is at an address that webhooks may not reach (deliveries.allow)")
        return left

    async def close(self) -> None:
        """Close."""
        await self._resolver.close()


async def addresses(host: str, port: int, allowed: Networks) -> list[str]:
    """Give the addresses of a host that may be reached. Raises `Forbidden` where there is none, `OSError`."""
    resolver = GuardedResolver(allowed)
    try:
        found = [each["host"] for each in await resolver.resolve(host, port)]
    finally:
        await resolver.close()
    return found


def guarded_socket(info: Any, allowed: Networks) -> socket.socket:  # noqa: ANN401 - aiohttp's own type is private
    """Make the socket of a connection. Raises `Forbidden` where its address may not be reached."""
    family, kind, protocol, _, address = info
    if not is_allowed(str(address[0]), allowed):
        raise Forbidden("the address is one that webhooks may not reach (deliveries.allow)")
    return socket.socket(family=family, type=kind, proto=protocol)
