"""The shadow: a second model judges beside the one in force. What it says otherwise is told, and that is all.

A difference goes to its topic in the transaction of the verdict, so that they can be counted against each other. A
shadow that fails is counted and passed over: a message must not wait, let alone die, for a model that decides nothing.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import structlog

from classifiers.cascade import Judging
from classifiers.judge import Judged
from classifiers.rulebook import RuleBook
from classifiers.seats import cascade
from ouvidor import metrics
from ouvidor.departments import DepartmentWords
from ouvidor.events import DIFFERED, Incoming, Output, encode, event_id
from ouvidor.records import Labels, Message, ShadowDifference, Verdict
from ouvidor.topics import Topics

__all__ = ["Shadow", "difference", "shadow_of", "shadowed"]

_log = structlog.get_logger(__name__)
_SOURCE: Final = "/stages/classify"
_COMPARED: Final = ("kind", "severity", "difficulty", "flags", "area", "sure")

Shadow = Callable[[Incoming, Message, Verdict], list[Output]]
"""Gives the event of what is judged otherwise, or nothing."""


def difference(message: Message, said: Verdict, other: Verdict) -> ShadowDifference | None:
    """Give what differs; null where nothing does. How certain both are does not matter, but whether they are sure."""
    if all(getattr(said, name) == getattr(other, name) for name in _COMPARED):
        return None
    return ShadowDifference(message=message.id, protocol=message.protocol, said=_labels(said), shadow=_labels(other))


def _labels(verdict: Verdict) -> Labels:
    told = {name: getattr(verdict, name) for name in _COMPARED}
    return Labels(**told, kind_confidence=verdict.confidence.kind, classifier=verdict.classifier)


def shadow_of(
    directory: Path, topics: Topics, book: RuleBook | None = None, departments: Sequence[DepartmentWords] = ()
) -> Shadow:
    """Make the shadow of a model. Raises `Misconfigured` where it cannot be read."""
    return shadowed(cascade(directory, book, departments), topics)


def shadowed(judging: Judging, topics: Topics) -> Shadow:
    """Make a shadow of whoever judges."""
    failed: set[str] = set()

    def shadow(record: Incoming, message: Message, said: Verdict) -> list[Output]:
        try:
            found = difference(message, said, judging.judge(Judged.of(message)))
        except Exception as error:  # noqa: BLE001 - whatever it was, the verdict that counts stands
            metrics.SHADOW_VERDICTS.labels("failed").inc()
            if (name := type(error).__name__) not in failed:
                failed.add(name)
                _log.warning("the shadow failed", error=name)
            return []
        metrics.SHADOW_VERDICTS.labels("same" if found is None else "differs").inc()
        return [] if found is None else [_event(found, record, topics)]

    return shadow


def _event(found: ShadowDifference, record: Incoming, topics: Topics) -> Output:
    return encode(
        found,
        topic=topics.shadow,
        key=found.protocol,
        id=event_id(found.message, f"differed:{found.said.classifier.hash}:{found.shadow.classifier.hash}"),
        type=DIFFERED,
        source=_SOURCE,
        time=datetime.fromtimestamp(max(record.timestamp, 0) / 1000, UTC),
        subject=found.protocol,
        cause=record,
    )
