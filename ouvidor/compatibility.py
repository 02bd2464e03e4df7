"""Does one JSON Schema take all that was written by another? The comparison behind the gate (`ouvidor/releases/`).

Only what pydantic writes is understood; a keyword that is not is told as a break, so that the check can't be passed by
what it does not know.

Source: JSON Schema 2020-12; Confluent Schema Registry, "Schema Evolution and Compatibility".
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from ouvidor.schema_forms import OPEN_LIST, Schema

__all__ = ["Break", "Rule", "breaks"]

Seen = frozenset[tuple[str, str]]

_ROOT = "(root)"
_LOWER = {"minimum", "exclusiveMinimum", "minLength", "minItems"}
_UPPER = {"maximum", "exclusiveMaximum", "maxLength", "maxItems"}
_SAME = {"pattern", "format", "contentEncoding"}
_WORDS = {"$defs", "$id", "$ref", "$schema", "default", "description", "examples", "title", OPEN_LIST}
_WAYS = {"anyOf", "oneOf"}
_HANDLED = {
    *("additionalProperties", "anyOf", "const", "enum", "items", "oneOf", "prefixItems", "properties", "required"),
    *("type", *_LOWER, *_UPPER, *_SAME, *_WORDS),
}


class Rule(StrEnum):
    """In which way two schemas part."""

    REQUIRED = "became required"
    GONE = "is no longer known, and unknown fields are refused"
    SHUT = "unknown fields became refused"
    TYPE = "became"
    WAY = "is none of what is taken"
    VALUES = "is no longer taken"
    LIMIT = "limit"
    DEFAULT = "default"
    STRANGE = "this check does not know it; teach it"


class Break(NamedTuple):
    """Something that the older schema allows and the newer does not."""

    field: str
    """Its path, as `.author.name`."""
    rule: Rule
    before: str = ""
    after: str = ""
    key: str = ""
    """Of a limit: which; `default` of one."""

    def __str__(self) -> str:
        """Say it."""
        match self.rule:
            case Rule.REQUIRED | Rule.GONE | Rule.SHUT:
                said = str(self.rule)
            case Rule.TYPE:
                said = f"{self.before} became {self.after}"
            case Rule.LIMIT | Rule.DEFAULT:
                said = f"{self.key} {self.before} became {self.after}"
            case Rule.STRANGE:
                said = f"{self.after}: {self.rule}"
            case _:
                said = f"{self.before} {self.rule}"
        return f"{self.field}: {said}"


def breaks(older: Schema, newer: Schema) -> list[Break]:
    """Give what a reader with the newer schema would refuse of records that were written by the older."""
    return list(_Comparison(older, newer).compare(older, newer, "", frozenset()))


class _Comparison:
    """Compares parts of two schemas, whose references lead into their own roots."""

    def __init__(self, older: Schema, newer: Schema) -> None:
        self._older, self._newer = older, newer

    def compare(self, old: Schema, new: Schema, at: str, seen: Seen) -> Iterator[Break]:
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
        beside = sorted(key for key in new.keys() - _WORDS - _WAYS if new[key] != old.get(key))
        if beside and len(news) > 1:
            yield Break(at or _ROOT, Rule.STRANGE, after=", ".join(beside))
        for way in olds:
            tries = [list(self.compare(way, other, at, seen)) for other in news]
            if all(tries):
                within = [found for found in tries if all(each.field != (at or _ROOT) for each in found)]
                (likest,) = within if len(within) == 1 else [tries[0]] if len(tries) == 1 else [None]
                yield from [Break(at or _ROOT, Rule.WAY, _named(way))] if likest is None else likest

    def _compare_one(self, old: Schema, new: Schema, at: str, seen: Seen) -> Iterator[Break]:
        where = at or _ROOT
        if unknown := sorted(new.keys() - _HANDLED):
            yield Break(where, Rule.STRANGE, after=", ".join(unknown))
        before, after = old.get("type"), new.get("type")
        if after is not None and before != after and (before, after) != ("integer", "number"):
            yield Break(where, Rule.TYPE, before or "any type", after)
            return
        yield from _values(old, new, where)
        yield from _limits(old, new, where)
        yield from self._fields(old, new, at, seen)
        if isinstance(new.get("items"), Mapping):
            yield from self.compare(old.get("items") or {}, new["items"], f"{at}[]", seen)
        before, rest = old.get("prefixItems", ()), old.get("items") or {}
        for place, schema in enumerate(new.get("prefixItems", ())):
            yield from self.compare(before[place] if place < len(before) else rest, schema, f"{at}[{place}]", seen)

    def _fields(self, old: Schema, new: Schema, at: str, seen: Seen) -> Iterator[Break]:
        for name in sorted(set(new.get("required", ())) - set(old.get("required", ()))):
            yield Break(f"{at}.{name}", Rule.REQUIRED)
        known = new.get("properties", {})
        for name, schema in old.get("properties", {}).items():
            if name in known:
                if name not in old.get("required", ()):
                    yield from _default(schema, known[name], f"{at}.{name}")
                yield from self.compare(schema, known[name], f"{at}.{name}", seen)
            elif new.get("additionalProperties", True) is False:
                yield Break(f"{at}.{name}", Rule.GONE)
        before, after = (each.get("additionalProperties", True) for each in (old, new))
        if before is not False and after is False:
            yield Break(at or _ROOT, Rule.SHUT)
        elif before is not False and isinstance(after, Mapping):
            yield from self.compare(before if isinstance(before, Mapping) else {}, after, f"{at}.*", seen)


def _default(old: Schema, new: Schema, where: str) -> Iterator[Break]:
    """Who leaves a field out says its default. One that holds fields grows with them, and says the same."""
    both = [each.get("default", {}) for each in (old, new)]
    if both[0] != both[1] and not any(isinstance(each, Mapping | list) for each in both):
        yield Break(where, Rule.DEFAULT, str(both[0]), str(both[1]), "default")


def _values(old: Schema, new: Schema, where: str) -> Iterator[Break]:
    taken = [new["const"]] if "const" in new else new.get("enum")
    if taken is None:
        return
    given = [old["const"]] if "const" in old else old.get("enum", ["any value"])
    if gone := [str(value) for value in given if value not in taken]:
        yield Break(where, Rule.VALUES, ", ".join(gone))


def _limits(old: Schema, new: Schema, where: str) -> Iterator[Break]:
    for key in sorted(new.keys() & (_LOWER | _UPPER | _SAME)):
        before, after = old.get(key), new[key]
        tighter = (
            before != after if before is None or key in _SAME else (after > before if key in _LOWER else after < before)
        )
        if tighter:
            yield Break(where, Rule.LIMIT, "none" if before is None else str(before), str(after), key)


def _resolved(schema: Schema, root: Schema) -> Schema:
    while "$ref" in schema:
        found = root["$defs"][schema["$ref"].rpartition("/")[2]]
        schema = {**found, **{key: value for key, value in schema.items() if key != "$ref"}}
    return schema


def _ways(schema: Schema) -> list[Schema]:
    return list(schema.get("anyOf") or schema.get("oneOf") or [schema])


def _named(schema: Schema) -> str:
    return str(schema.get("type") or schema.get("$ref", "").rpartition("/")[2] or "a value")
