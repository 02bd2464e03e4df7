"""How far a mailbox was read: for each folder, which UIDs are settled. Pure.

"The last UID" is not enough. Deliveries that run side by side may show a higher UID before a lower one, so the settled
ones are remembered singly for the newest `WINDOW` numbers; only below them a gap is a gap for ever. (That another
client deleted a mail makes a gap too, which costs nothing but a longer search.)

A new UIDVALIDITY means that the old numbers say nothing any more. The folder is read again; what was read before is
recognised by its content in the intake, which remembers 30 days. So what arrived before our last look *and* longer ago
than that memory is left alone: it was read, and could not be recognised. Days are the server's arrival days
(INTERNALDATE), which moving and copying keep.

Source: RFC 3501, 2.3.1.1 (UIDs), 6.4.4 (`SINCE`).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final

from ouvidor.errors import Misconfigured

__all__ = ["WINDOW", "FolderCursor", "begin", "criteria", "pending", "read_cursor", "settle", "uid_set", "write_cursor"]

WINDOW: Final = 200
"""So many of the newest UIDs are remembered singly. The cursor must stay under 64 KiB with 20 folders."""

_REMEMBERED: Final = timedelta(days=28)
"""A little less than the intake's memory of ids."""
_ZONES: Final = timedelta(days=2)
"""A server's day may be another than ours."""
_VERSION: Final = 1
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class FolderCursor:
    """One folder. UIDs up to `floor` are settled; above it those in `seen`."""

    validity: int
    looked: date
    """The day of the last look, in UTC."""
    floor: int = 0
    seen: frozenset[int] = frozenset()
    since: date | None = None
    until: int = 0
    """Of UIDs up to this one only those are read that arrived on the day `since` or later."""
    postponed: Mapping[int, int] = field(default_factory=dict)
    """UIDs that the server did not give, and how often they were asked for."""


def begin(
    validity: int, *, highest: int, today: date, first_day: date | None, before: FolderCursor | None
) -> FolderCursor:
    """Begin a folder, or begin it anew after its UIDVALIDITY changed; `highest` is the highest UID in it now."""
    since = first_day
    if before is not None:
        forgotten = min(before.looked - _ZONES, today - _REMEMBERED)
        since = max(forgotten, first_day or forgotten)
    return FolderCursor(validity, today, since=since, until=highest if since else 0)


def criteria(cursor: FolderCursor) -> list[str]:
    """Say for what to search: at most two searches, whose results are to be taken together."""
    start = cursor.floor + 1
    if cursor.since is None or start > cursor.until:
        return [f"UID {start}:*"]
    day = f"{cursor.since.day}-{_MONTHS[cursor.since.month - 1]}-{cursor.since.year:04}"
    return [f"UID {start}:{cursor.until} SINCE {day}", f"UID {cursor.until + 1}:*"]


def pending(cursor: FolderCursor, found: Iterable[int]) -> list[int]:
    """Give what is to be read of what was found, in order. `n:*` finds the last mail even where its UID is below n."""
    searched_above = cursor.floor
    return sorted(uid for uid in set(found) if uid > searched_above and uid not in cursor.seen)


def settle(cursor: FolderCursor, uids: Iterable[int], *, today: date) -> FolderCursor:
    """Mark UIDs as settled: the lowest pending ones, so that no pending one is left behind."""
    seen = cursor.seen.union(uids)
    floor = max(cursor.floor, max(seen, default=0) - WINDOW)
    done = floor >= cursor.until
    return replace(
        cursor,
        looked=max(today, cursor.looked),
        floor=floor,
        seen=frozenset(uid for uid in seen if uid > floor),
        since=None if done else cursor.since,
        until=0 if done else cursor.until,
    )


def uid_set(uids: Iterable[int]) -> str:
    """Write UIDs as a set of IMAP: `3:7,9`."""
    runs: list[list[int]] = []
    for uid in sorted(set(uids)):
        if runs and uid == runs[-1][1] + 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in runs)


def write_cursor(folders: Mapping[str, FolderCursor]) -> bytes:
    """Write the cursor of an account."""
    return json.dumps(
        {"version": _VERSION, "folders": {name: _dump(folder) for name, folder in sorted(folders.items())}},
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()


def read_cursor(cursor: bytes | None) -> dict[str, FolderCursor]:
    """Read the cursor of an account; None: nothing was read yet. Raises `Misconfigured`."""
    if cursor is None:
        return {}
    try:
        data = json.loads(cursor)
        if data["version"] != _VERSION:
            raise Misconfigured(
                f"cursor: version {data['version']!r} is unknown: a newer Ouvidor wrote it; use that one"
            )
        return {name: _load(folder) for name, folder in data["folders"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Misconfigured(
            f"cursor: not one of an IMAP account ({type(error).__name__}); give the account another name to begin anew"
        ) from error


def _dump(folder: FolderCursor) -> dict[str, Any]:
    written: dict[str, Any] = {
        "validity": folder.validity,
        "looked": folder.looked.isoformat(),
        "floor": folder.floor,
        "seen": uid_set(folder.seen),
    }
    if folder.since is not None:
        written |= {"since": folder.since.isoformat(), "until": folder.until}
    if folder.postponed:
        written["postponed"] = {str(uid): tries for uid, tries in sorted(folder.postponed.items())}
    return written


def _load(written: Mapping[str, Any]) -> FolderCursor:
    seen: set[int] = set()
    for run in filter(None, written["seen"].split(",")):
        first, _, last = run.partition(":")
        seen.update(range(int(first), int(last or first) + 1))
    return FolderCursor(
        validity=int(written["validity"]),
        looked=date.fromisoformat(written["looked"]),
        floor=int(written["floor"]),
        seen=frozenset(seen),
        since=date.fromisoformat(written["since"]) if "since" in written else None,
        until=int(written.get("until", 0)),
        postponed={int(uid): int(tries) for uid, tries in written.get("postponed", {}).items()},
    )
