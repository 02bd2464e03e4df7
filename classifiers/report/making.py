"""The report: every figure with how far it may be off, by group, and what was most surely wrong. Pure: verdicts in.

A group is marked where its share differs from all others' by more than their noise. Of some fifty groups two or three
are marked by chance: a mark says "look here", not "this is so".
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from classifiers.measurement import Row
from classifiers.report.groups import groups_of
from classifiers.report.intervals import differ, resamples, wilson
from classifiers.report.tallies import SHARES, bins_of, counted, figures_of, kinds_of, severities_of, tally
from classifiers.severities import ORDER
from ouvidor.records import Kind, Verdict

__all__ = ["Bin", "Figure", "Group", "Matrix", "Mistake", "Promise", "Report", "Shown", "make_report"]

_SAMPLES: Final = 1000
_SEED: Final = 1
_WORST: Final = 12
_SHARES_OF_KIND: Final = ("kind_accuracy", "severity_accuracy")
Doubles = NDArray[np.float64]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Figure(_Part):
    """A figure, what it was counted on, and where it lies at 95 %."""

    value: float
    low: float
    high: float
    count: int


class Group(_Part):
    """How messages of one group are judged."""

    name: str
    count: int
    kind_accuracy: Figure
    severity_accuracy: Figure
    sure_share: Figure
    sure_kind_accuracy: Figure
    flags_recall: Figure
    ombudsman_recall: Figure
    differs: tuple[str, ...]
    """Which of these differ from all other messages' by more than their noise."""


class Matrix(_Part):
    """How often each label was taken for each: a row is what is true."""

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


class Bin(_Part):
    """Verdicts of about one confidence, and how many of them are right."""

    confidence: float
    right: Figure


class Promise(_Part):
    """Of the kinds that may stand unread: how many were promised to be wrong at most, and how many are."""

    promised: float
    counted: Figure
    kept: bool
    """Not refuted: the promise lies within or above what was counted."""


class Shown(_Part):
    """A piece of evidence: what it speaks for, who says so, and the words."""

    label: str
    source: str
    words: str


class Mistake(_Part):
    """A verdict that was certain of a wrong kind."""

    id: str
    kind: str
    said: str
    confidence: float
    sure: bool
    severity: str
    said_severity: str
    evidence: tuple[Shown, ...]


class Report(_Part):
    """All of it."""

    classifier: str
    hash: str
    messages: int
    figures: dict[str, Figure]
    groups: dict[str, tuple[Group, ...]]
    kinds: Matrix
    severities: Matrix
    calibration: tuple[Bin, ...]
    promise: Promise | None
    worst: tuple[Mistake, ...]


def make_report(rows: Sequence[Row], verdicts: Sequence[Verdict], promised: float | None = None) -> Report:
    """Make the report. `promised`: the most errors among sure kinds; not given where nobody promised."""
    sums = tally(rows, verdicts)
    whole = sums.sum(axis=0)
    version = max((verdict.classifier for verdict in verdicts), key=lambda one: len(one.name))  # who went furthest
    return Report(
        classifier=version.name,
        hash=version.hash,
        messages=len(rows),
        figures=_figures(sums),
        groups={
            name: tuple(_group(label, sums[places].sum(axis=0), whole) for label, places in groups.items())
            for name, groups in groups_of(rows).items()
        },
        kinds=_matrix(tuple(Kind), kinds_of(whole)),
        severities=_matrix(tuple(ORDER), severities_of(whole)),
        calibration=tuple(_bin(*one) for one in bins_of(whole) if one[0]),
        promise=None if promised is None else _promise(promised, whole),
        worst=tuple(_worst(rows, verdicts)),
    )


def _figures(sums: Doubles) -> dict[str, Figure]:
    whole = sums.sum(axis=0)
    sampled = figures_of(resamples(len(sums), _SAMPLES, _SEED) @ sums)
    found = {}
    for name, value in figures_of(whole).items():
        if name in SHARES or name in _SHARES_OF_KIND:
            found[name] = _share_of(name, whole)
        else:
            low, high = np.quantile(sampled[name], (0.025, 0.975))
            found[name] = Figure(value=float(value), low=float(low), high=float(high), count=len(sums))
    return found


def _pair(name: str, sums: Doubles) -> tuple[float, float]:
    """Give of a share's figure what was counted, and of how many."""
    if name == "kind_accuracy":
        return float(np.trace(kinds_of(sums))), float(counted(sums, "messages"))
    if name == "severity_accuracy":
        return float(np.trace(severities_of(sums))), float(counted(sums, "messages"))
    hits, of = SHARES[name]
    return float(counted(sums, hits)), float(counted(sums, of))


def _share(hits: float, count: float) -> Figure:
    low, high = wilson(hits, count)
    return Figure(value=hits / count if count else 1.0, low=low, high=high, count=int(count))


def _share_of(name: str, sums: Doubles) -> Figure:
    return _share(*_pair(name, sums))


def _group(label: str, mine: Doubles, whole: Doubles) -> Group:
    names = [name for name, field in Group.model_fields.items() if field.annotation is Figure]
    return Group(
        name=label,
        count=int(counted(mine, "messages")),
        differs=tuple(name for name in names if differ(*_pair(name, mine), *_pair(name, whole - mine))),
        **{name: _share_of(name, mine) for name in names},
    )


def _matrix(labels: tuple[str, ...], counts: Doubles) -> Matrix:
    return Matrix(labels=labels, counts=tuple(tuple(int(one) for one in row) for row in counts))


def _bin(count: float, confidence: float, right: float) -> Bin:
    return Bin(confidence=confidence / count, right=_share(right, count))


def _promise(promised: float, whole: Doubles) -> Promise:
    sure, right = float(counted(whole, "sure")), float(counted(whole, "sure_right"))
    wrong = _share(sure - right, sure) if sure else Figure(value=0, low=0, high=1, count=0)
    return Promise(promised=promised, counted=wrong, kept=wrong.low <= promised)


def _worst(rows: Sequence[Row], verdicts: Sequence[Verdict]) -> list[Mistake]:
    wrong = [
        (place, row, said)
        for place, (row, said) in enumerate(zip(rows, verdicts, strict=True), 1)
        if row.kind != said.kind
    ]
    wrong.sort(key=lambda one: -one[2].confidence.kind)
    return [
        Mistake(
            id=row.id or f"message {place}",
            kind=row.kind,
            said=said.kind,
            confidence=said.confidence.kind,
            sure=said.sure,
            severity=row.severity,
            said_severity=said.severity,
            evidence=tuple(
                Shown(label=one.label, source=one.source, words=" ".join(row.text[one.start : one.end].split()))
                for one in said.evidence
            ),
        )
        for place, row, said in wrong[:_WORST]
    ]
