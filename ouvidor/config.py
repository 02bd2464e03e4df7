"""How settings are read: closed sections, secrets from files, and errors that name the key and the mend.

Every room's and adapter's settings are `Section`s, so that `ouvidor.yaml: ingest.accounts[2].pasword: unknown key; did
you mean password?` is said the same way everywhere.
"""

import os
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Final, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError, model_validator

from ouvidor.errors import Misconfigured

__all__ = ["Section", "explain", "read_secrets", "read_section", "read_source", "read_yaml"]


def _holds_secret(annotation: object) -> bool:
    return annotation is SecretStr or SecretStr in get_args(annotation)


def _credential(given: str) -> Path:
    """Give the file of a secret: a relative path is systemd's credential of that name, where there is one."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    return found if folder is not None and (found := Path(folder) / given).is_file() else Path(given)


def _secret(name: str, given: dict[str, Any]) -> str:
    """Read the secret of a name from its file, whose key is taken out of what was given."""
    key = f"{name}_file"
    path = _credential(str(given.pop(key)))
    if given.get(name) is not None:
        raise ValueError(f"{name} and {key} are both given: keep one")
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        sought = "" if path.is_absolute() else " (looked for in $CREDENTIALS_DIRECTORY, and where the process runs)"
        raise ValueError(f"{key}: cannot read {path}: {why}{sought}") from error


def read_secrets(given: Any) -> Any:  # noqa: ANN401 - whatever the YAML holds
    """Read a mapping of names to secrets: each may be given as `<name>_file`, the path of a file with it."""
    if not isinstance(given, dict):
        return given
    settled = dict(given)
    for key in list(settled):
        if str(key).endswith("_file"):
            name = str(key).removesuffix("_file")
            settled[name] = _secret(name, settled)
    return settled


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
            if _holds_secret(field.annotation) and key in settled and key not in cls.model_fields:
                settled[name] = _secret(name, settled)
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
    try:
        return model.model_validate(given if given is not None else {})
    except ValidationError as error:
        raise Misconfigured(explain(error, model, where=where, within=within)) from error


Where = Callable[[Sequence[str | int]], str]

_NAME: Final = "'^[a-z0-9][a-z0-9-]{0,62}$'"
"""The pattern of accounts', departments' and destinations' names, which stand in topics and addresses."""


def explain(
    error: ValidationError, model: type[BaseModel], *, where: str | Where, within: Sequence[str | int] = ()
) -> str:
    """Say what is wrong, a line a key: `where: the.path[2].of.it: what; the mend`. Values are not repeated.

    `where` is the file that was read, or a function that tells it by the path of a key.
    """
    lines = []
    for fault in error.errors(include_url=False, include_input=False, include_context=False):
        at = tuple(fault["loc"])
        words = fault["msg"].removeprefix("Value error, ")
        if fault["type"] == "extra_forbidden":
            words = "unknown key"
            known = _keys_at(model, at[:-1])
            if near := get_close_matches(str(at[-1]), known, n=1, cutoff=0.5):
                words += f"; did you mean {near[0]}?"
            elif known:
                words += f"; known are {', '.join(sorted(known))}"
        elif fault["type"] == "missing":
            words = "missing: it has no default"
        elif fault["type"].startswith(("date_from", "date_parsing", "date_type")):
            words = "a day is expected, such as 2026-12-31"
        elif fault["type"] == "string_pattern_mismatch" and _NAME in words:
            words = (
                "a short name is expected: lower-case letters without accents, digits and dashes, as servicos-urbanos"
            )
        path = _path((*within, *at))
        place = where if isinstance(where, str) else where((*within, *at))
        lines.append(f"{place}: {path}: {words}" if path else f"{place}: {words}")
    return "\n".join(lines)


def _path(at: Sequence[str | int]) -> str:
    words = ""
    for step in at:
        words += f"[{step}]" if isinstance(step, int) else f".{step}" if words else step
    return words


def _keys_at(model: type[BaseModel], at: Sequence[str | int]) -> list[str]:
    """Walk from a model along a path of keys; give the keys known where it ends."""
    here: list[object] = [model]
    for step in at:
        ahead: list[object] = []
        for kind in _alternatives(here):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                if step in kind.model_fields:
                    ahead.append(kind.model_fields[str(step)].annotation)
                else:
                    ahead.append(kind)  # a step that names a member of a union, not a key
            else:
                ahead.extend([inner for inner in get_args(kind) if inner is not Ellipsis][-1:])
        here = ahead
    names: list[str] = []
    for kind in _alternatives(here):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            for name, field in kind.model_fields.items():
                names.append(field.alias or name)
                if _holds_secret(field.annotation):
                    names.append(f"{name}_file")
    return names


def _alternatives(kinds: list[object]) -> list[object]:
    flat: list[object] = []
    for kind in kinds:
        origin = get_origin(kind)
        if origin in {Union, UnionType}:
            flat.extend(_alternatives(list(get_args(kind))))
        elif origin is Annotated:
            flat.extend(_alternatives([get_args(kind)[0]]))
        else:
            flat.append(kind)
    return flat
