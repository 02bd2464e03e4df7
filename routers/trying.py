"""Which rules hold for a message: each condition tried, but not the same one on the same labels twice.

A condition that reads nothing but labels (kind, severity, flags, area…) says the same wherever these are the same, so
its answer is kept by them: to hand a message's fields to CEL costs more than to try a condition on them. What reads
more (the text, a confidence) is tried on every message. The kept answers are bounded, and belong to the table: a
changed one starts with none.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import compress
from operator import attrgetter
from typing import Any, Final

from cel import Context

from ouvidor.records import Message, Verdict
from routers.condition import Condition, Failed
from routers.facts import Facts

__all__ = ["Outcome", "Trying"]

_LABELS: Final = frozenset(
    {("message", "channel"), ("message", "network")}
    | {("verdict", name) for name in ("kind", "severity", "difficulty", "sure", "area", "flags")}
)
_MOST_KEPT: Final = 4096
_BOOL: Final = frozenset({bool})

Outcome = tuple[tuple[int, ...], tuple[int, ...]]
"""The places of the conditions that hold, and of those that could not be tried."""


@dataclass(slots=True)
class _Group:
    """Conditions that read the same fields."""

    facts: Facts
    conditions: Sequence[tuple[int, Condition]]
    key: Any
    """Gives the labels by which answers are kept; None: they are not."""
    kept: dict[Any, Outcome] = field(default_factory=dict)
    places: tuple[int, ...] = field(init=False)
    runs: tuple[Callable[[Context], object], ...] = field(init=False)

    def __post_init__(self) -> None:
        self.places = tuple(place for place, _ in self.conditions)
        self.runs = tuple(condition.run for _, condition in self.conditions)

    def outcome(self, message: Message, verdict: Verdict) -> Outcome:
        if self.key is None:
            return self._tried(message, verdict)
        key = self.key(message, verdict)
        found = self.kept.get(key)
        if found is None:
            if len(self.kept) >= _MOST_KEPT:
                self.kept.clear()
            found = self.kept[key] = self._tried(message, verdict)
        return found

    def _tried(self, message: Message, verdict: Verdict) -> Outcome:
        context = self.facts.of(message, verdict)
        try:
            answers = [run(context) for run in self.runs]
        except Exception:  # noqa: BLE001 - some condition failed: which, and how, is found below
            answers = [None]
        if _BOOL.issuperset(map(type, answers)):
            return tuple(compress(self.places, answers)), ()
        return self._tried_each(context)

    def _tried_each(self, context: Context) -> Outcome:
        held, failed = [], []
        for place, condition in self.conditions:
            try:
                if condition.holds(context):
                    held.append(place)
            except Failed:
                failed.append(place)
        return tuple(held), tuple(failed)


class Trying:
    """Tries a table's conditions."""

    def __init__(self, conditions: Sequence[Condition]) -> None:
        """Put those together that read the same labels, and all that read more."""
        groups: dict[frozenset[tuple[str, str]] | None, list[tuple[int, Condition]]] = defaultdict(list)
        for place, condition in enumerate(conditions):
            groups[condition.fields if condition.fields <= _LABELS else None].append((place, condition))
        self._groups = [
            _Group(Facts({each for _, one in found for each in one.fields}), found, _key(fields))
            for fields, found in groups.items()
        ]

    def outcome(self, message: Message, verdict: Verdict) -> Outcome:
        """Give the places of the conditions that hold, and of those that could not be tried, each in order."""
        held: list[int] = []
        failed: list[int] = []
        for group in self._groups:
            some, others = group.outcome(message, verdict)
            held += some
            failed += others
        return tuple(sorted(held)), tuple(sorted(failed))


def _key(fields: frozenset[tuple[str, str]] | None) -> Any:  # noqa: ANN401 - a function, or none
    if fields is None:
        return None
    of_message = [name for variable, name in sorted(fields) if variable == "message"]
    of_verdict = [name for variable, name in sorted(fields) if variable == "verdict"]
    verdicts = attrgetter(*of_verdict) if of_verdict else _nothing
    messages = attrgetter(*of_message) if of_message else _nothing
    if not of_message:
        return lambda _, verdict: verdicts(verdict)
    return lambda message, verdict: (messages(message), verdicts(verdict))


def _nothing(_: object) -> None:
    return None
