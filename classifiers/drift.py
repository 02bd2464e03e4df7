"""Drift: does the house's population still look like the one that the model in force was trained for?

The last messages are counted in bins, a few additions a message; how far they are from the model's card is reckoned
only when somebody asks (Prometheus, every quarter of a minute). What a machine wrote is not counted: nobody judged it.
"""

from array import array
from functools import partial
from math import nan
from typing import Final

from classifiers.ahead import Ahead
from classifiers.model.population import ASPECTS, Population, confidence_bin, drift, unknown_bin
from ouvidor import metrics
from ouvidor.records import Kind, Verdict

__all__ = ["Watch", "watch_of"]

_WINDOW: Final = 2000
_LEAST: Final = 300
"""Of fewer messages chance alone is as far away as a change."""
_KINDS: Final = {kind: place for place, kind in enumerate(Kind)}
_NAMES: Final = tuple(ASPECTS)


class Watch:
    """The last verdicts, counted."""

    def __init__(self, seat: Ahead, window: int = _WINDOW, least: int = _LEAST) -> None:
        self._seat, self._window, self._least = seat, window, least
        self._now = [[0] * bins for bins in ASPECTS.values()]
        self._ring = [array("B", bytes(window)) for _ in ASPECTS]
        self._count = 0

    def __call__(self, verdict: Verdict) -> None:
        """Count a verdict, which the seat has just given."""
        share = verdict.confidence.kind
        unknown = 1 - self._seat.known_words
        metrics.JUDGEMENT_CONFIDENCE.observe(share)
        metrics.UNKNOWN_WORDS.observe(unknown)
        place = self._count % self._window
        full = self._count >= self._window
        bins = (_KINDS[verdict.kind], confidence_bin(share), unknown_bin(unknown), int(verdict.sure))
        for counts, ring, found in zip(self._now, self._ring, bins, strict=True):
            if full:
                counts[ring[place]] -= 1
            counts[found] += 1
            ring[place] = found
        self._count += 1

    def drift(self, aspect: str) -> float:
        """Tell how far the last messages are from the card's; not a number where either tells too little."""
        card: Population | None = self._seat.population
        if card is None or self._count < self._least:
            return nan
        then: tuple[int, ...] = getattr(card, aspect)
        return drift(self._now[_NAMES.index(aspect)], then)


def watch_of(seat: Ahead) -> Watch:
    """Give the watch over a seat, and let the metrics ask it."""
    watch = Watch(seat)
    for aspect in ASPECTS:
        metrics.JUDGEMENT_DRIFT.labels(aspect).set_function(partial(watch.drift, aspect))
    return watch
