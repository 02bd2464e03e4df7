"""The demo's own house: a directory that every run begins anew, and settings for the mailbox, the form and the rest.

The settings are written as an ordinary `ouvidor.yaml`, so that whoever is curious can go on with it by hand:
`ouvidor --config var/demo/ouvidor.yaml tail ombudsman`. Only a directory that holds such a file is ever emptied.
"""

import secrets
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree
from typing import Any

import yaml

from ouvidor.config import read_section
from ouvidor.demo.mails import MAILBOX
from ouvidor.errors import Misconfigured
from ouvidor.local.folder import FolderLock
from ouvidor.local.ports import free_ports
from ouvidor.settings import Settings

__all__ = ["House", "empty"]

_HEADER = "# Written by `ouvidor demo`: this directory is emptied by the next one.\n"
_LOCK = "lock"


@dataclass(frozen=True, slots=True)
class House:
    """Where the demo's parts are. Passwords are made up for this run, and open nothing else."""

    data: Path
    kafka_port: int = field(default_factory=lambda: free_ports(1)[0])
    http_port: int = field(default_factory=lambda: free_ports(1)[0])
    mailbox: str = MAILBOX
    mailbox_password: str = field(default_factory=lambda: secrets.token_hex(8))
    whatsapp_secret: str = field(default_factory=lambda: secrets.token_hex(16))
    telegram_token: str = field(default_factory=lambda: f"100000001:{secrets.token_hex(16)}")

    @property
    def config(self) -> Path:
        """The settings' file."""
        return self.data / "ouvidor.yaml"

    @property
    def calls(self) -> Path:
        """The folder into which transcripts are dropped."""
        return self.data / "calls"

    @property
    def url(self) -> str:
        """Where forms and webhooks come in."""
        return f"http://127.0.0.1:{self.http_port}"

    def settings(self, theirs: Settings) -> Settings:
        """Give the settings without accounts and broker. Organisation and routing table are the user's own."""
        return read_section(Settings, self._given(theirs), where=str(self.config))

    def furnish(self, theirs: Settings, imap_port: int, telegram: str) -> None:
        """Write the settings for the rooms, and for whoever is curious."""
        given = self._given(theirs)
        given["kafka"] = {"bootstrap": f"127.0.0.1:{self.kafka_port}"}
        given["ingest"]["accounts"] = self._accounts(imap_port, telegram)
        self.calls.mkdir(exist_ok=True)
        self.config.touch()
        self.config.chmod(0o600)  # passwords stand in it, if only of this run
        self.config.write_text(_HEADER + yaml.safe_dump(given, allow_unicode=True, sort_keys=False), "utf-8")

    def _given(self, theirs: Settings) -> dict[str, Any]:
        given: dict[str, Any] = {
            "organisation": theirs.organisation.model_dump(mode="json", exclude_defaults=True),
            "routing": theirs.routing.model_dump(mode="json", exclude_defaults=True),
            "data": str(self.data.absolute()),
            "ingest": {"http": {"port": self.http_port}},
        }
        if theirs.routing.table is not None:
            given["routing"]["table"] = str(theirs.routing.table.absolute())
        return given

    def _accounts(self, imap_port: int, telegram: str) -> list[dict[str, Any]]:
        return [
            {
                "network": "imap",
                "account": "ouvidoria",
                "host": "127.0.0.1",
                "port": imap_port,
                "tls": "none",
                "username": self.mailbox,
                "password": self.mailbox_password,
            },
            {"network": "form", "account": "ouvidoria"},
            {
                "network": "whatsapp",
                "account": "ouvidoria",
                "app_secrets": [self.whatsapp_secret],
                "verify_token": self.whatsapp_secret[:16],
            },
            {"network": "telegram", "account": "ouvidoria", "token": self.telegram_token, "api": telegram},
            {"network": "webvtt", "account": "central", "folder": str(self.calls.absolute())},
        ]


def empty(data: Path) -> None:
    """Empty a demo's directory, or make it. Raises `Misconfigured` where it is another's, or a demo is running."""
    marker = data / "ouvidor.yaml"
    if (
        data.exists()
        and any(data.iterdir())
        and not (marker.exists() and marker.read_text("utf-8").startswith(_HEADER))
    ):
        raise Misconfigured(f"{data}: holds what no demo has written, and a demo begins by emptying it: move it away")
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    run = data / "run"
    lock = FolderLock(run)
    try:
        marker.write_text(_HEADER, "utf-8")  # before anything goes: who is interrupted here may begin again
        for path in data.iterdir():
            if path.is_dir() and path != run:
                rmtree(path)
            elif path not in {run, marker}:
                path.unlink()
        for path in run.iterdir():
            if path.name != _LOCK:
                path.unlink()
    finally:
        lock.release()
