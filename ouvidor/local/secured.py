"""The local broker with locks on its doors: who speaks to it shows a user and a password, and may what ACLs say.

As an organisation's own Kafka is set, so that ACLs are proved on a real one: SCRAM-SHA-512 for clients, KRaft's own
authorizer, no port that asks nobody. The controller's port knows the broker alone, by a password of its own, because
SCRAM's users stand in the very log that the controller keeps.

Source: Apache Kafka 4.2, "Security"; KIP-900 "KRaft kafka-storage.sh API additions to support SCRAM".
"""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ouvidor.errors import Misconfigured
from ouvidor.local.ports import HOST

__all__ = ["BROKER", "MECHANISM", "Secured", "broker_password", "format_options", "secured_properties"]

BROKER = "kafka"
"""The broker's own user."""
MECHANISM = "SCRAM-SHA-512"
_SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"
_PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule"
_FORBIDDEN = set("\"\\,[]='")


@dataclass(frozen=True, slots=True)
class Secured:
    """Who is known, and who may do everything. Users are made with the data directory, and not changed by a restart."""

    users: Mapping[str, str] = field(repr=False)
    """Each user's password."""
    admins: Collection[str] = ()
    certificate: Path | None = None
    """A PEM file with a key (PKCS 8) and its certificates: clients speak TLS then."""

    def __post_init__(self) -> None:
        """Refuse what Kafka's tool could not read."""
        for user, password in self.users.items():
            if not user or not password or _FORBIDDEN & {*user, *password}:
                raise Misconfigured(f"Kafka user {user!r}: without quotes, commas, brackets, = and \\, please")

    @property
    def protocol(self) -> str:
        """How clients speak."""
        return "SASL_PLAINTEXT" if self.certificate is None else "SASL_SSL"


def broker_password(data: Path) -> str:
    """Give the broker's own password, made once for a data directory and readable by its owner alone."""
    kept = data / "broker-password"
    if not kept.exists():
        kept.touch(0o600)
        kept.write_text(secrets.token_hex(16), "ascii")
    return kept.read_text("ascii")


def format_options(secured: Secured, password: str) -> list[str]:
    """Give what the storage tool is told of the users."""
    users = {BROKER: password, **secured.users}
    return [
        part
        for user, secret in users.items()
        for part in ("--add-scram", f"{MECHANISM}=[name={user},password={secret}]")
    ]


def secured_properties(secured: Secured, password: str, port: int, controller_port: int) -> dict[str, str]:
    """Give the settings that differ from those of an open broker."""
    clients = f"CLIENTS://{HOST}:{port}"
    us = f'required username="{BROKER}" password="{password}"'
    found = {
        "listeners": f"{clients},CONTROLLER://{HOST}:{controller_port}",
        "advertised.listeners": clients,
        "listener.security.protocol.map": f"CLIENTS:{secured.protocol},CONTROLLER:SASL_PLAINTEXT",
        "inter.broker.listener.name": "CLIENTS",
        "sasl.enabled.mechanisms": MECHANISM,
        "sasl.mechanism.inter.broker.protocol": MECHANISM,
        "listener.name.clients.scram-sha-512.sasl.jaas.config": f"{_SCRAM} {us};",
        "sasl.mechanism.controller.protocol": "PLAIN",
        "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
        "listener.name.controller.plain.sasl.jaas.config": f'{_PLAIN} {us} user_{BROKER}="{password}";',
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": ";".join(f"User:{name}" for name in (BROKER, *secured.admins)),
        "allow.everyone.if.no.acl.found": "false",
    }
    if secured.certificate is not None:
        pem = str(secured.certificate)
        found |= {
            "listener.name.clients.ssl.keystore.type": "PEM",
            "listener.name.clients.ssl.keystore.location": pem,
            "listener.name.clients.ssl.truststore.type": "PEM",
            "listener.name.clients.ssl.truststore.location": pem,
        }
    return found
