"""What the reference pages have in common: their head, and tables."""

from collections.abc import Iterable, Sequence

__all__ = ["code", "head", "table"]


def head(title: str, about: str) -> str:
    """Begin a page that nobody should edit."""
    note = "<!-- Written by `python -m ouvidor.reference` from the code: edit that, not this. -->"
    return f"{note}\n\n# {title}\n\n{about}\n"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table; a cell's line ends and bars are kept from breaking it."""
    lines = [_row(columns), "|" + "---|" * len(columns), *(_row(row) for row in rows)]
    return "\n".join(lines) + "\n"


def code(text: str) -> str:
    """Write something as code within a line."""
    return f"`{text}`" if text else ""


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", r"\|") for cell in cells) + " |"
