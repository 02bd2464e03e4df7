"""When a mail was sent, by its own word: RFC 5322's form, its ancestors, and what broken mailers write.

A date without a zone is taken for UTC, one that cannot be is none; both are defects.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz
from typing import Final

__all__ = ["read_date"]

_LONGEST: Final = 120
_MONTHS: Final = {  # Portuguese and Spanish ones that are not the English ones
    "fev": "feb", "abr": "apr", "mai": "may", "ago": "aug", "set": "sep", "out": "oct", "dez": "dec",
    "ene": "jan", "dic": "dec",
}  # fmt: skip
_WORD: Final = re.compile(r"[A-Za-zçÇáéíóúÁÉÍÓÚ]+\.?")
_IMPOSSIBLE: Final = (1, 9999)
"""Years at whose ends a moment has no name in some zone."""
_MOST_OFFSET: Final = timedelta(hours=15)
_GLUED: Final = re.compile(r"((?:[A-Za-z]{3,9}, ?)?\d{1,2} [A-Za-z]{3} \d{4} \d\d:\d\d(?::\d\d)? [+-]\d{4})[A-Za-z]")
"""A date at whose end the line's was lost, so that the next header follows."""
_ZONE: Final = re.compile(r"\d[:.]\d\d(?:[:.]\d\d)?\S*\s+(?!\d{4}$)\S")
"""Something after the time that is no year."""


def read_date(written: str) -> tuple[datetime | None, str | None]:
    """Give the moment in UTC, and what was wrong with it, if anything."""
    written = " ".join(written.split())
    if not written:
        return None, "data: não informada"
    if begun := _GLUED.match(written):
        moment, defect = read_date(begun[1])
        return moment, defect or "data: seguida de outras palavras"
    if len(written) > _LONGEST:
        return None, "data: comprida demais para ser uma"
    found = _read(written) or _read(_in_english(written)) or _iso(written)
    return (None, "data: ilegível") if found is None or found[0].year in _IMPOSSIBLE else found


def _read(written: str) -> tuple[datetime, str | None] | None:
    try:
        parsed = parsedate_tz(written)
    except (ValueError, IndexError, TypeError):
        return None
    if parsed is None:
        return None
    year, month, day, hour, minute, second = parsed[:6]
    try:
        naive = datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001 - the zone comes next
        offset = timedelta(seconds=parsed[9] or 0)
        if abs(offset) > _MOST_OFFSET:
            return naive.replace(tzinfo=UTC), "data: fuso impossível, tomada como UTC"
        moment = naive.replace(tzinfo=timezone(offset)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment, None if _ZONE.search(written) else "data: sem fuso, tomada como UTC"


def _iso(written: str) -> tuple[datetime, str | None] | None:
    try:
        moment = datetime.fromisoformat(written)
        if moment.tzinfo is None:
            return moment.replace(tzinfo=UTC), "data: sem fuso, tomada como UTC"
        return moment.astimezone(UTC), None
    except (ValueError, OverflowError):
        return None


def _in_english(written: str) -> str:
    """Put months into English, leave out days of the week and the words between (`de`)."""

    def word(found: re.Match[str]) -> str:
        its = found[0].casefold().rstrip(".")
        if its in {"de", "del"}:
            return ""
        return _MONTHS.get(its[:3], found[0].rstrip("."))

    settled = written.partition(",")[2] if "," in written[:15] else written
    return " ".join(_WORD.sub(word, settled).split())
