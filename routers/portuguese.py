"""Moments, days and lists as Portuguese says them. The labels' words are `ouvidor/portuguese.py`'s.

Spanish and English come with gettext later; until then every sentence that the room says is in `routers/telling.py`.
"""

from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from ouvidor.portuguese import end_of

__all__ = ["dated", "day", "listed", "moment", "span", "until"]

_WEEKDAYS: Final = ("segunda", "terça", "quarta", "quinta", "sexta", "sábado", "domingo")


def moment(at: datetime, zone: tzinfo) -> str:
    """Write a moment as the organisation's clock and calendar show it."""
    local = at.astimezone(zone)
    return f"{local:%d/%m/%Y} às {local:%H:%M}"


def until(at: datetime, zone: tzinfo) -> str:
    """Write a moment as an end: midnight is the end of the day before it."""
    local, clock = end_of(at, zone)
    return f"{local:%d/%m/%Y} às {clock}"


def day(at: date) -> str:
    """Write a day with its name."""
    return f"{_WEEKDAYS[at.weekday()]}, {at:%d/%m}"


def dated(at: date) -> str:
    """Write a day with its name and year, in a column."""
    return f"{_WEEKDAYS[at.weekday()][:3]} {at:%d/%m/%Y}"


def span(length: timedelta) -> str:
    """Write a length of time: `24 h`, `9 h 30 min`, `45 min`."""
    minutes = round(length.total_seconds() / 60)
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else ""]
    return " ".join(part for part in parts if part)


def listed(words: list[str]) -> str:
    """Write a list as it is said: `a, b e c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} e {words[-1]}"
