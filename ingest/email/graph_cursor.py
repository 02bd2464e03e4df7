"""How far a mailbox was read by Graph: for each folder, the server's own link, and what of its page is done. Pure.

A link is kept as path and query, without the server: it is followed only at the server of the settings.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from ingest.email.rest.mailbox import Postponed, read_postponed, write_postponed
from ouvidor.errors import Misconfigured

__all__ = ["FolderCursor", "read_cursor", "write_cursor"]

_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class FolderCursor:
    """One folder."""

    link: str | None = None
    """The page to be asked for next. None: the first one."""
    done: frozenset[str] = frozenset()
    """Marks of that page's mails that were decided on."""
    since: date | None = None
    """Until the first round's end, mail that arrived before this day is left alone."""
    read_until: date | None = None
    """The day of the last end of a round: what had arrived by then was read. None: none came to its end."""


def write_cursor(folders: Mapping[str, FolderCursor], postponed: Mapping[str, Postponed]) -> bytes:
    """Write the cursor of an account."""
    return json.dumps(
        {
            "version": _VERSION,
            "folders": {
                name: {
                    "link": its.link,
                    "done": sorted(its.done),
                    "since": its.since and its.since.isoformat(),
                    "read_until": its.read_until and its.read_until.isoformat(),
                }
                for name, its in sorted(folders.items())
            },
            "postponed": write_postponed(postponed),
        },
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()


def read_cursor(cursor: bytes | None) -> tuple[dict[str, FolderCursor], dict[str, Postponed]]:
    """Read the cursor of an account; None: nothing was read yet. Raises `Misconfigured`."""
    if cursor is None:
        return {}, {}
    try:
        data = json.loads(cursor)
        if data["version"] != _VERSION:
            raise Misconfigured(
                f"cursor: version {data['version']!r} is unknown: a newer Ouvidor wrote it; use that one"
            )
        return {name: _load(its) for name, its in data["folders"].items()}, read_postponed(data["postponed"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Misconfigured(
            f"cursor: not one of a Graph account ({type(error).__name__}); give the account another name to begin anew"
        ) from error


def _load(written: Mapping[str, Any]) -> FolderCursor:
    return FolderCursor(
        link=written["link"],
        done=frozenset(map(str, written["done"])),
        since=_day(written["since"]),
        read_until=_day(written["read_until"]),
    )


def _day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)
