"""Where the broker is and who we are to it: given by the program, or by the environment.

With a user name the connection is SASL_SSL with SCRAM-SHA-512 unless `security` says otherwise, so that a password
never goes over a line in the clear because a word was forgotten.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from ouvidor.errors import Misconfigured

__all__ = ["Broker"]

_SECURITY: Final = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
_MECHANISMS: Final = ("SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN")


class Broker:
    """How the broker is reached.

    Raises `Misconfigured` where a word is unknown, or a user has no password.
    """

    def __init__(
        self,
        servers: str = "127.0.0.1:9092",
        *,
        username: str | None = None,
        password: str | None = None,
        security: str | None = None,
        sasl_mechanism: str = "SCRAM-SHA-512",
        ca_file: Path | str | None = None,
        prefix: str = "ouvidor.",
    ) -> None:
        self.servers = servers
        self.username = username
        self.password = None if password is None else SecretStr(password)
        self.security = security or ("PLAINTEXT" if username is None else "SASL_SSL")
        self.sasl_mechanism = sasl_mechanism
        self.ca_file = None if ca_file is None else Path(ca_file)
        self.prefix = prefix
        for name, given, known in (
            ("security", self.security, _SECURITY),
            ("sasl_mechanism", self.sasl_mechanism, _MECHANISMS),
        ):
            if given not in known:
                raise Misconfigured(f"{name}: {given!r} is unknown; it is one of {', '.join(known)}")
        if (username is None) != (password is None):
            raise Misconfigured("username and password: one is given without the other")

    def __repr__(self) -> str:
        return f"Broker({self.servers!r}, username={self.username!r}, security={self.security!r})"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Broker":
        """Read it from `KAFKA_SERVERS`, `_USERNAME`, `_PASSWORD`, `_SECURITY`, `_CA_FILE`, and `TOPIC_PREFIX`."""
        return cls(
            environment.get("KAFKA_SERVERS", "127.0.0.1:9092"),
            username=environment.get("KAFKA_USERNAME"),
            password=environment.get("KAFKA_PASSWORD"),
            security=environment.get("KAFKA_SECURITY"),
            ca_file=environment.get("KAFKA_CA_FILE"),
            prefix=environment.get("TOPIC_PREFIX", "ouvidor."),
        )
