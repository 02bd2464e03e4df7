"""The profiles that come with Ouvidor: a file each in `profiles/`, found by its name, read when it is asked for."""

from functools import cache
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from ouvidor.config import read_yaml
from ouvidor.errors import Misconfigured
from ouvidor.faults import explain
from routers.clocks.profile import Profile

__all__ = ["NAMES", "builtin"]

_FOLDER: Final = Path(__file__).with_name("profiles")
NAMES: Final = tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))
"""What there is."""


@cache
def builtin(name: str) -> Profile:
    """Give a profile that comes with Ouvidor. Raises `Misconfigured` where its file is broken."""
    path = _FOLDER / f"{name}.yaml"
    try:
        return Profile.model_validate(read_yaml(path))
    except ValidationError as error:
        raise Misconfigured(explain(error, Profile, where=str(path))) from error
