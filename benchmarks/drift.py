"""What counting the population costs the fast lane: the same messages judged with and without the watch, interleaved.

python -m benchmarks.drift [--rounds N]
"""

import argparse
import statistics
import time
from collections.abc import Callable

from classifiers.drift import Watch
from classifiers.examples import own_examples
from classifiers.in_force import Seat
from classifiers.judge import Judged
from ouvidor.records import Verdict


def main() -> None:
    """Measure, and tell medians of the processor's time a message."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.drift", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    seat = Seat(None)
    said = [Judged(one.text) for one in own_examples("apart")]
    watch = Watch(seat)

    def judged(watched: Callable[[Verdict], None] | None) -> float:
        began = time.process_time()
        for one in said:
            verdict = seat.judge(one)
            if watched is not None:
                watched(verdict)
        return (time.process_time() - began) / len(said) * 1e6

    def counted() -> float:
        verdict = seat.judge(said[0])
        began = time.process_time()
        for _ in range(20_000):
            watch(verdict)
        return (time.process_time() - began) / 20_000 * 1e6

    judged(watch)
    bare, watched, alone = zip(*((judged(None), judged(watch), counted()) for _ in range(rounds)), strict=True)
    cost = statistics.median(alone)
    print(f"judging              {statistics.median(bare):8.1f} µs a message")
    print(f"judging, watched     {statistics.median(watched):8.1f} µs a message")
    print(f"the watch alone      {cost:8.2f} µs a message: {cost / statistics.median(bare):.2%} of judging")


if __name__ == "__main__":
    main()
