"""What a clock on the wall shows, read as a moment: also where daylight saving leaps over it, or shows it twice.

A reading that the clocks leap over is the moment of the leap, so that a day which begins with one has no hole in it.

Source: PEP 495, on gaps and folds.
"""

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

__all__ = ["aware", "instant"]

_SECOND: Final = timedelta(seconds=1)


def aware(moment: datetime) -> datetime:
    """Give a moment in UTC. Raises `ValueError` where it has no zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without its zone is no moment: give an aware datetime")
    return moment.astimezone(UTC)


def instant(wall: datetime, zone: ZoneInfo, *, fold: int) -> datetime:
    """Read a wall clock's time as a moment in UTC; `fold` 1 is the second of two."""
    moment = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    readings = [wall.replace(tzinfo=zone, fold=side).astimezone(UTC) for side in (0, 1)]
    before, after = min(readings), max(readings)
    offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
