"""How well a classifier judges labelled messages: `python -m classifiers.evaluate FILE [--part tuned|held-out]`.

FILE is NDJSON with `text`, `kind`, `severity`, `difficulty`, `flags` a line. The parts are told by a hash of the text
(one message in three is held out), so that they are the same for everybody, and rules are tuned on the other two alone.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from classifiers.judge import Judged, judge
from classifiers.measures import accuracy, macro_f1, recall_and_precision, weighted_kappa
from classifiers.rulebook import load
from classifiers.seen import sees_ombudsman
from classifiers.severities import ORDER
from ouvidor.records import Flag, Kind, Severity, Verdict

__all__ = ["Labelled", "held_out", "report"]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A message that a careful reader labelled."""

    text: str
    kind: Kind
    severity: Severity
    difficulty: str
    flags: frozenset[Flag]

    @classmethod
    def of(cls, row: dict[str, Any]) -> "Labelled":
        """Read a line."""
        return cls(
            text=row["text"],
            kind=Kind(row["kind"]),
            severity=Severity(row["severity"]),
            difficulty=row["difficulty"],
            flags=frozenset(map(Flag, row["flags"])),
        )


def held_out(text: str) -> bool:
    """Tell whether a message is of the third by which no rule was tuned."""
    return sha256(text.encode()).digest()[0] % 3 == 0


def report(rows: Sequence[Labelled], classify: Callable[[str], Verdict]) -> dict[str, Any]:
    """Measure. Fractions are of 1; `seconds` is the processor's time of judging alone."""
    for row in rows:  # patterns are compiled when they are first tried: that is not the speed of a day's work
        classify(row.text)
    began = time.process_time()
    verdicts = [classify(row.text) for row in rows]
    seconds = time.process_time() - began
    pairs = list(zip(rows, verdicts, strict=True))
    sure = [(row, verdict) for row, verdict in pairs if verdict.sure]
    seen = [(sees_ombudsman(row.kind, row.severity, row.flags), verdict, row) for row, verdict in pairs]
    wanted = [verdict for wanted, verdict, _ in seen if wanted]
    return {
        "messages": len(rows),
        "kind_accuracy": accuracy([(row.kind, verdict.kind) for row, verdict in pairs]),
        "kind_macro_f1_of_three": macro_f1(
            [(row.kind, verdict.kind) for row, verdict in pairs], (Kind.COMPLAINT, Kind.REQUEST, Kind.SUGGESTION)
        ),
        "kind_macro_f1": macro_f1([(row.kind, verdict.kind) for row, verdict in pairs], tuple(Kind)),
        "severity_accuracy": accuracy([(row.severity, verdict.severity) for row, verdict in pairs]),
        "severity_weighted_kappa": weighted_kappa(
            [(ORDER.index(row.severity), ORDER.index(verdict.severity)) for row, verdict in pairs], len(ORDER)
        ),
        "difficulty_accuracy": accuracy([(row.difficulty, verdict.difficulty) for row, verdict in pairs]),
        "flags": recall_and_precision([(row.flags, frozenset(verdict.flags)) for row, verdict in pairs]),
        "each_flag": {
            flag: recall_and_precision(
                [(row.flags & {flag}, frozenset(verdict.flags) & {flag}) for row, verdict in pairs]
            )
            for flag in Flag
        },
        "critical_recall": accuracy(
            [
                (True, verdict.severity is Severity.CRITICAL)
                for row, verdict in pairs
                if row.severity is Severity.CRITICAL
            ]
        ),
        "ombudsman_recall": accuracy([(True, sees_ombudsman(one.kind, one.severity, one.flags)) for one in wanted]),
        "ombudsman_recall_with_unsure": accuracy(
            [(True, not one.sure or sees_ombudsman(one.kind, one.severity, one.flags)) for one in wanted]
        ),
        "ombudsman_share": accuracy([(True, sees_ombudsman(one.kind, one.severity, one.flags)) for _, one, _ in seen]),
        "sure_share": len(sure) / len(rows),
        "sure_kind_accuracy": accuracy([(row.kind, verdict.kind) for row, verdict in sure]),
        "sure_severity_accuracy": accuracy([(row.severity, verdict.severity) for row, verdict in sure]),
        "seconds": seconds,
        "messages_a_second": len(rows) / seconds,
    }


def main() -> None:
    """Measure the rules on a file, and print the report as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("file", type=Path)
    parser.add_argument("--part", choices=("all", "tuned", "held-out"), default="all")
    given = parser.parse_args()
    with given.file.open(encoding="utf-8") as lines:
        rows = [Labelled.of(json.loads(line)) for line in lines if line.strip()]
    if given.part != "all":
        rows = [row for row in rows if held_out(row.text) is (given.part == "held-out")]
    book = load()
    told = report(rows, lambda text: judge(Judged(text), book))
    json.dump(told, sys.stdout, indent=2, default=str)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
