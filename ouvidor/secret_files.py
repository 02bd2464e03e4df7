"""How secrets are read: a secret `x` may be given as `x_file`, the path of a file with it.

One that cannot be read does not stop the reading: `Unread` stands in its place, and whoever checks the settings finds
it there with its words (`ouvidor/faults.py`), beside whatever else is wrong.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, get_args

from pydantic import BaseModel, SecretStr

__all__ = ["KEPT", "Unread", "holds_secret", "read_secret", "read_secrets", "unreadable"]

KEPT: Final = "a file with a secret, which is read when it is used"
"""Marks a field that names such a file: `key_file: Annotated[Path | None, KEPT]`."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Stands for a secret that could not be read. It is no text, so that no section takes it for one."""

    name: str
    key: str
    """What was given: the name, or the name with `_file`."""
    words: str


def holds_secret(annotation: object) -> bool:
    """Is a field of this type a secret, or several?"""
    return annotation is SecretStr or SecretStr in get_args(annotation)


def read_secret(name: str, given: dict[str, Any]) -> object:
    """Read a secret: its text, or `Unread`, or whatever else stands there. The key of its file is taken out."""
    key = f"{name}_file"
    if key not in given:
        empty = isinstance(found := given.get(name), str) and not found.strip()
        return Unread(name, name, "it is empty: give the secret, or remove the key") if empty else found
    named = given.pop(key)
    if given.get(name) is not None:
        return Unread(name, key, f"{name} and {key} are both given: keep one")
    if named is None or not str(named).strip():
        return Unread(name, key, "it names no file: give the path of a file with the secret, or remove the key")
    path = _credential(str(named))
    sought = "" if path.is_absolute() else " (looked for in $CREDENTIALS_DIRECTORY, and where the process runs)"
    try:
        text = path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        return Unread(name, key, f"cannot read {path}: {_why(error)}{sought}")
    return text if text.strip() else Unread(name, key, f"{path} is empty: write the secret into it")


def read_secrets(given: Any) -> Any:  # noqa: ANN401 - whatever the YAML holds
    """Read a mapping of names to secrets: each may be given as `<name>_file`, the path of a file with it."""
    if not isinstance(given, dict):
        return given
    settled = dict(given)
    for name in dict.fromkeys(key.removesuffix("_file") for key in given if isinstance(key, str)):
        settled[name] = read_secret(name, settled)
    return settled


def unreadable(section: BaseModel, within: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Look whether the files marked as `KEPT` can be read: the path of each that cannot, and why. None is kept."""
    for name, field in type(section).model_fields.items():
        value, at = getattr(section, name), (*within, name)
        if isinstance(value, BaseModel):
            yield from unreadable(value, at)
        elif KEPT in field.metadata and isinstance(value, Path):
            try:
                with value.open("rb") as file:
                    there = file.read(1)
            except OSError as error:
                yield at, f"cannot read {value}: {_why(error)}"
            else:
                if not there:
                    yield at, f"{value} is empty: write the key into it"


def _credential(given: str) -> Path:
    """Give the file of a secret: a relative path is systemd's credential of that name, where there is one."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    return found if folder is not None and (found := Path(folder) / given).is_file() else Path(given)


def _why(error: OSError | UnicodeDecodeError) -> str:
    """Say what hindered the reading, and the mend."""
    match error:
        case UnicodeDecodeError():
            return "it is not UTF-8: save it as UTF-8"
        case FileNotFoundError():
            mend = "write it, or correct the path"
        case PermissionError():
            mend = "let the user of this process read it"
        case _:
            mend = "name a file that can be read"
    return f"{error.strerror or type(error).__name__}: {mend}"
