"""Reading the settings: from the file, with the environment over it; or as far as they go, with all that is wrong."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsError

from ouvidor.config import read_yaml
from ouvidor.errors import Misconfigured
from ouvidor.faults import Fault, Where, path_of
from ouvidor.mending import read_as_far
from ouvidor.settings import PREFIX, Settings

__all__ = ["Survey", "load", "survey"]


class Survey(NamedTuple):
    """Settings as far as they can be read, and all that is wrong with them."""

    settings: Settings
    faults: tuple[Fault, ...] = ()


class _Merged(Settings):
    """Settings of what was merged already: the environment is not read again."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the framework's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what was given."""
        return (init_settings,)


def load(path: Path | None = None) -> Settings:
    """Read the settings. Not given: `ouvidor.yaml` here, if there is one, else the defaults.

    Raises `Misconfigured` that names every key at fault.
    """
    settings, faults = survey(path)
    if faults:
        raise Misconfigured("\n".join(fault.line for fault in faults))
    return settings


def survey(path: Path | None = None) -> Survey:
    """Read the settings as far as they can be read: to look for further faults with, and to start nothing with.

    Raises `Misconfigured` where the file cannot be read at all.
    """
    where = path or Path("ouvidor.yaml")
    given = read_yaml(where) if path is not None or where.exists() else {}
    if given is None:
        given = {}
    if not isinstance(given, dict):
        raise Misconfigured(f"{where}: a mapping of sections is expected, not a {type(given).__name__}")
    faults = _strangers()
    try:
        settings = Settings(**given)
    except (ValidationError, SettingsError):
        environment, unread = _environment()
        found, more = read_as_far(_Merged, _over(environment, given), where=_source(where))
        faults += [*unread, *more]
        if found is None:
            raise Misconfigured("\n".join(fault.line for fault in faults)) from None
        settings = found
    settings._file = where  # noqa: SLF001 - this is how they are made
    settings._at_fault = frozenset(str(fault.at[0]) for fault in faults if fault.at and fault.secret is None)  # noqa: SLF001 - the same
    return Survey(settings, tuple(faults))


def _strangers() -> list[Fault]:
    """Give a fault where the environment has sections that nobody knows."""
    strangers = [
        name
        for name in os.environ
        if name.startswith(PREFIX) and name.removeprefix(PREFIX).split("__")[0].lower() not in Settings.model_fields
    ]
    known = ", ".join(sorted(Settings.model_fields)).upper()
    words = f"environment: {', '.join(sorted(strangers))}: unknown section; known are {known}"
    return [Fault((), words)] if strangers else []


def _environment() -> tuple[dict[str, Any], list[Fault]]:
    """Give what the environment says, and a fault for each variable that cannot be read."""
    source = EnvSettingsSource(Settings)
    readable: dict[str, str | None] = {}
    faults = []
    for name, value in source.env_vars.items():
        source.env_vars = {name: value}
        try:
            source()
        except SettingsError:
            at = tuple(name.removeprefix(PREFIX.lower()).split("__"))
            words = "a list or mapping is expected, as JSON; correct it, or set it in the file"
            faults.append(Fault(at, f"environment {name.upper()}: {path_of(at)}: {words}"))
        else:
            readable[name] = value
    source.env_vars = readable
    return source(), faults


def _over(above: dict[str, Any], below: dict[str, Any]) -> dict[str, Any]:
    """Lay one mapping over another, key by key."""
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        merged[key] = _over(value, under) if isinstance(value, dict) and isinstance(under, dict) else value
    return merged


def _source(file: Path) -> Where:
    """Tell where a key was given: in the environment, which wins, or in the file."""
    given = {name.upper() for name in os.environ}

    def tell(path: Sequence[str | int]) -> str:
        for length in range(len(path), 0, -1):
            name = PREFIX + "__".join(str(step).upper() for step in path[:length])
            if name in given:
                return f"environment {name}"
        return str(file)

    return tell
