"""The section `kafka.schema_registry`."""

from collections.abc import Mapping
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from ouvidor.config import Section

__all__ = ["SchemaRegistry", "sections"]


class SchemaRegistry(Section):
    """Where our schemas stand for others' tools: records name theirs in a header, their values stay plain JSON."""

    url: str
    """Its address, with Confluent's API: https://registry.example.org; of Apicurio https://…/apis/ccompat/v7."""
    username: str | None = None
    """Who we are to it. Not given: nobody logs in."""
    password: SecretStr | None = None
    """Its secret; `password_file` keeps it out of this file."""
    ca_file: Path | None = None
    """Certificates that are trusted, PEM. Not given: the system's."""
    register_schemas: bool = True
    """Are missing schemas registered? false: they are looked for alone, and `ouvidor schema --register` is run by
    somebody who may."""
    timeout: timedelta = Field(timedelta(seconds=5), ge=timedelta(milliseconds=100), le=timedelta(minutes=1))
    """Of each call."""

    @field_validator("url")
    @classmethod
    def _web(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"{url!r} is no address such as https://registry.example.org")
        if parts.username is not None or parts.query or parts.fragment:
            raise ValueError(
                "an address without user, query and fragment is expected; the secret goes into password_file"
            )
        return url.rstrip("/")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password: both are needed, or none")
        parts = urlsplit(self.url)
        if self.password is not None and parts.scheme == "http" and not _is_here(parts.hostname or ""):
            raise ValueError("url: https is expected: the password would travel in the clear")
        return self


def _is_here(host: str) -> bool:
    try:
        return host.casefold() == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def sections() -> Mapping[str, type[Section]]:
    """Give the section by its title, for the reference page."""
    return {"kafka.schema_registry": SchemaRegistry}
