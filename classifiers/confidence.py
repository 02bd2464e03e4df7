"""Confidence: how often the rules were right when they spoke this plainly."""

from collections.abc import Collection

from ouvidor.records import Confidence, Flag, Kind, Severity

__all__ = ["confidence_of", "is_sure"]


def confidence_of(
    kind: Kind | None, margin: float, severity: Severity, flags: Collection[Flag], *, lead: float, known: bool, doubts: int
) -> Confidence:
    return Confidence(kind=0.5, severity=0.5, difficulty=0.5, flags=0.5, area=0.5)


def is_sure(confidence: Confidence) -> bool:
    return confidence.kind >= 0.9
