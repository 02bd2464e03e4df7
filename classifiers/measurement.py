"""How well labelled messages are judged: every figure of docs/judgement.md, from verdicts. Pure but for the clock."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from classifiers.examples import Correction, Example, Labelled
from classifiers.measures import accuracy, macro_f1, recall_and_precision, weighted_kappa
from classifiers.rulebook import RuleBook
from classifiers.seen import sees_ombudsman
from classifiers.severities import ORDER
from ouvidor.errors import Rejected
from ouvidor.records import Difficulty, Flag, Kind, Severity, Verdict

__all__ = ["Measured", "Row", "complete", "measure", "of_verdicts", "table"]

_THREE: Final = (Kind.COMPLAINT, Kind.REQUEST, Kind.SUGGESTION)
_BINS: Final = 10


@dataclass(frozen=True, slots=True)
class Row:
    """A message with all its labels."""

    text: str
    kind: Kind
    severity: Severity
    difficulty: Difficulty
    flags: frozenset[Flag]
    area: str | None
    """An area's identifier; empty: none; null: not labelled."""
    group: str
    id: str = ""
    channel: str | None = None
    language: str | None = None
    sector: str | None = None

    @property
    def seen(self) -> bool:
        """Whether it is the ombudsman's."""
        return sees_ombudsman(self.kind, self.severity, self.flags)


Measured = dict[str, float]


def complete(given: Iterable[Correction], book: RuleBook) -> list[Row]:
    """Take what has all labels but the area's. Raises `Rejected` where nothing has."""
    names = {name: known for known, name in book.areas.items()}
    rows = [
        Row(
            text=one.text,
            kind=one.kind,
            severity=one.severity,
            difficulty=one.difficulty,
            flags=frozenset(one.flags),
            area=None if one.area is None else names.get(one.area, one.area),
            group=one.id.rpartition("-")[0] if isinstance(one, Example) else "",
            **_told_beside(one),
        )
        for one in given
        if one.kind and one.severity and one.difficulty and one.flags is not None
    ]
    if not rows:
        raise Rejected("no message has kind, severity, difficulty and flags: there is nothing to measure by")
    return rows


def _told_beside(one: Correction) -> dict[str, Any]:
    """Give what a line tells of a message beside its labels: figures are shown by it."""
    if isinstance(one, Example | Labelled):
        return {"id": str(one.id or ""), "channel": one.channel, "language": one.language, "sector": one.sector}
    return {}


def measure(rows: Sequence[Row], judged: Callable[[str], Verdict]) -> Measured:
    """Measure. The seconds are the processor's, of judging alone, when every pattern was tried once."""
    for row in rows:
        judged(row.text)
    began = time.process_time()
    verdicts = [judged(row.text) for row in rows]
    seconds = time.process_time() - began
    alone = sorted(_alone(row.text, judged) for row in rows)
    return {
        **of_verdicts(rows, verdicts),
        "messages_a_second": len(rows) / seconds,
        "p99_of_one_ms": 1000 * alone[int(0.99 * len(alone))],
    }


def _alone(text: str, judged: Callable[[str], Verdict]) -> float:
    began = time.process_time()
    judged(text)
    return time.process_time() - began


def of_verdicts(rows: Sequence[Row], verdicts: Sequence[Verdict]) -> Measured:
    """Give the figures of verdicts."""
    pairs = list(zip(rows, verdicts, strict=True))
    kinds = [(row.kind, said.kind) for row, said in pairs]
    ranks = [(ORDER.index(row.severity), ORDER.index(said.severity)) for row, said in pairs]
    sure = [(row, said) for row, said in pairs if said.sure]
    flags = recall_and_precision([(row.flags, frozenset(said.flags)) for row, said in pairs])
    sent = [not said.sure or sees_ombudsman(said.kind, said.severity, said.flags) for said in verdicts]
    areas = [(row.area or None, said.area) for row, said in pairs if row.area is not None]
    return {
        "messages": len(rows),
        "kind_accuracy": accuracy(kinds),
        "kind_macro_f1_of_three": macro_f1(kinds, _THREE),
        "kind_macro_f1": macro_f1(kinds, tuple(Kind)),
        "severity_accuracy": accuracy(ranks),
        "severity_weighted_kappa": weighted_kappa(ranks, len(ORDER)),
        "critical_found": accuracy([(True, said == 3) for true, said in ranks if true == 3]),  # noqa: PLR2004 - critical
        "critical_called_low": sum(true == 3 and said == 0 for true, said in ranks),  # noqa: PLR2004 - critical
        "flags_recall": flags["recall"],
        "flags_precision": flags["precision"],
        "difficulty_accuracy": accuracy([(row.difficulty, said.difficulty) for row, said in pairs]),
        "area_accuracy": accuracy(areas),
        "sure_share": len(sure) / len(rows),
        "sure_kind_accuracy": accuracy([(row.kind, said.kind) for row, said in sure]),
        "ombudsman_wanted": sum(row.seen for row in rows) / len(rows),
        "ombudsman_recall": accuracy([(True, on) for row, on in zip(rows, sent, strict=True) if row.seen]),
        "sent_without_need": sum(on and not row.seen for row, on in zip(rows, sent, strict=True)) / len(rows),
        "kind_calibration_error": _calibration([(said.confidence.kind, row.kind == said.kind) for row, said in pairs]),
    }


def _calibration(pairs: Sequence[tuple[float, bool]]) -> float:
    """Give the expected calibration error over ten bins of confidence."""
    total, bins = 0.0, Counter(min(int(share * _BINS), _BINS - 1) for share, _ in pairs)
    for place in bins:
        inside = [(share, right) for share, right in pairs if min(int(share * _BINS), _BINS - 1) == place]
        total += abs(sum(share for share, _ in inside) - sum(right for _, right in inside))
    return total / len(pairs)


def table(measured: dict[str, Any]) -> str:
    """Show figures, one a line."""
    return "\n".join(
        f"{name:<28} {value:.0f}" if value >= 2 or name == "critical_called_low" else f"{name:<28} {value:.3f}"  # noqa: PLR2004 - shares are under 2
        for name, value in measured.items()
    )
