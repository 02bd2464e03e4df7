"""Which lines are marked as quoted: by `>`, by a name's letters before it, and by rows of bars or colons.

`|` and `:` begin tables and lists too, so they count only in a row of lines that all begin so.
"""

import re
from collections.abc import Sequence
from typing import Final

__all__ = ["is_quoted", "is_rest_of_a_quoted_line", "other_quoted"]

_QUOTED: Final = re.compile(r"[\s\xa0\u200b\ufeff]{0,6}(?:&gt;|[>\uff1e])")
_NAMED: Final = re.compile(r"[A-Za-z]{1,4}>+\s")
_BAR: Final = re.compile(r"[|\u2502](?!.*[|\u2502])")
_NEARLY_FULL: Final = 60
_LONGEST_REST: Final = 40
_ROW: Final = 2
_BEGINS: Final = 8


def is_quoted(line: str) -> bool:
    """Tell whether a line is marked as quoted."""
    return _QUOTED.match(line) is not None


def is_rest_of_a_quoted_line(lines: Sequence[str], at: int) -> bool:
    """Tell whether a mailer broke a long quoted line here: the rest of it goes without the mark."""
    line = lines[at]
    return (
        0 < at < len(lines) - 1
        and len(line) <= _LONGEST_REST
        and line[:1].islower()
        and len(lines[at - 1]) >= _NEARLY_FULL
        and is_quoted(lines[at - 1])
        and is_quoted(lines[at + 1])
    )


def other_quoted(lines: Sequence[str]) -> set[int]:
    """Find the lines that are quoted by other marks than `>`."""
    found: set[int] = set()
    row: list[int] = []
    before = ""
    for at, line in enumerate(lines):
        mark = _mark(line)
        if mark != before:
            if before and len(row) >= (1 if before == ">" else _ROW):
                found.update(row)
            row, before = [], mark
        if mark:
            row.append(at)
    if before and len(row) >= (1 if before == ">" else _ROW):
        found.update(row)
    return found


def _mark(line: str) -> str:
    """Give the mark that a line may be quoted with; empty: none."""
    begin = line[:_BEGINS].lstrip() if line else ""
    if not begin:
        return ""
    if begin[:1] in {"|", "\u2502"} and _BAR.match(line.lstrip()):
        return "|"
    if begin[:2] == ": ":
        return ":"
    return ">" if ">" in begin[1:] and begin[:1] not in "<>" and _NAMED.match(begin) else ""
