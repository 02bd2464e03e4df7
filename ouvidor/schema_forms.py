"""One schema, three readings: as a record is written, as others may read it, and in the dialect of AsyncAPI.

What we write grows within a version: fields are added, and so are words to lists that are open. A schema that refuses
both would break its reader at the first release, so the one that we publish for reading has neither
`additionalProperties: false` nor `enum` for an open list: the words known today stand in `x-extensible-enum`. Closed
for good are the lists on which programs branch and clocks hang: kind, severity and difficulty.

AsyncAPI 3 reads schemas as draft-07, its own superset of it: `$defs` become shared components, `prefixItems` a list of
`items`. Both forms take the same records (a test holds them to it).

Source: JSON Schema 2020-12, 10.3.1.1; AsyncAPI 3.0.0, "Schema Object"; Zalando's RESTful API Guidelines, rule 112.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

__all__ = ["CLOSED", "OPEN_LIST", "Schema", "as_component", "as_read", "as_written", "mapped"]

Schema = Mapping[str, Any]

CLOSED: Final = frozenset({"Kind", "Severity", "Difficulty"})
"""Lists that get no further word within a version, by the names of their models."""
OPEN_LIST: Final = "x-extensible-enum"
"""Where the words of an open list stand: `enum` would refuse the next one."""

_BY_NAME = ("properties", "$defs")
_IN_ORDER = ("anyOf", "oneOf", "allOf", "prefixItems")
_ALONE = ("items", "additionalProperties")


def mapped(schema: Schema, change: Callable[[dict[str, Any], str], dict[str, Any]], name: str = "") -> dict[str, Any]:
    """Change a schema and all within it, the inner ones first. `change` is told the name of what stands in `$defs`."""
    found = dict(schema)
    for key in _BY_NAME:
        if key in found:
            found[key] = {each: mapped(inner, change, each) for each, inner in found[key].items()}
    for key in _IN_ORDER:
        if key in found:
            found[key] = [mapped(inner, change) for inner in found[key]]
    for key in _ALONE:
        if isinstance(found.get(key), Mapping):
            found[key] = mapped(found[key], change)
    return change(found, name)


def as_read(schema: Schema) -> dict[str, Any]:
    """Give what a reader may hold us to: it ignores fields that it does not know, and open lists may grow."""

    def change(part: dict[str, Any], name: str) -> dict[str, Any]:
        if part.get("additionalProperties") is False:
            del part["additionalProperties"]
        if "enum" in part and name not in CLOSED:
            part = {OPEN_LIST if key == "enum" else key: value for key, value in part.items()}
        return part

    return mapped(schema, change)


def as_written(schema: Schema) -> dict[str, Any]:
    """Give what a record of this release can hold: no field and no word beyond those that are named."""

    def change(part: dict[str, Any], _: str) -> dict[str, Any]:
        if "properties" in part:
            part.setdefault("additionalProperties", False)
        return {"enum" if key == OPEN_LIST else key: value for key, value in part.items()}

    return mapped(schema, change)


def as_component(schema: Schema, rename: Callable[[str], str]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Give a schema in AsyncAPI's dialect, and the parts that it refers to, for `components.schemas` by their names."""

    def change(part: dict[str, Any], _: str) -> dict[str, Any]:
        if "prefixItems" in part:
            part = {"items" if key == "prefixItems" else key: value for key, value in part.items()}
        if "$ref" in part:
            there = {"$ref": f"#/components/schemas/{rename(part['$ref'].removeprefix('#/$defs/'))}"}
            words = {key: value for key, value in part.items() if key != "$ref"}
            part = {"allOf": [there], **words} if words else there  # draft-07 reads nothing beside $ref
        return part

    found = mapped(schema, change)
    parts = {rename(name): part for name, part in found.pop("$defs", {}).items()}
    return {key: value for key, value in found.items() if key not in {"$id", "$schema"}}, parts
