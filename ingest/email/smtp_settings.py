"""The settings of a port at which mail servers hand mail over."""

import socket
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from ingest.adapter import Account
from ouvidor.secret_files import KEPT
from ouvidor.settings import is_loopback

__all__ = ["SmtpAccount"]

_MEBIBYTE = 2**20


class SmtpAccount(Account):
    """A port at which a mail server hands mail over, by LMTP or SMTP. It never sends mail on."""

    protocol: Literal["lmtp", "smtp"] = "lmtp"
    """LMTP for your own mail server (Postfix, Exim); SMTP for servers that speak nothing else."""
    host: str = Field("127.0.0.1", min_length=1)
    """The address to listen on."""
    port: int = Field(8024, ge=0, le=65535)
    """0: any free one, which the log names."""
    recipients: tuple[str, ...] = Field(min_length=1)
    """Whose mail is taken: addresses (with all their plus-addresses), and domains with an @ before them."""
    hostname: str = Field(default_factory=socket.gethostname, pattern=r"^[A-Za-z0-9._:\[\]-]{1,253}$")
    """The name in the greeting. Not given: this machine's."""
    size_limit: int = Field(50 * _MEBIBYTE, ge=65536)
    """Bytes of the largest mail: announced, so that a server need not send a larger one to hear no."""
    memory: int = Field(256 * _MEBIBYTE, ge=65536)
    """Bytes of all mails that are being received: beyond it, a sender is asked to try again later."""
    connections: int = Field(100, ge=1, le=10_000)
    """The most connections at once."""
    peer_connections: int = Field(50, ge=1, le=10_000)
    """The most connections at once of one address."""
    timeout: timedelta = Field(timedelta(minutes=5), ge=timedelta(seconds=1), le=timedelta(minutes=30))
    """How long a server may be silent."""
    tls_certificate: Annotated[Path | None, KEPT] = None
    """The certificate with its chain, PEM: STARTTLS is then offered."""
    tls_key: Annotated[Path | None, KEPT] = None
    """Its key, PEM. Not given: it stands in the certificate's file."""
    require_tls: bool = False
    """Take mail only after STARTTLS."""
    authserv_id: str | None = Field(None, pattern=r"^[A-Za-z0-9._-]{1,100}$")
    """The name with which your mail server begins its `Authentication-Results`: what it found is then recorded."""
    verify: bool = False
    """Look up DKIM ourselves, with `protocol: smtp` SPF too: it asks the DNS. Recorded, never a reason to refuse."""
    name_servers: tuple[str, ...] = ()
    """The name servers that are asked: addresses, with a port where it is not 53. Not given: the system's."""
    username: str | None = Field(None, min_length=1)
    """Who may hand mail over; not given: whoever reaches the port."""
    password: SecretStr | None = None

    @field_validator("recipients")
    @classmethod
    def _addresses(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for number, each in enumerate(given):
            local, at, domain = each.rpartition("@")
            if not at or not domain or any(sign.isspace() or sign in "<>" for sign in local + domain):
                raise ValueError(f"[{number}]: an address is expected (a@b.example), or a domain (@b.example)")
        return given

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password belong together: give both, or none")
        if (self.require_tls or self.tls_key) and self.tls_certificate is None:
            raise ValueError("tls_certificate: missing: without it there is no TLS")
        if self.username is not None and self.tls_certificate is None and not is_loopback(self.host):
            raise ValueError("a password would come in the clear: give tls_certificate, or listen on 127.0.0.1")
        if self.memory < self.size_limit:
            raise ValueError("memory: less than size_limit: the largest mail would never be taken")
        return self
