"""Does a newer JSON Schema still take what was written by an older one? Confluent's BACKWARD, for closed records.

What was released stays readable (`BACKWARD_TRANSITIVE`: against every released schema, not the last alone). A change
that breaks it needs a new event type (`….v2`). Only what pydantic writes is understood; a keyword that is not is told
as a break, so that the check can't be passed by what it does not know.

Source: JSON Schema 2020-12; Confluent Schema Registry, "Schema Evolution and Compatibility".
"""

from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["breaks"]

Schema = Mapping[str, Any]
Seen = frozenset[tuple[str, str]]

_LOWER = {"minimum", "exclusiveMinimum", "minLength", "minItems"}
_UPPER = {"maximum", "exclusiveMaximum", "maxLength", "maxItems"}
_SAME = {"pattern", "format", "contentEncoding"}
_WORDS = {"$defs", "$id", "$ref", "$schema", "default", "description", "examples", "title"}
_HANDLED = {
    *("additionalProperties", "anyOf", "const", "enum", "items", "oneOf", "prefixItems", "properties", "required"),
    *("type", *_LOWER, *_UPPER, *_SAME, *_WORDS),
}


def breaks(older: Schema, newer: Schema) -> list[str]:
    """Give what a reader with the newer schema would refuse of records that were written by the older, a line each."""
    return list(_Comparison(older, newer).compare(older, newer, "", frozenset()))


class _Comparison:
    """Compares parts of two schemas, whose references lead into their own roots."""

    def __init__(self, older: Schema, newer: Schema) -> None:
        self._older, self._newer = older, newer

    def compare(self, old: Schema, new: Schema, at: str, seen: Seen) -> Iterator[str]:
        """Give what breaks at a place."""
        names = (old.get("$ref", ""), new.get("$ref", ""))
        if names in seen:
            return
        if all(names):
            seen |= {names}
        old, new = _resolved(old, self._older), _resolved(new, self._newer)
        olds, news = _ways(old), _ways(new)
        if len(olds) == len(news) == 1:
            yield from self._compare_one(old, new, at, seen)
            return
        for way in olds:
            tries = [list(self.compare(way, other, at, seen)) for other in news]
            if all(tries):
                shortest = min(tries, key=len)
                yield from shortest if len(tries) == 1 else [f"{at or '(root)'}: {_named(way)} is no longer taken"]

    def _compare_one(self, old: Schema, new: Schema, at: str, seen: Seen) -> Iterator[str]:
        where = at or "(root)"
        if unknown := sorted(new.keys() - _HANDLED):
            yield f"{where}: {', '.join(unknown)}: this check does not know it; teach it"
        before, after = old.get("type"), new.get("type")
        if after is not None and before != after and (before, after) != ("integer", "number"):
            yield f"{where}: {before or 'any type'} became {after}"
            return
        yield from _values(old, new, where)
        yield from _limits(old, new, where)
        yield from self._fields(old, new, at, seen)
        if isinstance(new.get("items"), Mapping):
            yield from self.compare(old.get("items") or {}, new["items"], f"{at}[]", seen)
        for place, schemas in enumerate(zip(old.get("prefixItems", ()), new.get("prefixItems", ()), strict=False)):
            yield from self.compare(*schemas, f"{at}[{place}]", seen)

    def _fields(self, old: Schema, new: Schema, at: str, seen: Seen) -> Iterator[str]:
        for name in sorted(set(new.get("required", ())) - set(old.get("required", ()))):
            yield f"{at}.{name}: became required"
        known = new.get("properties", {})
        for name, schema in old.get("properties", {}).items():
            if name in known:
                yield from self.compare(schema, known[name], f"{at}.{name}", seen)
            elif new.get("additionalProperties", True) is False:
                yield f"{at}.{name}: is no longer known, and unknown fields are refused"
        if old.get("additionalProperties", True) is not False and new.get("additionalProperties", True) is False:
            yield f"{at or '(root)'}: unknown fields became refused"


def _values(old: Schema, new: Schema, where: str) -> Iterator[str]:
    taken = [new["const"]] if "const" in new else new.get("enum")
    if taken is None:
        return
    given = [old["const"]] if "const" in old else old.get("enum", ["any value"])
    if gone := [str(value) for value in given if value not in taken]:
        yield f"{where}: {', '.join(gone)} is no longer taken"


def _limits(old: Schema, new: Schema, where: str) -> Iterator[str]:
    for key in sorted(new.keys() & (_LOWER | _UPPER | _SAME)):
        before, after = old.get(key), new[key]
        tighter = (
            before != after if before is None or key in _SAME else (after > before if key in _LOWER else after < before)
        )
        if tighter:
            yield f"{where}: {key} {'none' if before is None else before} became {after}"


def _resolved(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema:
        found = root["$defs"][schema["$ref"].rpartition("/")[2]]
        schema = {**found, **{key: value for key, value in schema.items() if key != "$ref"}}
    return schema


def _ways(schema: Schema) -> list[Schema]:
    return list(schema.get("anyOf") or schema.get("oneOf") or [schema])


def _named(schema: Schema) -> str:
    return str(schema.get("type") or schema.get("$ref", "").rpartition("/")[2] or "a value")
