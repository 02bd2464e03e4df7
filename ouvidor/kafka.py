"""How any Kafka client of ours reaches the broker: the options that aiokafka's consumer, producer and admin share.

The password is given to the client and to nothing else: no error text and no log repeats these options.
"""

import ssl
from typing import Any

from ouvidor.errors import Misconfigured
from ouvidor.settings import Kafka

__all__ = ["client_options"]


def client_options(kafka: Kafka) -> dict[str, Any]:
    """Give the options of an aiokafka client. Raises `Misconfigured` where settings contradict each other."""
    options: dict[str, Any] = {"bootstrap_servers": kafka.servers.split(","), "security_protocol": kafka.security}
    if kafka.security.startswith("SASL_"):
        if kafka.username is None or kafka.password is None:
            raise Misconfigured(f"kafka.security: {kafka.security} needs kafka.username and kafka.password_file")
        options |= {
            "sasl_mechanism": kafka.sasl_mechanism,
            "sasl_plain_username": kafka.username,
            "sasl_plain_password": kafka.password.get_secret_value(),
        }
    if kafka.security.endswith("SSL"):
        options["ssl_context"] = _tls(kafka)
    return options


def _tls(kafka: Kafka) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=kafka.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise Misconfigured(f"kafka.ca_file: {kafka.ca_file} holds no certificates in PEM: {error}") from error
