"""Two routing tables side by side: what becomes of the same messages under each. Pure.

Only what somebody notices counts as a change: who answers, who is told, whether the ombudsman sees it, whether the
author is withheld from the owner, until when, and whether a person has to sort it. A rule that was only renamed
changes nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Final

from ouvidor.business_time import BusinessCalendar
from ouvidor.records import Dispatch, Message, Verdict
from routers.compiled import Table
from routers.route import route

__all__ = ["FIELDS", "Change", "Comparison", "compare"]

FIELDS: Final = ("owner", "informed", "ombudsman", "extract", "deadline", "triage")
"""What may change, in the order in which it is told."""


@dataclass(frozen=True, slots=True)
class Change:
    """A message that the two tables dispatch differently."""

    protocol: str
    received_at: datetime
    area: str | None
    old: Dispatch
    new: Dispatch
    fields: tuple[str, ...]

    def values(self, name: str) -> tuple[Any, Any]:
        """Give a field's old value and new."""
        return getattr(self.old, name), getattr(self.new, name)


def compare(message: Message, verdict: Verdict, old: Table, new: Table, calendar: BusinessCalendar) -> Change | None:
    """Route a message by both tables; None where nobody would notice a difference."""
    before, after = (route(message, verdict, table, calendar) for table in (old, new))
    changed = tuple(name for name in FIELDS if _noticed(before, name) != _noticed(after, name))
    if not changed:
        return None
    return Change(message.protocol, message.received_at, verdict.area, before, after, changed)


@dataclass(slots=True)
class Comparison:
    """What many messages came to. Of each kind of change a few are kept, so that the examples differ."""

    most: int = 10
    messages: int = 0
    changed: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    owners: Counter[tuple[str, str]] = field(default_factory=Counter)
    shown: int = 0
    """Messages that only the new table shows to the ombudsman."""
    hidden: int = 0
    """Messages that only the old table shows to the ombudsman."""
    _kept: dict[tuple[object, ...], list[Change]] = field(default_factory=lambda: defaultdict(list))

    def add(self, change: Change | None) -> None:
        """Count a message."""
        self.messages += 1
        if change is None:
            return
        self.changed += 1
        self.fields.update(change.fields)
        if "owner" in change.fields:
            self.owners[change.old.owner, change.new.owner] += 1
        if "ombudsman" in change.fields:
            self.shown += change.new.ombudsman
            self.hidden += change.old.ombudsman
        kept = self._kept[change.fields, change.old.owner, change.new.owner]
        if len(kept) < self.most:
            kept.append(change)

    def examples(self) -> Iterator[Change]:
        """Give so many of the changes: first one of each kind, the most frequent fields' first, then more of them."""
        kinds = sorted(self._kept.values(), key=lambda kept: -max(self.fields[name] for name in kept[0].fields))
        rounds = (kind[place] for place in range(self.most) for kind in kinds if place < len(kind))
        yield from islice(rounds, self.most)


def _noticed(dispatch: Dispatch, name: str) -> object:
    """What somebody would notice of a field: the order of those who are told is none of it."""
    value: object = getattr(dispatch, name)
    return frozenset(value) if isinstance(value, tuple) else value
