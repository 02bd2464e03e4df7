"""What the settings of mailboxes behind an HTTP API have in common. All are entered with OAuth, none by password."""

import unicodedata
from datetime import date, timedelta
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from ingest.adapter import Account
from ingest.email.oauth.settings import OAuth
from ouvidor.settings import is_loopback

__all__ = ["RestAccount"]

_MEBIBYTE = 2**20


class RestAccount(Account):
    """A mailbox behind an API. It is only read: nothing is deleted, moved or marked as read."""

    api: str
    username: str = Field(min_length=1, max_length=320)
    """The mailbox: its address."""
    oauth: OAuth
    """How it is entered. Its `scope` has a default that reads mail and nothing else."""
    authserv_id: str | None = Field(None, pattern=r"^[A-Za-z0-9._-]{1,100}$")
    """The name with which your mail server begins its `Authentication-Results`: what it found is then recorded."""
    folders: tuple[str, ...] = Field(min_length=1, max_length=10)
    sent: str | None = Field(None, min_length=1, max_length=500)
    since: date | None = None
    """At the first start, mail that arrived before this day is left alone. Not given: all mail is read."""
    poll: timedelta = Field(timedelta(seconds=30), ge=timedelta(seconds=1), le=timedelta(seconds=45))
    """How often it is asked for news."""
    timeout: timedelta = Field(timedelta(seconds=30), ge=timedelta(seconds=1), le=timedelta(seconds=40))
    """How long the server may be silent while it owes us something."""
    at_once: int = Field(4, ge=1, le=4)
    """Mails that are fetched at the same time. Microsoft lets no application have more than 4 calls in a mailbox."""
    batch_mails: int = Field(100, ge=1, le=200)
    """The most mails that are listed at once."""
    batch_bytes: int = Field(8 * _MEBIBYTE, ge=262144)
    """Bytes fetched at once, unless a single mail is longer."""
    largest_bytes: int = Field(128 * _MEBIBYTE, ge=65536)
    """Of a longer mail only so many bytes are read; its message says so."""

    @field_validator("api")
    @classmethod
    def _safe_for_a_token(cls, given: str) -> str:
        parts = urlsplit(given)
        if not parts.hostname or parts.scheme not in {"https", "http"} or parts.query or parts.username:
            raise ValueError("an address such as https://api.example.org/v1 is expected")
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            raise ValueError("https is expected: tokens and mails would travel in the clear")
        return given.rstrip("/")

    @field_validator("username", "folders", "sent")
    @classmethod
    def _in_one_line(cls, given: str | tuple[str, ...] | None) -> str | tuple[str, ...] | None:
        for words in (given,) if isinstance(given, str) else given or ():
            if not words.strip() or any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in words):
                raise ValueError("must not be empty, nor hold control characters")
        if isinstance(given, tuple) and len(set(given)) < len(given):
            raise ValueError("a folder is named twice: keep one")
        return given

    @model_validator(mode="after")
    def _sent_is_no_inbox(self) -> Self:
        if self.sent is not None and self.sent in self.folders:
            raise ValueError("sent: stands in folders too: customers' mail and the house's answers need folders apart")
        return self

    @property
    def its_scope(self) -> str:
        """What is asked for where `oauth.scope` says nothing."""
        raise NotImplementedError

    @property
    def its_oauth(self) -> OAuth:
        """The way in, with the network's own scope."""
        return self.oauth if self.oauth.scope else self.oauth.model_copy(update={"scope": self.its_scope})

    @property
    def all_folders(self) -> tuple[str, ...]:
        """All that is read, that of sent mail last."""
        return self.folders if self.sent is None else (*self.folders, self.sent)

    @property
    def where(self) -> str:
        """How errors name this account: without its user's name, which is somebody's address."""
        return f"{self.network}/{self.account} at {urlsplit(self.api).netloc}"
