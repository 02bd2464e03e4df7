"""Which jars a server needs: read from jgo's lock file, which names each with its SHA-256.

The lock files live in the repository's `deploy/`; in a wheel they lie beside this package.
"""

import tomllib
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal

from ouvidor.errors import Misconfigured

__all__ = ["Jar", "Server", "locked_jars"]

Server = Literal["kafka", "greenmail"]


@dataclass(frozen=True, slots=True)
class Jar:
    """A jar by its Maven coordinates, and the hash that it must have."""

    group: str
    artifact: str
    version: str
    sha256: str
    classifier: str = ""

    @property
    def file_name(self) -> str:
        """The name that the file has in every Maven repository, and in our cache."""
        return "-".join(filter(None, (self.artifact, self.version, self.classifier))) + ".jar"

    @property
    def path(self) -> str:
        """Where the file lies in a Maven repository, remote or local."""
        return f"{self.group.replace('.', '/')}/{self.artifact}/{self.version}/{self.file_name}"

    def __str__(self) -> str:
        return ":".join(filter(None, (self.group, self.artifact, self.version, self.classifier)))


def locked_jars(server: Server) -> list[Jar]:
    """Return the server's jars in the order of its class path."""
    return read_lock(_lock_file(server))


def read_lock(lock: Traversable) -> list[Jar]:
    """Read a lock file; an entry without a hash is an error, for what is not verified must not run."""
    try:
        entries = tomllib.loads(lock.read_text("utf-8"))["dependencies"]
        return [
            Jar(
                entry["groupId"],
                entry["artifactId"],
                entry["version"],
                entry["sha256"].lower(),
                entry.get("classifier", ""),
            )
            for entry in entries
        ]
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise Misconfigured(f"{lock}: not a lock file of jgo with a SHA-256 for each jar: {error!r}") from error


def _lock_file(server: Server) -> Traversable:
    name = "jgo.lock.toml"
    packaged = resources.files("ouvidor.local") / "deploy" / server / name
    checkout = Path(__file__).parents[2] / "deploy" / server / name
    return packaged if packaged.is_file() else checkout
