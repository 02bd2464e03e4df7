"""Which Maven repositories to ask, as Maven's and jgo's own settings on this machine say.

jgo gives the repositories (Maven Central, and `[repositories]` of its jgo.conf, which JGO_CONFIG_FILE can name),
Maven's settings.xml their mirrors and the mirrors' logins: whoever sits behind a company's mirror has one of them set
up already, so we add no variable of our own.

Source: Maven, "Using Mirrors for Repositories" and "Settings Reference"; jgo, "Configuration".
"""

import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from jgo.config import GlobalSettings
from jgo.constants import MAVEN_CENTRAL_URL

from ouvidor.errors import Misconfigured

__all__ = ["Repository", "local_repository", "repositories"]


@dataclass(frozen=True, slots=True)
class Repository:
    """A Maven repository: its address, and the login where it wants one."""

    url: str
    login: tuple[str, str] | None = field(default=None, repr=False)


def repositories() -> list[Repository]:
    """Return whom to ask, in this order."""
    path = Path.home() / ".m2" / "settings.xml"
    settings = _settings_xml(path)
    known = {"central": MAVEN_CENTRAL_URL, **GlobalSettings.load().repositories}
    # One mirror may stand for several repositories: asked once.
    return list(dict.fromkeys(_mirror_of(settings, name, url, path) for name, url in known.items()))


def local_repository() -> Path:
    """Return where Maven and jgo keep what they downloaded: ~/.m2/repository, or M2_REPO, or as jgo.conf says."""
    return Path(GlobalSettings.load().repo_cache).expanduser()


def _settings_xml(path: Path) -> ET.Element:
    try:
        return ET.fromstring(path.read_bytes())  # noqa: S314 - the user's own settings
    except FileNotFoundError:
        return ET.Element("settings")
    except (ET.ParseError, OSError) as error:
        raise Misconfigured(f"{path}: cannot be read as Maven's settings: {error}") from error


def _mirror_of(settings: ET.Element, name: str, url: str, path: Path) -> Repository:
    for mirror in settings.iterfind("./{*}mirrors/{*}mirror"):
        if _applies(_text(mirror, "mirrorOf"), name):
            address = _text(mirror, "url")
            if not address:
                raise Misconfigured(f"{path}: the mirror {_text(mirror, 'id')!r} has no <url>; give it one")
            return Repository(address.rstrip("/"), _login(settings, _text(mirror, "id")))
    return Repository(url.rstrip("/"), _login(settings, name))


def _applies(pattern: str, name: str) -> bool:
    """Tell whether `<mirrorOf>` means this repository; all that jgo knows are remote, so `external:*` means each."""
    parts = [part.strip() for part in pattern.split(",")]
    return f"!{name}" not in parts and any(part in {name, "*", "external:*"} for part in parts)


def _login(settings: ET.Element, name: str) -> tuple[str, str] | None:
    for server in _servers(settings, name):
        user, password = _text(server, "username"), _text(server, "password")
        if user:
            return user, password
    return None


def _servers(settings: ET.Element, name: str) -> Iterator[ET.Element]:
    return (one for one in settings.iterfind("./{*}servers/{*}server") if _text(one, "id") == name)


def _text(element: ET.Element, tag: str) -> str:
    """Return a child's text with `${env.NAME}` replaced, as Maven does, so that no secret need stand in the file."""
    text = (element.findtext(f"{{*}}{tag}") or "").strip()
    return re.sub(r"\$\{env\.(\w+)\}", lambda found: os.environ.get(found[1], ""), text)
