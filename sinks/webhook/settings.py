"""A webhook's destination in the settings."""

import ssl
from datetime import timedelta
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from yarl import URL

from sinks.deliveries.contract import Destination
from sinks.webhook.signature import key_of

__all__ = ["Webhook"]


class Webhook(Destination):
    """A department's own system, which is called for each event (Standard Webhooks)."""

    sink: Literal["webhook"]
    url: str
    """Where events are posted: https://…"""
    in_the_clear: bool = False
    """May the address be http://…? Everybody on the way reads what customers wrote."""
    secret: SecretStr
    """`whsec_` and the base64 of 24 to 64 random bytes, which the receiver knows, too; `secret_file` keeps it apart."""
    old_secret: SecretStr | None = None
    """The one before, while the secret is being changed: each event is signed by both."""
    ca_file: Path | None = None
    """Certificates that are trusted, PEM. Not given: the system's."""
    refusals: bool = False
    """Are replies that were not taken told there, too (`ouvidor.reply.refused.v1`)? For who replies by HTTP, and reads
    no topic."""
    timeout: timedelta = Field(timedelta(seconds=20), ge=timedelta(seconds=1), le=timedelta(seconds=60))
    """How long one try may take."""

    @field_validator("url")
    @classmethod
    def _address(cls, url: str) -> str:
        try:
            its = URL(url)
            complete = its.scheme in {"http", "https"} and its.host and its.port is not None
        except ValueError:
            complete = False
        if not complete:
            raise ValueError("an address such as https://painel.example.org/ouvidor is expected")
        if its.user is not None or its.password is not None:
            raise ValueError("a name and password in the address are not sent: events are signed")
        return url

    @field_validator("secret", "old_secret")
    @classmethod
    def _signs(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None:
            key_of(secret.get_secret_value())
        return secret

    @field_validator("ca_file")
    @classmethod
    def _certificates(cls, path: Path | None) -> Path | None:
        if path is not None:
            try:
                ssl.create_default_context(cafile=path)
            except (OSError, ssl.SSLError) as error:
                raise ValueError(f"{path}: no certificates can be read: {error.strerror or error}") from error
        return path

    @model_validator(mode="after")
    def _is_encrypted(self) -> Self:
        if URL(self.url).scheme == "http" and not self.in_the_clear:
            raise ValueError("url: https:// is expected; `in_the_clear: true` allows http://")
        return self

    @property
    def hears_refusals(self) -> bool:
        """As the settings say: a receiver that knows dispatches alone may not know what to do with it."""
        return self.refusals

    @property
    def keys(self) -> list[bytes]:
        """What events are signed with, the new one first."""
        secrets = (self.secret, self.old_secret)
        return [key_of(each.get_secret_value()) for each in secrets if each is not None]

    @property
    def tls(self) -> ssl.SSLContext:
        """How the receiver's certificate is looked at."""
        return ssl.create_default_context(cafile=self.ca_file)
