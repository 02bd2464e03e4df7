"""What was released: a bundle of schemas and event types for each version, beside this file. None is ever edited.

A department that was written for a release goes on working with every later one of the same major version of its
events; `ouvidor schema --check` and a test hold us to it (`ouvidor/releases/gate.py`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

from ouvidor.asyncapi.events import EVENTS
from ouvidor.schema_forms import Schema
from ouvidor.schemas import RECORDS, WRITTEN_BY_OTHERS, model_schema, schema_of

__all__ = ["Kept", "Release", "bundle", "current", "releases"]

_HERE: Final = files("ouvidor.releases")


@dataclass(frozen=True, slots=True)
class Kept:
    """A record as a release had it."""

    schema: Schema
    """As it was published."""
    by_others: bool
    """Do others write it, and we read it?"""


@dataclass(frozen=True, slots=True)
class Release:
    """What a version promised."""

    version: str
    records: Mapping[str, Kept]
    events: Mapping[str, str]
    """Types, by the events' names in the AsyncAPI document."""


def releases() -> list[Release]:
    """Give all releases, the oldest first."""
    found = [_read(file.read_text(encoding="utf-8")) for file in _HERE.iterdir() if file.name.endswith(".json")]
    return sorted(found, key=lambda each: [int(step) for step in each.version.split(".")])


def current() -> Release:
    """Give what stands in the code now; the schemas are our own readers', which refuse what they do not know."""
    records = {name: Kept(model_schema(name), name in WRITTEN_BY_OTHERS) for name in RECORDS}
    return Release("now", records, {name: event.type for name, event in EVENTS.items()})


def bundle(version: str) -> str:
    """Write what stands in the code now as a release's bundle: a record a line, so that a reviewer can read it."""
    lines = [
        f"  {json.dumps(name)}: {_line({'by_others': name in WRITTEN_BY_OTHERS, 'schema': schema_of(name)})}"
        for name in sorted(RECORDS)
    ]
    events = _line({name: event.type for name, event in EVENTS.items()})
    records = ",\n".join(lines)
    return f'{{"version": {json.dumps(version)},\n"events": {events},\n"records": {{\n{records}\n}}}}\n'


def _line(data: object) -> str:
    return json.dumps(data, ensure_ascii=False)


def _read(text: str) -> Release:
    found: dict[str, Any] = json.loads(text)
    records = {name: Kept(each["schema"], each["by_others"]) for name, each in found["records"].items()}
    return Release(found["version"], records, found["events"])
