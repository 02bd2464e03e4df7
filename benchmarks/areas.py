"""Does a message come to the department whose it is? By whole routing tables of houses (`tests/classifiers/areas`).

`python -m benchmarks.areas [--model DIR]` prints, for each of the sixteen houses whose messages are kept apart, how
many come to a department that both of two readers gave them to (`departments.ndjson`: the one that should answer, then
what would do as well), by each lane, and what it costs. Tables were written before anybody gave them a message.
"""

import argparse
import json
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from classifiers.areas.table import departments_of
from classifiers.examples import own_examples
from classifiers.judge import Judged
from classifiers.seats import cascade, lanes
from ouvidor.departments import DepartmentWords
from ouvidor.records import Verdict
from ouvidor.settings import Settings

HERE = Path(__file__).parent.parent / "tests" / "classifiers" / "areas"
_TWO: Final = 2
_DECIDES: Final = 0.5
"""`area_confidence` of a routing table that says nothing."""


def table_of(name: str) -> tuple[DepartmentWords, ...]:
    """Read the departments of one of the tables."""
    return departments_of(Settings(), HERE / "tables" / f"{name}.yaml")


def _houses(model: Path | None, texts: dict[str, str]) -> None:
    told = [json.loads(line) for line in (HERE / "departments.ndjson").read_text(encoding="utf-8").splitlines()]
    by_house = defaultdict(list)
    for one in told:
        if one["readers"] == _TWO:
            by_house[one["message"].rpartition("-")[0], one["table"]].append(one)
    sums: Counter[str] = Counter()
    print(
        f"{'house':<24}{'table':<18}{'messages':>9}{'fast':>8}{'both':>8}{'slow':>8}{'decided':>9}{'right there':>13}"
    )
    for (house, name), rows in sorted(by_house.items()):
        departments = table_of(name)
        said = [Judged(texts[one["message"]]) for one in rows]
        seats = lanes(model, departments=departments)
        both = seats.judge(said)
        found = {"fast": [seats.cascade.judge(one) for one in said], "both": both}
        found["slow"] = seats.slow.judge(said) if seats.slow is not None else both
        right = {lane: right_of(rows, verdicts, departments) for lane, verdicts in found.items()}
        decided = [verdict.confidence.area >= _DECIDES for verdict in both]
        there = sum(hit for hit, sure in zip(right["both"], decided, strict=True) if sure)
        shares = "".join(f"{sum(hits) / len(rows):>8.2f}" for hits in right.values())
        print(
            f"{house:<24}{name:<18}{len(rows):>9}{shares}{sum(decided) / len(rows):>9.2f}"
            f"{there / max(sum(decided), 1):>13.2f}"
        )
        sums.update({lane: sum(hits) for lane, hits in right.items()}, decided=sum(decided), there=there, all=len(rows))
    shares = "".join(f"{sums[lane] / sums['all']:>8.3f}" for lane in ("fast", "both", "slow"))
    there = sums["there"] / sums["decided"]
    print(f"{'all':<42}{sums['all']:>9}{shares}{sums['decided'] / sums['all']:>9.3f}{there:>13.3f}")


def right_of(
    rows: Sequence[dict[str, list[str]]], verdicts: Sequence[Verdict], departments: Sequence[DepartmentWords]
) -> list[bool]:
    """Tell which came where a reader sent them; what has no owner goes to the table's default, which stands first."""
    owners = {area: one.name for one in departments for area in one.areas}
    return [
        owners.get(said.area or "", departments[0].name) in row["departments"]
        for row, said in zip(rows, verdicts, strict=True)
    ]


def _speed(model: Path | None, texts: Sequence[str]) -> None:
    said = [Judged(text) for text in texts]
    print()
    contestants = {"without a table": cascade(model), "prefeitura": cascade(model, None, table_of("prefeitura"))}
    best = dict.fromkeys(contestants, float("inf"))
    for _ in range(5):
        for name, judging in contestants.items():
            began = time.process_time()
            for one in said:
                judging.judge(one)
            best[name] = min(best[name], time.process_time() - began)
    for name, seconds in best.items():
        print(f"messages a second, {name}: {len(said) / seconds:.0f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path)
    given = parser.parse_args().model
    kept = own_examples("apart")
    _houses(given, {one.id: one.text for one in kept})
    _speed(given, [one.text for one in kept])
