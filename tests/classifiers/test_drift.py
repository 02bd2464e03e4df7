"""Drift: nothing where messages are as the card says, much where they are not, and nothing told of too few."""

from collections.abc import Sequence
from math import isnan
from random import Random

import pytest

from classifiers.cascade import Rules
from classifiers.drift import Watch
from classifiers.judge import Judged
from classifiers.model.population import ASPECTS, Population, confidence_bin, drift, unknown_bin
from classifiers.rulebook import RuleBook
from ouvidor import metrics
from ouvidor.records import Kind, Verdict

CARD = Population(
    kind=(500, 300, 100, 50, 50),
    confidence=(0, 0, 10, 20, 40, 60, 100, 170, 250, 350),
    unknown_words=(100, 100, 200, 300, 200, 60, 30, 10),
    sure=(600, 400),
)


class Seated:
    """A seat whose card and last message are given."""

    population: Population | None = CARD
    known_words = 0.92


@pytest.fixture
def verdict(book: RuleBook) -> Verdict:
    return Rules(book).judge(Judged("Solicito a poda"))


def _feed(watch: Watch, verdict: Verdict, shares: Sequence[int], count: int) -> None:
    chance = Random(4)
    for kind in chance.choices(tuple(Kind), shares, k=count):
        watch(verdict.model_copy(update={"kind": kind}))


def test_the_index_is_that_of_the_books():
    assert drift((50, 50), (50, 50)) == 0
    # (0.6 - 0.4) ln(0.6 / 0.4) + (0.4 - 0.6) ln(0.4 / 0.6), but for the half more of each count
    assert drift((6000, 4000), (4000, 6000)) == pytest.approx(0.16219, abs=1e-4)
    assert drift((0, 100), (100, 0)) < 12


def test_bins_hold_all_there_is():
    assert (confidence_bin(0), confidence_bin(0.99), confidence_bin(1)) == (0, 9, 9)
    assert (unknown_bin(0), unknown_bin(0.07), unknown_bin(1)) == (0, 3, ASPECTS["unknown_words"] - 1)


def test_who_writes_as_ever_does_not_drift_and_who_does_not_does(verdict: Verdict):
    watch = Watch(Seated())  # type: ignore[arg-type] - what a watch asks of a seat
    _feed(watch, verdict, CARD.kind, 1000)
    assert watch.drift("kind") < 0.05
    _feed(watch, verdict, (50, 50, 100, 300, 500), 2000)
    assert watch.drift("kind") > 0.5, "what came before has left the window"


def test_the_window_holds_the_last_messages_alone(verdict: Verdict):
    watch = Watch(Seated(), window=100, least=10)  # type: ignore[arg-type] - as above
    _feed(watch, verdict, (1, 0, 0, 0, 0), 250)
    _feed(watch, verdict, (0, 1, 0, 0, 0), 100)
    assert watch.drift("kind") == pytest.approx(drift((0, 100, 0, 0, 0), CARD.kind))


def test_of_few_messages_or_an_old_card_nothing_is_told(verdict: Verdict):
    watch = Watch(Seated())  # type: ignore[arg-type] - as above
    _feed(watch, verdict, CARD.kind, 299)
    assert isnan(watch.drift("kind"))
    seated = Seated()
    seated.population = None
    old = Watch(seated)  # type: ignore[arg-type] - as above
    _feed(old, verdict, CARD.kind, 1000)
    assert all(isnan(old.drift(aspect)) for aspect in ASPECTS)


def test_confidence_and_unknown_words_are_counted(verdict: Verdict):
    before = metrics.UNKNOWN_WORDS._sum.get(), metrics.JUDGEMENT_CONFIDENCE._sum.get()
    Watch(Seated())(verdict)  # type: ignore[arg-type] - as above
    after = metrics.UNKNOWN_WORDS._sum.get(), metrics.JUDGEMENT_CONFIDENCE._sum.get()
    assert after[0] - before[0] == pytest.approx(0.08)
    assert after[1] - before[1] == pytest.approx(verdict.confidence.kind)
