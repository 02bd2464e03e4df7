"""The broker that `ouvidor up` brings: at the port that clients knew last time, and started again when it dies."""

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path

from ouvidor.errors import OuvidorError, Unavailable
from ouvidor.local.kafka import LocalKafka
from ouvidor.local.ports import HOST, free_ports

__all__ = ["claim_port", "keep_broker"]

_USUAL_PORT = 9092
_LOOK_EVERY_SECONDS = 1.0
_TRIES = 5
_OTHERS = 5


def claim_port(kept: Path) -> socket.socket:
    """Claim the broker's port: that of the last time, else Kafka's usual one, else a free one; and keep its number.

    The claim is the UDP port of the same number, ours as long as the socket is open: Kafka needs none, every user of
    this machine sees it, and the system lets it go whatever ends us. Were it not held, another `ouvidor up` could take
    the port while our broker is dead, and our rooms would go on with its topics.
    Raises `Unavailable` where no port is free.
    """
    try:
        last = int(kept.read_text("ascii"))
    except (FileNotFoundError, ValueError):
        last = _USUAL_PORT
    for port in (last, _USUAL_PORT, *free_ports(_OTHERS)):
        if _can_listen(port) and (claim := _claim(port)) is not None:
            kept.write_text(f"{port}\n", "ascii")
            return claim
    raise Unavailable(f"{HOST}: no port for Apache Kafka is free; stop what holds them, or set kafka.bootstrap")


def _claim(port: int) -> socket.socket | None:
    claim = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        claim.bind((HOST, port))
    except OSError:
        claim.close()
        return None
    return claim


def _can_listen(port: int) -> bool:
    """Tell whether Kafka could: like Java's, ours is no server that old connections on their way out disturb."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError):  # a number that was written by hand may be none of a port
            return False
    return True


async def keep_broker(broker: LocalKafka, tell: Callable[[str], None]) -> None:
    """Start the broker again where it has died, until cancelled. The stages hold their partitions meanwhile.

    It ran before, so what keeps it from a start may pass: only after some tries its error is raised.
    """
    pid, failures = broker.pid, 0
    while True:
        await asyncio.sleep(_LOOK_EVERY_SECONDS * (1 + failures))
        try:
            await broker.start()
        except OuvidorError as error:
            failures += 1
            if failures == _TRIES:
                raise
            tell(str(error))
            continue
        failures = 0
        if broker.pid != pid:
            pid = broker.pid
            tell("Apache Kafka had died, and was started again")
