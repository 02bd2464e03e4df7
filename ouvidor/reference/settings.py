"""The page of settings, from the models: the floor's, and the rooms' by entry points.

A function of the group `ouvidor.sections` gives sections that stand in lists or files of their own: by a title, the
path of the section and its model.
"""

from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from ouvidor.entry_points import load, offered
from ouvidor.reference.markdown import code, head, table
from ouvidor.settings import Settings

__all__ = ["settings_page"]

_ABOUT = """One file, `ouvidor.yaml`; `ouvidor check` reads it and names whatever is wrong. Everything has a default
that serves one machine. A key `section.name` is overridden by `OUVIDOR__SECTION__NAME` in the environment. A secret
`x` may be given as `x_file`, the path of a file that holds it; a relative path is looked for in
`$CREDENTIALS_DIRECTORY` (systemd's `LoadCredential`) first. Durations are seconds, or ISO 8601 (`PT10S`)."""

_COLUMNS = ("key", "type", "default", "what it says")


def settings_page() -> str:
    """Write the page."""
    parts = [head("Settings", _ABOUT)]
    single = {name: field for name, field in Settings.model_fields.items() if _section(field.annotation) is None}
    parts.append("\n## At the top\n\n" + table(_COLUMNS, [_row(name, field) for name, field in single.items()]))
    parts.extend(
        _part(name, section)
        for name, field in Settings.model_fields.items()
        if (section := _section(field.annotation)) is not None
    )
    for entry in offered("ouvidor.sections").values():
        sections: Mapping[str, type[BaseModel]] = load(entry)()
        parts.extend(_part(title, section) for title, section in sections.items())
    return "".join(parts)


def _part(title: str, section: type[BaseModel]) -> str:
    words = (section.__doc__ or "").strip()
    return f"\n## {title}\n\n{words}\n\n" + table(_COLUMNS, _rows(section, ""))


def _rows(section: type[BaseModel], path: str) -> Iterator[tuple[str, str, str, str]]:
    for name, field in section.model_fields.items():
        inner = _section(field.annotation)
        if inner is None:
            yield _row(f"{path}{name}", field)
        else:
            yield from _rows(inner, f"{path}{name}.")


def _row(path: str, field: FieldInfo) -> tuple[str, str, str, str]:
    return code(path), _type(field.annotation), _default(field), field.description or ""


def _section(annotation: object) -> type[BaseModel] | None:
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def _found_out(field: FieldInfo) -> bool:
    """Is the default what each machine finds out for itself, as its name? The field's words say how."""
    return field.default_factory is not None and not isinstance(field.default_factory, type)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**required**"
    value = None if _found_out(field) else field.get_default(call_default_factory=True, validated_data={})
    if value is None or value is PydanticUndefined or value in ((), {}, [], ""):
        return ""
    if isinstance(value, timedelta):
        return code(f"{value.total_seconds():.12g}")
    if isinstance(value, bool):
        return code(str(value).lower())
    if isinstance(value, tuple | list):
        return ", ".join(code(str(each)) for each in value)
    return code(str(value.value if isinstance(value, Enum) else value))


_NAMES = {
    SecretStr: "secret",
    timedelta: "duration",
    date: "date",
    time: "time of day",
    int: "whole number",
    float: "number",
    bool: "true or false",
    str: "text",
    Path: "path",
    Any: "anything",
}


def _bare(annotation: Any) -> Any:  # noqa: ANN401 - whatever a field is annotated with
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _type(annotation: Any) -> str:  # noqa: ANN401 - whatever a field is annotated with
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        words = _type(inner[0])
    elif origin is Literal:
        words = ", ".join(code(str(value)) for value in inner)
    elif origin in {Union, UnionType}:
        words = " or ".join(_type(each) for each in inner if each is not type(None))
    elif origin in {tuple, list, frozenset, set}:
        words = f"list of {'mapping' if _section(_bare(inner[0])) else _type(inner[0])}"
    elif origin is dict:
        words = f"mapping of {_type(inner[1])}"
    elif isinstance(annotation, type) and issubclass(annotation, Enum):
        words = ", ".join(code(str(each.value)) for each in annotation)
    else:
        words = _NAMES.get(annotation) or code(getattr(annotation, "__name__", str(annotation)))
    return words
