"""Two models side by side, as the river would hear them: what `ouvidor model compare` and `promote` go by."""

from pathlib import Path

from classifiers.areas.table import departments_of
from classifiers.as_river import as_river
from classifiers.examples import own_examples, read_labelled
from classifiers.judge import Judged
from classifiers.measurement import complete
from classifiers.model.gate import Comparison, beside, compare
from classifiers.rulebook import load
from classifiers.seats import Lane, lanes
from ouvidor.cli.bar import bar
from ouvidor.cli.context import say
from ouvidor.settings import Settings

__all__ = ["compared"]


def compared(  # noqa: PLR0917 - both models, and what they are compared by
    settings: Settings, old: Path | None, new: Path | None, file: Path | None, lane: Lane | None, confidence: float
) -> Comparison:
    """Compare two models (None: the package's) on labelled messages, or on those that the package keeps apart.

    Raises `Misconfigured` where one cannot be read: half of a model is not compared, nor promoted.
    """
    book, departments = load(), departments_of(settings)
    rows = complete(own_examples("apart") if file is None else read_labelled(file), book)
    said = [Judged(row.text) for row in rows]
    if lane is None and settings.judgement.lane is not None:
        lane = Lane(settings.judgement.lane)
    found, slow = {}, False
    for name, place in (("new", new), ("old", old)):  # a new one that cannot be read is told at once
        judging = lanes(place, lane, book, departments)
        slow |= judging.slow is not None
        say(f"ouvidor model: the {name} one judges {len(rows)} messages")
        with bar(f"the slow lane of the {name} one") as tell:
            found[name] = as_river(judging, said, tell)
    was, now = found["old"], found["new"]
    fast = compare(rows, was.fast, now.fast, confidence)
    return beside(compare(rows, was.last, now.last, confidence), fast) if slow else fast
