"""Which Maven repositories to ask, as Maven's and jgo's own settings on this machine say.

jgo gives the repositories (Maven Central, and `[repositories]` of its jgo.conf, also by JGO_CONFIG_FILE), Maven's
settings.xml their mirrors, as whoever sits behind a company's mirror has already set up. We invent no variable of
our own.

Source: Maven, "Using Mirrors for Repositories"; jgo, "Configuration".
"""

import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ouvidor.errors import Misconfigured

__all__ = ["Repository", "local_repository", "repositories"]


@dataclass(frozen=True, slots=True)
class Repository:
    """A Maven repository: its address, and a name and password where it wants them."""

    url: str
    login: tuple[str, str] | None = field(default=None, repr=False)


def repositories() -> list[Repository]:
    """Return whom to ask, first one first, each once."""
    constants, settings = _jgo()
    known = {"central": constants.MAVEN_CENTRAL_URL, **settings.repositories}
    rules = _Mirrors.read(Path.home() / ".m2" / "settings.xml")
    return list(dict.fromkeys(rules.instead_of(name, url) for name, url in known.items()))


def local_repository() -> Path:
    """Return where Maven and jgo keep what they downloaded: ~/.m2/repository, or M2_REPO, or as jgo.conf says."""
    _, settings = _jgo()
    return Path(settings.repo_cache).expanduser()
