"""Every figure as arithmetic on sums over messages: so a bootstrap is one product of matrices, not a loop.

A row holds what one message adds (a cell of each confusion matrix, hits, counts); a figure is made of the rows' sums,
whichever messages were summed: all, a group's, or those of a thousand samples at once. The figures are those of
`classifiers/measurement.py`, by the same names.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifiers.measurement import Row
from classifiers.seen import sees_ombudsman
from classifiers.severities import ORDER
from ouvidor.records import Kind, Severity, Verdict

__all__ = ["BINS", "SHARES", "figures_of", "kinds_of", "severities_of", "tally"]

BINS: Final = 10
_KINDS: Final = tuple(Kind)
_THREE: Final = tuple(_KINDS.index(kind) for kind in (Kind.COMPLAINT, Kind.REQUEST, Kind.SUGGESTION))
_RANKS: Final = len(ORDER)
_COUNTS: Final = (
    *("messages", "difficulty_right", "flags_hit", "flags_true", "flags_said", "area_told", "area_right"),
    *("sure", "sure_right", "wanted", "wanted_sent", "sent_without_need", "critical", "critical_found", "critical_low"),
)
_AT: Final = {name: len(_KINDS) ** 2 + _RANKS**2 + place for place, name in enumerate(_COUNTS)}
_BIN: Final = len(_KINDS) ** 2 + _RANKS**2 + len(_COUNTS)
Doubles = NDArray[np.float64]

SHARES: Final[Mapping[str, tuple[str, str]]] = {
    "sure_share": ("sure", "messages"),
    "sure_kind_accuracy": ("sure_right", "sure"),
    "flags_recall": ("flags_hit", "flags_true"),
    "flags_precision": ("flags_hit", "flags_said"),
    "difficulty_accuracy": ("difficulty_right", "messages"),
    "area_accuracy": ("area_right", "area_told"),
    "critical_found": ("critical_found", "critical"),
    "ombudsman_recall": ("wanted_sent", "wanted"),
    "sent_without_need": ("sent_without_need", "messages"),
}
"""Figures that are a share: what is counted, and of what. Kind's and severity's accuracy stand in their matrices."""


def tally(rows: Sequence[Row], verdicts: Sequence[Verdict]) -> Doubles:
    """Give what each message adds: messages by sums."""
    found = np.zeros((len(rows), _BIN + 3 * BINS))
    for one, row, said in zip(found, rows, verdicts, strict=True):
        right = row.kind == said.kind
        true_rank, said_rank = ORDER.index(row.severity), ORDER.index(said.severity)
        one[_KINDS.index(row.kind) * len(_KINDS) + _KINDS.index(said.kind)] = 1
        one[len(_KINDS) ** 2 + true_rank * _RANKS + said_rank] = 1
        flags = frozenset(said.flags)
        sent = not said.sure or sees_ombudsman(said.kind, said.severity, said.flags)
        critical = row.severity is Severity.CRITICAL
        adds = {
            "messages": 1,
            "difficulty_right": row.difficulty == said.difficulty,
            "flags_hit": len(row.flags & flags),
            "flags_true": len(row.flags),
            "flags_said": len(flags),
            "area_told": row.area is not None,
            "area_right": row.area is not None and (row.area or None) == said.area,
            "sure": said.sure,
            "sure_right": said.sure and right,
            "wanted": row.seen,
            "wanted_sent": row.seen and sent,
            "sent_without_need": sent and not row.seen,
            "critical": critical,
            "critical_found": critical and said.severity is Severity.CRITICAL,
            "critical_low": critical and said.severity is Severity.LOW,
        }
        for name, value in adds.items():
            one[_AT[name]] = value
        place = _BIN + 3 * min(int(said.confidence.kind * BINS), BINS - 1)
        one[place : place + 3] = 1, said.confidence.kind, right
    return found


def kinds_of(sums: Doubles) -> Doubles:
    """Give the confusion of kinds: true by said, behind whatever stands before."""
    return sums[..., : len(_KINDS) ** 2].reshape(*sums.shape[:-1], len(_KINDS), len(_KINDS))


def severities_of(sums: Doubles) -> Doubles:
    """Give the confusion of severities, from low to critical."""
    at = len(_KINDS) ** 2
    return sums[..., at : at + _RANKS**2].reshape(*sums.shape[:-1], _RANKS, _RANKS)


def counted(sums: Doubles, name: str) -> Doubles:
    """Give one of the sums by its name."""
    found: Doubles = sums[..., _AT[name]]
    return found


def bins_of(sums: Doubles) -> Doubles:
    """Give, for each tenth of confidence: how many, the sum of their confidence, how many are right."""
    return sums[..., _BIN:].reshape(*sums.shape[:-1], BINS, 3)


def figures_of(sums: Doubles) -> dict[str, Doubles]:
    """Give every figure of sums; of many sums at once, an array of each. Nothing to say is 1, as in `measures.py`."""
    kinds, ranks, bins = kinds_of(sums), severities_of(sums), bins_of(sums)
    total = counted(sums, "messages")
    scores = _f1(kinds)
    return {
        "kind_accuracy": _share(np.trace(kinds, axis1=-2, axis2=-1), total),
        "kind_macro_f1_of_three": scores[..., _THREE].mean(axis=-1),
        "kind_macro_f1": scores.mean(axis=-1),
        "severity_accuracy": _share(np.trace(ranks, axis1=-2, axis2=-1), total),
        "severity_weighted_kappa": _kappa(ranks),
        **{name: _share(counted(sums, hits), counted(sums, of)) for name, (hits, of) in SHARES.items()},
        "critical_called_low": counted(sums, "critical_low"),
        "kind_calibration_error": _share(np.abs(bins[..., 1] - bins[..., 2]).sum(axis=-1), total),
    }


def _share(hits: Doubles, count: Doubles) -> Doubles:
    found: Doubles = np.where(count > 0, hits / np.maximum(count, 1e-12), 1.0)
    return found


def _f1(matrix: Doubles) -> Doubles:
    hits = np.diagonal(matrix, axis1=-2, axis2=-1)
    return _share(2 * hits, matrix.sum(axis=-1) + matrix.sum(axis=-2))


def _kappa(matrix: Doubles) -> Doubles:
    apart = np.subtract.outer(np.arange(_RANKS), np.arange(_RANKS)) ** 2
    true, said = matrix.sum(axis=-1), matrix.sum(axis=-2)
    observed = (matrix * apart).sum(axis=(-2, -1))
    expected = (true[..., :, None] * said[..., None, :] * apart).sum(axis=(-2, -1)) / np.maximum(true.sum(axis=-1), 1)
    return np.where(expected > 0, 1 - observed / np.maximum(expected, 1e-12), 1.0)
