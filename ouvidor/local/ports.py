"""Free ports on the loopback, outside the range from which the system takes those of outgoing connections.

A client that retries while our server is down may otherwise be given the server's own port: it then talks to itself,
and the server cannot come back. Linux takes outgoing ports from 32768, macOS from 49152.
"""

import random
import socket
from collections.abc import Collection, Iterator

from ouvidor.errors import Unavailable

__all__ = ["HOST", "free_ports"]

HOST = "127.0.0.1"
_FIRST, _LAST = 20_000, 32_000
_TRIES = 200


def free_ports(count: int, besides: Collection[int] = ()) -> tuple[int, ...]:
    """Return so many different ports of 127.0.0.1 on which nobody listens now, and none of those `besides`."""
    found: list[int] = []
    for port in _candidates():
        if port not in found and port not in besides and _is_free(port):
            found.append(port)
        if len(found) == count:
            return tuple(found)
    raise Unavailable(
        f"{HOST}: fewer than {count} free ports in {_TRIES} tries between {_FIRST} and {_LAST}; stop what holds them",
    )


def _candidates() -> Iterator[int]:
    """Give ports in no order, so that two processes that ask at the same time seldom get the same."""
    dice = random.SystemRandom()
    for _ in range(_TRIES):
        yield dice.randint(_FIRST, _LAST)


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
