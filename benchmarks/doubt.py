"""Who chooses best from when on a kind may stand unread: our count, or a library's? On hands that were left out.

For each hand in turn the threshold is chosen on the other hands alone, and what is sure on this one is counted: how
much of it, and how much of that is wrong. The outputs are those of models that had not seen that hand either.

python -m benchmarks.doubt [--outputs FILE]     (FILE keeps the outputs: they take minutes; needs the group `peers`)
"""

import argparse
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from crepes import ConformalClassifier
from crepes.extras import hinge
from mapie.risk_control import BinaryClassificationController
from numpy.typing import NDArray

from classifiers.model.counting import promised, shifts_of, temperature_of
from classifiers.model.fitting import answers_of, fit
from classifiers.model.heads import heads
from classifiers.model.material import gather, idf_of, matrix, products_of
from classifiers.model.promise import PROMISE
from classifiers.report.intervals import wilson
from classifiers.rulebook import load

Doubles = NDArray[np.float64]
Numbers = NDArray[np.int64]
RISK = 0.1
EVEN = 0.5


@dataclass(frozen=True)
class Hands:
    """Shares of the kinds, what is right, and whose hand wrote it."""

    shares: Doubles
    answers: Numbers
    hands: Numbers

    def of(self, rows: NDArray[np.bool_]) -> "Hands":
        """Give some of them."""
        return Hands(self.shares[rows], self.answers[rows], self.hands[rows])

    @property
    def best(self) -> Doubles:
        """How certain the likeliest kind is."""
        found: Doubles = self.shares.max(axis=1)
        return found

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether the likeliest kind is right."""
        found: NDArray[np.bool_] = self.shares.argmax(axis=1) == self.answers
        return found


Sure = Callable[[Hands, Hands], NDArray[np.bool_]]
"""Given hands to count on and another hand, which of the latter's messages are sure."""


def learn_then_test(known: Hands, new: Hands) -> NDArray[np.bool_]:
    """Count as we do on all hands together."""
    return new.best >= promised(known.best, known.right, PROMISE, RISK)


def ours(known: Hands, new: Hands) -> NDArray[np.bool_]:
    """Count as we do, and on each hand by itself."""
    return _on_each(known, new, EVEN)


def strictly(known: Hands, new: Hands) -> NDArray[np.bool_]:
    """Count on each hand with the bound that all together must keep."""
    return _on_each(known, new, RISK)


def _on_each(known: Hands, new: Hands, risk: float) -> NDArray[np.bool_]:
    each = [known.of(known.hands == hand) for hand in np.unique(known.hands)]
    least = [promised(one.best, one.right, PROMISE, risk) for one in each if len(one.answers) >= 300]
    return new.best >= max(promised(known.best, known.right, PROMISE, RISK), *least)


