"""What two readers said of the package's messages, neither seeing the other's labels, and what a third one settled.

`data/readers.ndjson` holds a line for each message that was read twice: kind, severity, difficulty and flags by the
hand that wrote it, by the second reader, and by the third where the two differ in any of them. The messages' own labels
are what came of it. Areas were given by the second reader alone, by the guide in `docs/labels.md`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, TypeAlias

from ouvidor.records import Difficulty, Flag, Kind, Severity

__all__ = ["Labels", "Reading", "agreement", "own_readings"]

Labels: TypeAlias = tuple[Kind, Severity, Difficulty, tuple[Flag, ...]]


@dataclass(frozen=True, slots=True)
class Reading:
    """A message's labels by each of its readers."""

    id: str
    first: Labels
    second: Labels
    settled: Labels | None
    """Null: the two said the same."""


def own_readings() -> list[Reading]:
    """Give the package's readings, in the messages' order."""
    file = resources.files("classifiers") / "data" / "readers.ndjson"
    return [
        Reading(row["id"], _labels(row["first"]), _labels(row["second"]), row["settled"] and _labels(row["settled"]))
        for row in map(json.loads, file.read_text(encoding="utf-8").splitlines())
    ]


def agreement(readings: Sequence[Reading]) -> dict[str, float]:
    """Give the share of messages on which the first two say the same: kind, severity, difficulty, all flags."""
    names = ("kind", "severity", "difficulty", "flags")
    return {
        name: sum(one.first[place] == one.second[place] for one in readings) / max(len(readings), 1)
        for place, name in enumerate(names)
    }


def _labels(said: Any) -> Labels:  # noqa: ANN401 - as JSON gives it
    kind, severity, difficulty, flags = said
    return Kind(kind), Severity(severity), Difficulty(difficulty), tuple(Flag(flag) for flag in flags)
