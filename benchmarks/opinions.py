"""How much a third opinion on departments could bring: what it would be asked, and what came of servers that are right.

`python -m benchmarks.opinions` asks no server. It judges the messages of the sixteen houses (`benchmarks/areas.py`) by
both lanes and counts, for several `area_confidence` of their tables, how many departments ours decides and how often
that is right, how many messages an opinion would be asked about, and how many would be right in all if it were right in
eight or nine of ten, or always.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from benchmarks.areas import HERE, right_of, table_of
from classifiers.examples import own_examples
from classifiers.judge import Judged
from classifiers.opinion.choices import Choices
from classifiers.seats import lanes
from classifiers.waiting import may_wait
from ouvidor.departments import DepartmentWords
from ouvidor.records import Verdict

_ASKED_FROM: Final = (0.3, 0.5, 0.6, 0.7, 0.8)
_SERVERS: Final = (0.8, 0.9, 1.0)
_TWO: Final = 2


class _Judged(NamedTuple):
    departments: tuple[DepartmentWords, ...]
    verdict: Verdict
    right: bool


def _judged() -> Iterator[_Judged]:
    texts = {one.id: one.text for one in own_examples("apart")}
    houses = defaultdict(list)
    for line in (HERE / "departments.ndjson").read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        if one["readers"] == _TWO:
            houses[one["message"].rpartition("-")[0], one["table"]].append(one)
    for (_, name), rows in sorted(houses.items()):
        departments = table_of(name)
        verdicts = lanes(departments=departments).judge([Judged(texts[one["message"]]) for one in rows])
        for verdict, hit in zip(verdicts, right_of(rows, verdicts, departments), strict=True):
            yield _Judged(departments, verdict, hit)


def _told(found: Sequence[_Judged], certain_from: float) -> str:
    undecided, unsure, also = [], [], []
    for one in found:
        told = tuple(replace(each, certain_from=certain_from) for each in one.departments if each.areas)
        choices = Choices(told, also_sure=True)
        if choices.undecided(one.verdict):
            undecided.append(one)
            if may_wait(one.verdict):
                unsure.append(one)
            if may_wait(one.verdict, choices.asks):
                also.append(one)
    all_right = sum(one.right for one in found)
    decided = len(found) - len(undecided)
    there = (all_right - sum(one.right for one in undecided)) / max(decided, 1)
    figures = f"{certain_from:>6.1f}{decided / len(found):>10.3f}{there:>8.3f}"
    for asked in (unsure, also):
        ours = all_right - sum(one.right for one in asked)
        brought = "".join(f"{(ours + share * len(asked)) / len(found):>8.3f}" for share in _SERVERS)
        figures += f"{len(asked) / len(found):>12.3f}{brought}"
    return figures


if __name__ == "__main__":
    servers = "".join(f"{f'if {share:.1f}':>8}" for share in _SERVERS)
    print(f"{'from':>6}{'decided':>10}{'right':>8}{'unsure':>12}{servers}{'undecided':>12}{servers}")
    everything = list(_judged())
    for least in _ASKED_FROM:
        print(_told(everything, least))
