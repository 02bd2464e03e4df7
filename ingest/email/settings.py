"""The settings of a mailbox that is read by IMAP.

TLS is on unless the server is this very machine: a mailbox's password and its customers' words in the clear are no
default. Who must do it all the same says so by `unencrypted`.
"""

import unicodedata
from datetime import date, timedelta
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from ingest.adapter import Account
from ingest.email.oauth.settings import OAuth
from ouvidor.settings import is_loopback

__all__ = ["ImapAccount"]

_MEBIBYTE = 2**20
_IMPLICIT, _CLEAR = 993, 143


class ImapAccount(Account):
    """A mailbox, read by IMAP. It is opened read-only: nothing is deleted, moved or marked as read."""

    host: str = Field(pattern=r"^[A-Za-z0-9._:%-]{1,253}$")
    port: int = Field(0, ge=0, le=65535)
    """0: 993 with `tls: implicit`, else 143."""
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    unencrypted: bool = False
    """Must be set for `tls: none` to a host that is not this machine: the password then travels in the clear."""
    ca_file: Path | None = None
    """Certificates that are trusted, PEM. Not given: the system's."""
    username: str = Field(min_length=1, max_length=500)
    password: SecretStr | None = None
    """Or `password_file`. Not for a mailbox that is entered with `oauth`."""
    oauth: OAuth | None = None
    """How it is entered with tokens instead of a password: Microsoft 365, Google, others."""
    authserv_id: str | None = Field(None, pattern=r"^[A-Za-z0-9._-]{1,100}$")
    """The name with which your mail server begins its `Authentication-Results`: what it found is then recorded."""
    folders: tuple[str, ...] = Field(("INBOX",), min_length=1, max_length=20)
    """Folders that are read, as mail programs show them, with the server's own separator. The first one is watched."""
    sent: str | None = Field(None, min_length=1, max_length=500)
    """The folder of sent mail, where answers are written in a mail program: they are kept with the conversation that
    they answer, as network events, and never judged or routed. Not given: it is not read."""
    since: date | None = None
    """At the first start, mail that arrived before this day is left alone. Not given: all mail is read."""
    idle: timedelta = Field(timedelta(seconds=50), ge=timedelta(seconds=1), le=timedelta(seconds=60))
    """How long one IDLE lasts before the folder is searched and IDLE begins anew: a dead connection shows that soon."""
    poll: timedelta = Field(timedelta(seconds=30), ge=timedelta(seconds=1), le=timedelta(seconds=60))
    """How often a server without IDLE is asked, and folders besides the first one."""
    timeout: timedelta = Field(timedelta(seconds=30), ge=timedelta(seconds=1), le=timedelta(seconds=40))
    """How long the server may be silent while it owes us something."""
    batch_mails: int = Field(200, ge=1, le=1000)
    """The most mails fetched at once."""
    batch_bytes: int = Field(8 * _MEBIBYTE, ge=65536)
    """Bytes fetched at once, unless a single mail is longer."""
    largest_bytes: int = Field(128 * _MEBIBYTE, ge=65536)
    """Of a longer mail only so many bytes are read; its message says so."""

    @field_validator("username", "folders", "sent")
    @classmethod
    def _in_one_line(cls, given: str | tuple[str, ...] | None) -> str | tuple[str, ...] | None:
        for words in (given,) if isinstance(given, str) else given or ():
            if not words or any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in words):
                raise ValueError("must not be empty, nor hold control characters")
        return given

    @field_validator("folders")
    @classmethod
    def _each_once(cls, folders: tuple[str, ...]) -> tuple[str, ...]:
        settled = tuple("INBOX" if folder.upper() == "INBOX" else folder for folder in folders)
        if len(set(settled)) < len(settled):
            raise ValueError("a folder is named twice: keep one")
        return settled

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if self.password is None and self.oauth is None:
            raise ValueError("password: missing: give password or password_file, or oauth")
        if self.password is not None and self.oauth is not None:
            raise ValueError("password and oauth are both given: keep one")
        return self

    @model_validator(mode="after")
    def _sent_is_no_inbox(self) -> Self:
        if self.sent is not None and self.sent in self.folders:
            raise ValueError("sent: stands in folders too: customers' mail and the house's answers need folders apart")
        return self

    @model_validator(mode="after")
    def _clear_only_at_home(self) -> Self:
        if self.tls == "none" and not self.unencrypted and not is_loopback(self.host):
            raise ValueError(
                f"tls: none to {self.host} would send the password in the clear: use implicit or starttls, "
                "or set unencrypted: true where the network is trusted"
            )
        return self

    @property
    def all_folders(self) -> tuple[str, ...]:
        """All that is read, that of sent mail last."""
        return self.folders if self.sent is None else (*self.folders, self.sent)

    @property
    def its_port(self) -> int:
        """The port, with the default."""
        return self.port or (_IMPLICIT if self.tls == "implicit" else _CLEAR)

    @property
    def where(self) -> str:
        """How errors name this account: without its user's name, which is somebody's address."""
        return f"imap/{self.account} at {self.host}:{self.its_port}"
