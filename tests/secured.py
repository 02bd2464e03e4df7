"""A broker as an organisation has it: TLS, SCRAM, ACLs in force, and a user for each room and department.

All tests share it: each has a prefix of its own, on which alone it grants, so that one user serves many tests.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trustme
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from ouvidor.kafka import client_options
from ouvidor.local.kafka import LocalKafka
from ouvidor.local.secured import Secured
from ouvidor.settings import Kafka

__all__ = ["ADMIN", "DEPARTMENTS", "SecuredKafka", "password", "secured"]

ADMIN = "admin"
ROOMS = ("ingest", "classify", "route", "sinks", "ops")
DEPARTMENTS = (
    "agua",
    "atendimento",
    "educacao",
    "financeiro",
    "habitacao",
    "iluminacao",
    "limpeza",
    "obras",
    "saude",
    "transporte",
)
USERS = (ADMIN, *(f"ouvidor-{room}" for room in ROOMS), *(f"dept-{name}" for name in (*DEPARTMENTS, "ombudsman")))


def password(user: str) -> str:
    """Give a user's password."""
    return f"senha-de-{user}"


def secured(folder: Path) -> Secured:
    """Give what the broker is told, with a certificate made in the folder, beside that of its authority (`ca.pem`)."""
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    key = load_pem_private_key(certificate.private_key_pem.bytes(), None)
    parts = [key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())]  # Java reads no other
    parts += [each.bytes() for each in (*certificate.cert_chain_pems, authority.cert_pem)]
    (folder / "broker.pem").write_bytes(b"".join(parts))
    authority.cert_pem.write_to_path(folder / "ca.pem")
    return Secured({user: password(user) for user in USERS}, admins=[ADMIN], certificate=folder / "broker.pem")


@dataclass(frozen=True)
class SecuredKafka:
    """The broker, and how its users reach it."""

    broker: LocalKafka
    ca: Path

    def kafka(self, user: str, **more: Any) -> Kafka:  # noqa: ANN401 - settings of many types
        """Give a user's settings."""
        given = {
            "bootstrap": self.broker.bootstrap,
            "security": "SASL_SSL",
            "ca_file": self.ca,
            "username": user,
            "password": password(user),
        }
        return Kafka.model_validate(given | more)

    def environment(self, user: str, **more: str) -> dict[str, str]:
        """Give a user's settings as a program of ours reads them."""
        given = {
            "BOOTSTRAP": self.broker.bootstrap,
            "SECURITY": "SASL_SSL",
            "CA_FILE": str(self.ca),
            "USERNAME": user,
            "PASSWORD": password(user),
        }
        return {f"OUVIDOR__KAFKA__{key}": value for key, value in (given | more).items()}

    def options(self, user: str) -> dict[str, Any]:
        """Give a user's options of an aiokafka client."""
        return client_options(self.kafka(user))
