"""Into which groups messages fall: by what they are, where they came from, and who writes how.

A message that does not tell (no channel, no sector) is in no group of that kind, and where all are in one group
there is nothing to compare. Groups overlap only by region: a text may say words of two.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from classifiers.measurement import Row
from classifiers.report.writers import regions_of, register_of
from ouvidor.records import Kind, Severity

__all__ = ["GROUPINGS", "groups_of"]

_LENGTHS: Final = ((5, "1-5"), (12, "6-12"), (40, "13-40"), (100, "41-100"), (300, "101-300"))

_ORDER: Final = (*(name for _, name in _LENGTHS), *Kind, *Severity, "formal", "plain", "informal")


def _length(row: Row) -> str:
    words = len(row.text.split())
    return next((name for most, name in _LENGTHS if words <= most), "301+")


GROUPINGS: Final[Mapping[str, Callable[[Row], tuple[str | None, ...]]]] = {
    "kind": lambda row: (row.kind,),
    "severity": lambda row: (row.severity,),
    "channel": lambda row: (row.channel,),
    "language": lambda row: (row.language,),
    "length": lambda row: (_length(row),),
    "sector": lambda row: (row.sector,),
    "house": lambda row: (row.group,),
    "writing": lambda row: (register_of(row.text, row.channel),),
    "region": lambda row: regions_of(row.text),
}


def groups_of(rows: Sequence[Row]) -> dict[str, dict[str, list[int]]]:
    """Give, for each way to group them, the places of each group's messages."""
    found: dict[str, dict[str, list[int]]] = {}
    for name, labels_of in GROUPINGS.items():
        groups: dict[str, list[int]] = {}
        for place, row in enumerate(rows):
            for label in labels_of(row):
                if label:
                    groups.setdefault(label, []).append(place)
        if sum(map(len, groups.values())) < len(rows) or len(groups) > 1:
            found[name] = dict(sorted(groups.items(), key=_in_order))
    return {name: groups for name, groups in found.items() if groups}


def _in_order(group: tuple[str, Sequence[int]]) -> tuple[int, str]:
    return (_ORDER.index(group[0]) if group[0] in _ORDER else len(_ORDER), group[0])
