"""How settings are read: closed sections, secrets from files, and errors that name the key and the mend.

Every room's and adapter's settings are `Section`s, so that `ouvidor.yaml: ingest.accounts[2].pasword: unknown key; did
you mean password?` is said the same way everywhere.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from ouvidor.errors import Misconfigured
from ouvidor.mending import read_as_far
from ouvidor.secret_files import holds_secret, read_secret

__all__ = ["Section", "read_section", "read_source", "read_yaml"]


class Section(BaseModel):
    """A closed, frozen part of the settings. A secret `x` may be given as `x_file`: the path of a file with it."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    @model_validator(mode="before")
    @classmethod
    def _read_secret_files(cls, given: Any) -> Any:  # noqa: ANN401 - whatever the YAML holds
        if given is None:
            return {}  # `kafka:` with all its keys commented out
        if not isinstance(given, dict):
            return given
        settled = dict(given)
        for name, field in cls.model_fields.items():
            key = f"{name}_file"
            if holds_secret(field.annotation) and key not in cls.model_fields and (name in settled or key in settled):
                settled[name] = read_secret(name, settled)
        return settled


class _Loader(yaml.SafeLoader):
    """Refuses a key that is given twice, where YAML's own would silently take the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Make a mapping of it."""
        seen: set[Any] = set()
        for key_node, _ in node.value:
            if key_node.tag != "tag:yaml.org,2002:merge":
                key = self.construct_object(key_node, deep=True)
                if isinstance(key, str | int | float | bool) and key in seen:
                    words = f"the key {key} is given twice"
                    raise yaml.constructor.ConstructorError(None, None, words, key_node.start_mark)
                seen.add(str(key) if isinstance(key, dict | list) else key)
        return super().construct_mapping(node, deep)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: ANN401 - whatever the YAML holds
        """Make a value of it. A day such as 2026-02-30 has the form of a date: YAML's own would fail without a line."""
        try:
            return super().construct_object(node, deep)
        except ValueError as error:
            kind = "date" if node.tag.endswith(":timestamp") else "number"
            words = f"this has the form of a {kind} and is none; correct it, or put it in quotes if it is text"
            raise yaml.constructor.ConstructorError(None, None, words, node.start_mark) from error


def read_source(path: Path) -> bytes:
    """Read a file that the settings name. Raises `Misconfigured` where that cannot be."""
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise Misconfigured(f"{path}: no such file") from error
    except OSError as error:
        raise Misconfigured(f"{path}: cannot be read: {error.strerror or error}") from error


def read_yaml(path: Path, source: bytes | None = None) -> Any:  # noqa: ANN401 - whatever the YAML holds
    """Read a YAML file, or what was read of it. Raises `Misconfigured` with the line where it is none."""
    try:
        text = (read_source(path) if source is None else source).decode("utf-8")
        return yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader
    except UnicodeDecodeError as error:
        number = error.object.count(b"\n", 0, error.start) + 1
        raise Misconfigured(f"{path}: line {number}: not UTF-8: save the file as UTF-8") from error
    except yaml.YAMLError as error:
        raise Misconfigured(f"{path}:{_told_by_yaml(error)}") from error


def _told_by_yaml(error: yaml.YAMLError) -> str:
    """Say where YAML stopped; and where began what it was reading then, for that is the place of the mend."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return f" {error}"
    mark, begun = error.problem_mark, error.context_mark
    words = f" line {mark.line + 1}, column {mark.column + 1}: {error.problem}"
    if begun is not None and begun.line != mark.line:
        words += f" ({error.context} that begins in line {begun.line + 1})"
    return words


S = TypeVar("S", bound=BaseModel)


def read_section(model: type[S], given: object, *, where: str, within: Sequence[str | int] = ()) -> S:
    """Read a section. Raises `Misconfigured` that names every key at fault, one a line, starting with `where`."""
    found, faults = read_as_far(model, given, where=where, within=within)
    if found is None or faults:
        raise Misconfigured("\n".join(fault.line for fault in faults))
    return found
