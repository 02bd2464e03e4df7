"""Where the feed is, and who may enter: Kafka with SCRAM, and the door with a token of the department's own.

Source: AsyncAPI 3.0.0, "Server Object", "Security Scheme Object".
"""

from collections.abc import Mapping
from typing import Any, Final

from ouvidor.asyncapi.house import House

__all__ = ["BROKERS", "security_schemes", "servers"]

BROKERS: Final = "kafka"

_SCHEMES: Final[Mapping[str, tuple[str, str]]] = {
    "SCRAM-SHA-512": ("scramSha512", "scram-sha-512"),
    "SCRAM-SHA-256": ("scramSha256", "scram-sha-256"),
    "PLAIN": ("plain", "plain"),
}
_RIGHTS: Final = (
    "A user of Kafka that belongs to the department. It needs READ on `department.<name>`, on `refused.<name>` and on "
    "its own consumer groups, and WRITE on `replies`, all as literal names; a broker with access lists gives no more."
)


def servers(house: House) -> dict[str, Any]:
    """Give the servers: each broker that the settings name, and the door where it is open."""
    broker = house.broker
    found: dict[str, Any] = {}
    for number, host in enumerate(broker.servers, start=1):
        server: dict[str, Any] = {
            "host": host if ":" in host.rpartition("]")[2] else f"{host}:9092",
            "protocol": "kafka-secure" if broker.security.endswith("SSL") else "kafka",
            "title": "Kafka",
            "description": f"security.protocol={broker.security}"
            + ("" if broker.mechanism is None else f", sasl.mechanism={broker.mechanism}")
            + ". This is how Ouvidor itself reaches it; your ops team may give you another address.",
        }
        if broker.mechanism is not None:
            server["security"] = [{"$ref": f"#/components/securitySchemes/{_SCHEMES[broker.mechanism][1]}"}]
        if house.registry is not None:
            server["bindings"] = {"kafka": {"schemaRegistryUrl": house.registry, "bindingVersion": "0.5.0"}}
        found[BROKERS if len(broker.servers) == 1 else f"{BROKERS}-{number}"] = server
    if house.door is not None:
        found["door"] = {
            "host": house.door,
            "protocol": "https" if house.door_is_secure else "http",
            "title": "Replies by HTTP",
            "description": "For departments that have no Kafka client. This page and this document are here too.",
            "security": [{"$ref": "#/components/securitySchemes/token"}],
        }
    return found


def security_schemes(house: House) -> dict[str, Any]:
    """Give the ways to log in that the servers name."""
    found: dict[str, Any] = {}
    if house.broker.mechanism is not None:
        kind, name = _SCHEMES[house.broker.mechanism]
        found[name] = {"type": kind, "description": _RIGHTS}
    if house.door is not None:
        found["token"] = {
            "type": "http",
            "scheme": "bearer",
            "description": "The department's own token, from `replies.tokens`: nobody speaks as another.",
        }
    return found