def mapies(known: Hands, new: Hands) -> NDArray[np.bool_]:
    """Let MAPIE control the precision of "this kind is right" (learn then test, Bonferroni and Holm)."""
    controller = BinaryClassificationController(
        lambda shares: np.column_stack([1 - shares, shares]),
        risk="precision",
        target_level=1 - PROMISE,
        confidence_level=1 - RISK,
        best_predict_param_choice="recall",
        list_predict_params=np.linspace(0.5, 0.999, 100),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        controller.calibrate(known.best, known.right.astype(int))
        best = controller.best_predict_param
    return new.best >= (1.01 if best is None else best)


def mapies_in_order(known: Hands, new: Hands) -> NDArray[np.bool_]:
    """Let MAPIE test the same thresholds in a fixed order, which needs no correction."""
    controller = BinaryClassificationController(
        lambda shares: np.column_stack([1 - shares, shares]),
        risk="precision",
        target_level=1 - PROMISE,
        confidence_level=1 - RISK,
        best_predict_param_choice="recall",
        list_predict_params=np.linspace(0.999, 0.5, 100),
        fwer_method="fixed_sequence",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        controller.calibrate(known.best, known.right.astype(int))
        best = controller.best_predict_param
    return new.best >= (1.01 if best is None else best)


def crepess(known: Hands, new: Hands) -> NDArray[np.bool_]:
    """Let crepes make sets that hold the truth in 95 of 100; sure is a set of one."""
    return _sets(known, new, None, None)


def crepess_by_kind(known: Hands, new: Hands) -> NDArray[np.bool_]:
    """Let crepes do so for each likeliest kind by itself (Mondrian)."""
    return _sets(known, new, known.shares.argmax(axis=1), new.shares.argmax(axis=1))


def _sets(known: Hands, new: Hands, bins: Numbers | None, new_bins: Numbers | None) -> NDArray[np.bool_]:
    kinds = np.arange(known.shares.shape[1])
    told = ConformalClassifier()
    told.fit(hinge(known.shares, kinds, known.answers), bins=bins, seed=1)
    sets = told.predict_set(hinge(new.shares), bins=new_bins, confidence=1 - PROMISE, smoothing=False, seed=1)
    found: NDArray[np.bool_] = sets.sum(axis=1) == 1
    return found


def risk_control(known: Hands, new: Hands) -> NDArray[np.bool_]:
    """Choose by conformal risk control: of all messages at most so many are sure and wrong."""
    order = np.argsort(-known.best)
    wrong, count = np.cumsum(~known.right[order]), len(order)
    kept = np.flatnonzero((wrong + 1) / (count + 1) <= PROMISE)
    return new.best >= (known.best[order[kept[-1]]] if len(kept) else 1.01)


WAYS: dict[str, Sure] = {
    "ours: on all, and on each hand": ours,
    "ours, on each hand with a bound": strictly,
    "ours, on all hands together": learn_then_test,
    "MAPIE, Bonferroni and Holm": mapies,
    "MAPIE, fixed sequence": mapies_in_order,
    "crepes, sets of one": crepess,
    "crepes, sets of one, by kind": crepess_by_kind,
    "conformal risk control": risk_control,
}


def outputs(file: Path | None) -> tuple[Doubles, Numbers, Numbers, NDArray[np.bool_]]:
    """Give the kinds' outputs by models that had not seen the hand, and what is known of the messages."""
    if file is None or not file.exists():
        book = load()
        material = gather(book)
        (kind, *_) = heads(tuple(book.areas))
        answers = answers_of(kind, material.labels, {})
        products = products_of(matrix(material, *idf_of(material)))
        kinds = np.zeros((len(answers), len(kind.labels)))
        for hand in np.unique(material.folds):
            out = material.folds == hand
            print(f"leaving out a hand of {out.sum()}")
            kept = np.ix_(~out, ~out)
            adds, bias = fit([kind], products[kept], {kind.name: answers[~out]}, material.weights[~out])
            kinds[out] = products[np.ix_(out, ~out)] @ adds + bias
        if file is None:
            return kinds, answers, material.folds, material.lifelike
        np.savez(file, outputs=kinds, answers=answers, folds=material.folds, life=material.lifelike)
    kept = np.load(file)
    return kept["outputs"], kept["answers"], kept["folds"], kept["life"]


def main() -> None:
    """Measure, and tell."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.doubt", description=__doc__)
    parser.add_argument("--outputs", type=Path)
    raw, answers, folds, life = outputs(parser.parse_args().outputs)
    life &= answers >= 0
    sizes = np.unique(folds[life], return_counts=True)[1].tolist()
    print(f"{life.sum()} messages in life's shares, of hands of {sizes}")
    print(f"promised: at most {PROMISE:.0%} of the sure ones wrong\n")
    print(f"{'':<34}{'sure of':>10}{'wrong':>8}{'at 95 %':>16}   each hand: sure, wrong")
    for name, way in WAYS.items():
        sure_count = wrong_count = total = 0
        told = []
        for hand in np.unique(folds[life]):
            known, new = life & (folds != hand), life & (folds == hand)
            shift = np.array(shifts_of(raw[known], answers[known]))
            warm = temperature_of(raw[known] + shift, answers[known])
            shares = np.exp((raw + shift) / warm)
            shares /= shares.sum(axis=1, keepdims=True)
            hands = Hands(shares, answers, folds)
            mine = hands.of(new)
            sure = way(hands.of(known), mine)
            wrong = int((sure & ~mine.right).sum())
            told.append(f"{sure.mean():.2f} {wrong / max(sure.sum(), 1):.3f}")
            sure_count, wrong_count, total = sure_count + int(sure.sum()), wrong_count + wrong, total + len(sure)
        low, high = wilson(wrong_count, sure_count)
        share = wrong_count / max(sure_count, 1)
        print(f"{name:<34}{sure_count / total:>10.3f}{share:>8.3f}{f'{low:.3f} to {high:.3f}':>16}   {'; '.join(told)}")


if __name__ == "__main__":
    main()
