"""What a model in the shadow judges otherwise, summed up: how many, which labels, and ten to look at. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pydantic import BaseModel, ConfigDict

from classifiers.differences import LeftOut
from classifiers.report.intervals import wilson
from classifiers.severities import ORDER
from ouvidor.records import Flag, Labels, ShadowDifference

__all__ = ["Summary", "sum_up", "told"]

_SHOWN: Final = 10
_WHY: Final[Mapping[LeftOut, str]] = {
    "automatic": "a machine wrote them",
    "opinion": "a third opinion was heard",
}


class Summary(BaseModel):
    """How a model in the shadow differs."""

    model_config = ConfigDict(frozen=True)

    classifier: str
    """The hash of the model in the shadow, with its rules."""
    judged: int
    """How many messages were judged since it took its place."""
    left_out: dict[LeftOut, int]
    """How many of the same time cannot be compared, by why."""
    differ: int
    changes: dict[str, dict[str, int]]
    """By label: what became of what, and how often."""
    look_at: tuple[str, ...]
    """Protocol numbers of those that differ most: severities first, then what was or would be sure."""


def sum_up(differences: Sequence[ShadowDifference], judged: int, left_out: Mapping[LeftOut, int]) -> Summary | None:
    """Sum up the differences of the newest model in the shadow; null where there are none. A message counts once."""
    if not differences:
        return None
    newest = differences[-1].shadow.classifier.hash
    mine = {one.message: one for one in differences if one.shadow.classifier.hash == newest}
    changes: dict[str, Counter[str]] = {}
    for one in mine.values():
        for label, change in _changes(one.said, one.shadow):
            changes.setdefault(label, Counter())[change] += 1
    order = sorted(mine.values(), key=_weight, reverse=True)
    return Summary(
        classifier=newest,
        judged=max(judged, len(mine)),
        left_out=dict(left_out),
        differ=len(mine),
        changes={label: dict(found.most_common()) for label, found in changes.items()},
        look_at=tuple(one.protocol for one in order[:_SHOWN]),
    )


def _changes(said: Labels, shadow: Labels) -> Iterator[tuple[str, str]]:
    for name in ("kind", "severity", "difficulty", "area"):
        was, now = getattr(said, name), getattr(shadow, name)
        if was != now:
            yield name, f"{was or '(none)'} -> {now or '(none)'}"
    for flag in Flag:
        if (flag in said.flags) != (flag in shadow.flags):
            yield "flags", f"{'+' if flag in shadow.flags else '-'}{flag}"
    if said.sure != shadow.sure:
        yield "sure", "not sure -> sure" if shadow.sure else "sure -> not sure"


def _weight(one: ShadowDifference) -> tuple[int, int, int]:
    far = abs(ORDER.index(one.said.severity) - ORDER.index(one.shadow.severity))
    return (
        far,
        (one.said.kind != one.shadow.kind) * (1 + one.said.sure + one.shadow.sure),
        len(set(one.said.flags) ^ set(one.shadow.flags)),
    )


def told(summary: Summary) -> Iterator[str]:
    """Give a summary as lines to read."""
    low, high = wilson(summary.differ, summary.judged)
    share = summary.differ / summary.judged
    yield (
        f"{summary.differ} of {summary.judged} messages would be judged otherwise: {share:.1%}"
        f" ({low:.1%} to {high:.1%}), by {summary.classifier[:12]}"
    )
    if summary.left_out:
        yield f"left out: {', '.join(f'{count} ({_WHY[why]})' for why, count in summary.left_out.items())}"
    for label, changes in summary.changes.items():
        yield f"\n{label}"
        for change, count in changes.items():
            yield f"  {change:<40}{count:>6}"
    yield "\nto look at (`ouvidor tail classified` holds them):"
    for protocol in summary.look_at:
        yield f"  {protocol}"
