"""How far a mailbox was read by Gmail's API: a number of its history; before it, how far the lists were read. Pure.

The number is taken before the first list is asked for: what comes while the lists are read is in the history.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from ingest.email.rest.mailbox import Postponed, read_postponed, write_postponed
from ouvidor.errors import Misconfigured

__all__ = ["Filling", "GmailCursor", "read_cursor", "write_cursor"]

_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Filling:
    """The lists that are still to be read, one for each label."""

    labels: tuple[str, ...]
    since: date | None = None
    page: str | None = None
    """The page of the first label's list to be asked for next. None: the first one."""


@dataclass(frozen=True, slots=True)
class GmailCursor:
    """One mailbox."""

    history: str
    """What came after this was not read yet, but for `done`."""
    filling: Filling | None = None
    done: frozenset[str] = frozenset()
    """Marks of mails of the page in hand that were decided on."""
    heard: frozenset[str] = frozenset()
    """Marks of the newest mails of the lists: they may stand in the history too."""
    read_until: date | None = None
    """The day of the last look that came to its end."""


def write_cursor(cursor: GmailCursor, postponed: Mapping[str, Postponed]) -> bytes:
    """Write the cursor of an account."""
    filling = cursor.filling
    return json.dumps(
        {
            "version": _VERSION,
            "history": cursor.history,
            "filling": filling and [list(filling.labels), filling.since and filling.since.isoformat(), filling.page],
            "done": sorted(cursor.done),
            "heard": sorted(cursor.heard),
            "read_until": cursor.read_until and cursor.read_until.isoformat(),
            "postponed": write_postponed(postponed),
        },
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()


def read_cursor(cursor: bytes | None) -> tuple[GmailCursor | None, dict[str, Postponed]]:
    """Read the cursor of an account; None: nothing was read yet. Raises `Misconfigured`."""
    if cursor is None:
        return None, {}
    try:
        data = json.loads(cursor)
        if data["version"] != _VERSION:
            raise Misconfigured(
                f"cursor: version {data['version']!r} is unknown: a newer Ouvidor wrote it; use that one"
            )
        return _load(data), read_postponed(data["postponed"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Misconfigured(
            f"cursor: not one of a Gmail account ({type(error).__name__}); give the account another name to begin anew"
        ) from error


def _load(data: Mapping[str, Any]) -> GmailCursor:
    filling = None
    if data["filling"] is not None:
        labels, since, page = data["filling"]
        filling = Filling(tuple(map(str, labels)), _day(since), page)
    done, heard = (frozenset(map(str, data[each])) for each in ("done", "heard"))
    return GmailCursor(str(data["history"]), filling, done, heard, _day(data["read_until"]))


def _day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)
