"""Areas measured as a house feels them: did a message come to the department whose it is?

An area that no department of the table has, and no area at all, are both "nobody's": there a person sorts, whatever the
area is called.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from classifiers.measurement import Row
from classifiers.measures import accuracy
from ouvidor.departments import DepartmentWords
from ouvidor.records import Verdict

__all__ = ["by_table", "lines"]

_BINS: Final = (0.0, 0.3, 0.5, 0.7, 0.9, 1.01)
_DECIDES: Final = 0.5
"""`area_confidence` of a routing table that says nothing."""


def by_table(
    rows: Sequence[Row], verdicts: Sequence[Verdict], departments: Sequence[DepartmentWords]
) -> dict[str, float]:
    """Give the figures of areas by a table's departments; nothing where no row has an area."""
    owners = {area: one.name for one in departments for area in one.areas}
    told = [
        (owners.get(row.area or ""), owners.get(said.area or ""), said.confidence.area, row.area or None, said.area)
        for row, said in zip(rows, verdicts, strict=True)
        if row.area is not None
    ]
    if not told:
        return {}
    certain = [one for one in told if one[2] >= _DECIDES]
    figures = {
        "area_accuracy": accuracy([(true, said) for *_, true, said in told]),
        "department_accuracy": accuracy([(true, said) for true, said, *_ in told]),
        "departments_decided": len(certain) / len(told),
        "department_accuracy_there": accuracy([(true, said) for true, said, *_ in certain]),
    }
    for least, most in pairwise(_BINS):
        if inside := [one for one in told if least <= one[2] < most]:
            name = f"confidence_{least:.1f}_to_{min(most, 1.0):.1f}"
            figures[f"{name}_messages"] = len(inside)
            figures[f"{name}_right"] = accuracy([(true, said) for true, said, *_ in inside])
    return figures


def lines(figures: dict[str, float]) -> list[str]:
    """Show the figures, one a line."""
    return [
        f"  {name:<36} {value:.0f}" if name.endswith("_messages") else f"  {name:<36} {value:.3f}"
        for name, value in figures.items()
    ]
