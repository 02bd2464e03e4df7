"""The lanes side by side on labelled messages: what the slow one brings, and what it costs."""

import time
from collections.abc import Sequence

from classifiers.judge import Judged
from classifiers.lanes import Judge, Lanes
from classifiers.measurement import Measured, Row, of_verdicts

__all__ = ["beside", "side_by_side"]


def beside(rows: Sequence[Row], lanes: Lanes) -> dict[str, Measured]:
    """Measure the fast lane, both, and the slow one for all. The speed is of many together, by the processor's time."""
    columns: dict[str, Judge] = {"fast": Lanes(lanes.cascade).judge}
    if lanes.slow is not None:
        columns |= {"both": lanes.judge, "slow for all": lanes.slow.judge}
    said = [Judged(row.text) for row in rows]
    found: dict[str, Measured] = {}
    for name, judge in columns.items():
        judge(said[:20])
        began = time.process_time()
        verdicts = judge(said)
        seconds = time.process_time() - began
        found[name] = {**of_verdicts(rows, verdicts), "messages_a_second": len(rows) / seconds}
    return found


def side_by_side(measured: dict[str, Measured]) -> str:
    """Show figures, one a line, a column for each lane."""
    lines = [f"{'':<26}" + "".join(f"{name:>14}" for name in measured)]
    lines += [
        f"{name:<26}" + "".join(f"{_shown(name, figures[name]):>14}" for figures in measured.values())
        for name in next(iter(measured.values()))
    ]
    return "\n".join(lines)


def _shown(name: str, value: float) -> str:
    whole = value >= 2 or name == "critical_called_low"  # noqa: PLR2004 - shares are under 2
    return f"{value:.0f}" if whole else f"{value:.3f}"
