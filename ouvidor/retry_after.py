"""`Retry-After` of an HTTP answer: for how long a server asks us to stay away. Pure.

Source: RFC 9110, 10.2.3: a number of seconds or a date.
"""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

__all__ = ["retry_after"]


def retry_after(asked: str | None, now: datetime, longest: timedelta) -> timedelta | None:
    """Read it: `longest` at most, nothing for a date that is past, None where there is none that can be read."""
    words = (asked or "").strip()
    if words.isascii() and words.isdigit():
        return min(timedelta(seconds=int(words[:9])), longest)
    try:
        until = parsedate_to_datetime(words)
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return min(max(until - now, timedelta()), longest)
    except (ValueError, OverflowError):  # no date, or one with a number that no calendar has
        return None
