"""A contact's way for people and for programs: its steps with their events' places, and where it stands. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from typing import Any, Final
from unicodedata import category

from rich.text import Text

from ouvidor.events import header, time_text
from ouvidor.standing import Standing
from ouvidor.steps import Step

__all__ = ["row", "told"]

_INDENT: Final = 16
_JOINER: Final = "\N{ZERO WIDTH JOINER}"
"""Within pictures of families."""


def told(  # noqa: PLR0917 - what is told, and how it is written
    number: str, steps: Sequence[Step], where: Standing | None, now: datetime, zone: tzinfo, prefix: str
) -> Iterator[tuple[int, Text]]:
    """Give the lines for people, each with how many columns it is indented by."""
    yield 0, Text(number, "bold cyan")
    day = None
    for step in steps:
        local = step.at.astimezone(zone)
        places = ", ".join(f"{each.topic.removeprefix(prefix)} {each.partition}-{each.offset}" for each in step.records)
        yield 0, Text()
        line = Text.assemble(
            (f"{local:%d/%m %H:%M:%S}" if local.date() != day else f"{local:      %H:%M:%S}", "dim"),
            "  ",
            (step.title, "bold"),
            *((f"  {places}", "dim") if places else "",),
        )
        yield 0, line
        day = local.date()
        yield from ((_INDENT, _still(line)) for line in step.lines)
    if where is not None:
        yield 0, Text()
        yield 0, Text.assemble(("Agora: ", "bold"), _still(Text(where.told(now, zone))), ".")


def row(number: str, steps: Sequence[Step], where: Standing | None, now: datetime, zone: tzinfo) -> dict[str, Any]:
    """Give the object for programs: the steps with their events' places, and where it stands."""
    return {
        "protocol": number,
        "standing": None if where is None else where.name,
        "owner": None if where is None else where.owner,
        "deadline": None if where is None or where.deadline is None else time_text(where.deadline),
        "told": None if where is None else _still(Text(where.told(now, zone))).plain,
        "steps": [
            {
                "at": time_text(step.at),
                "step": step.name,
                "told": [_still(line).plain for line in step.lines],
                "events": [
                    {
                        "topic": each.topic,
                        "partition": each.partition,
                        "offset": each.offset,
                        "id": header(each, "ce_id"),
                        "type": header(each, "ce_type"),
                    }
                    for each in step.records
                ],
            }
            for step in steps
        ],
    }


def _still(line: Text) -> Text:
    """Put what steers a terminal, or turns a line around, out of action: words of events are data."""
    found = line.copy()
    found.plain = "".join(each if _is_still(each) else "\N{REPLACEMENT CHARACTER}" for each in line.plain)
    return found


def _is_still(character: str) -> bool:
    kind = category(character)
    return character == _JOINER or not (kind.startswith("C") or kind in {"Zl", "Zp"})
