"""The slow lane: many utterances in, a verdict for each out, in the same order.

It goes through rules and fast model itself, a hundredth of its own work, because it needs what they heard and not only
what they made of it. What rules said stays a floor here too. Its evidence are the two messages of the training that are
most alike among those of the same kind, named as what they are.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Final

import numpy as np

from classifiers.areas.meanings import Meanings
from classifiers.cascade import Rules, raised
from classifiers.examples import own_examples
from classifiers.judge import Judged, portions
from classifiers.model.deciding import decide
from classifiers.model.heads import places
from classifiers.model.step import FastModel
from classifiers.model.weights import Floats, Model
from classifiers.rulebook import RuleBook
from classifiers.slow.base import Base, load_base
from classifiers.slow.encoder import Encoder, means_of
from classifiers.slow.layers import full_layer, whole_layer
from classifiers.slow.reading import read_words
from classifiers.slow.stacking import spoken_of, stacked
from classifiers.slow.weights import SlowModel
from ouvidor.departments import DepartmentWords
from ouvidor.errors import Misconfigured
from ouvidor.records import ClassifierVersion, Evidence, Kind, Verdict

__all__ = ["NAME", "SlowLane"]

NAME: Final = "sentences"
_ALIKE: Final = 2
_SHOWN: Final = 60
_LEAST: Final = 0.5
"""Cosine: what is less alike explains nothing."""


class SlowLane:
    """Judges what the fast model is not sure of; or all."""

    def __init__(
        self,
        model: SlowModel,
        fast: Model,
        book: RuleBook,
        base: Base | None = None,
        departments: Sequence[DepartmentWords] = (),
    ) -> None:
        mine, theirs = model.card.heads, fast.manifest.heads
        if mine[:-1] != theirs[:-1] or theirs[-1].labels[: len(mine[-1].labels)] != mine[-1].labels:
            raise Misconfigured(
                "the slow model answers other questions than the fast one: train it anew (ouvidor model tune)"
            )
        base = base or load_base()
        layers = [whole_layer(full_layer(base, at)) for at in range(model.card.layers)]
        self._model, self._width = model, base.width * len(model.card.taps)
        self._last = slice(self._width - base.width, self._width)
        self._encoder = Encoder(base, model.graph, [*layers, *model.layers])
        self._rules, self._fast = Rules(book), FastModel(fast, departments)
        self._where, self._areas = places(theirs), theirs[-1].labels
        seat = self._fast.seat
        self._meanings = (
            Meanings([self.embed(phrases)[:, self._last] for phrases in seat.phrases], self._unit) if seat else None
        )
        self.version = ClassifierVersion(name=NAME, version=model.card.version, hash=model.hash)

    def embed(self, texts: Sequence[str]) -> Floats:
        """Give a row of numbers for each text: the means of its tokens behind each of the layers that are tapped."""
        cut = self._encoder.cut([read_words(text) for text in texts])
        return means_of(self._encoder.encoded(cut), len(cut), self._width)

    def judge(self, said: Sequence[Judged], version: ClassifierVersion | None = None) -> list[Verdict]:
        """Judge utterances. `version`: whose name the verdicts bear, where it is not this lane's alone."""
        if not said:
            return []
        before = [self._rules.judge(one) for one in said]
        heard = [self._fast.hear(said[part], before[part]) for part in portions(said)]
        alike = np.vstack([one.alike for one in heard])
        grounded = [ground for one in heard for ground in one.grounded]
        rows = self.embed([one.text for one in said])
        outputs = self._together(np.vstack([one.outputs for one in heard]), rows, before)
        thresholds, about = self._model.card.thresholds, None
        if self._fast.seat is not None and self._meanings is not None:
            about = [
                self._fast.seat.choose(outputs[place], thresholds, alike[place], self._meanings.alike(row))
                for place, row in enumerate(rows[:, self._last])
            ]
        found: list[Verdict] = []
        for place, decided in enumerate(decide(outputs, self._where, self._areas, thresholds, about)):
            verdict = before[place]
            if said[place].automatic:
                found.append(verdict.model_copy(update={"classifier": version or self.version}))
                continue
            alike_ones = self._alike(rows[place, self._last], decided.kind)
            later = decided.verdict(alike_ones, self.version, grounded=grounded[place])
            found.append(raised(verdict, later, version or self.version, self._rules.book.leaning))
        return found

    def _together(self, heard: Floats, rows: Floats, before: Sequence[Verdict]) -> Floats:
        model = self._model
        # areas that a house taught the fast model stand last: of these the slow one knows nothing
        fast, taught = np.hsplit(heard, [model.upon.rows.shape[1]])
        slow = model.upon(rows)
        both = stacked(model.card.stack, model.card.heads, fast.astype(np.float64), slow, spoken_of(before))
        if model.house is not None:
            both += model.house(rows)
        return np.hstack([both, taught]).astype(np.float32)

    def _alike(self, row: Floats, kind: Kind) -> tuple[Evidence, ...]:
        """Show what is most alike among the training's messages of this kind: the package's, no customer's words."""
        examples, kinds, texts = self._examples
        likeness = np.where(kinds == kind, examples @ (row / max(float(np.linalg.norm(row)), 1e-9)), -1.0)
        return tuple(
            Evidence(
                start=0,
                end=0,
                label=f"kind:{kind}",
                source=f"slow model: alike ({likeness[place]:.2f}): {_short(texts[place])}",
            )
            for place in np.argsort(-likeness)[:_ALIKE].tolist()
            if likeness[place] >= _LEAST
        )

    @cached_property
    def _unit(self) -> Floats:
        rows = self._model.examples.astype(np.float32)
        found: Floats = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return found

    @cached_property
    def _examples(self) -> tuple[Floats, "np.ndarray[tuple[int], np.dtype[np.str_]]", list[str]]:
        rows = self._unit
        known = {one.id: one for one in own_examples("train", "scarce")}
        kept = [place for place, name in enumerate(self._model.names) if name in known]
        told = [known[self._model.names[place]] for place in kept]
        return rows[kept], np.array([str(one.kind) for one in told]), [one.text for one in told]


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _SHOWN else words[: _SHOWN - 1].rstrip() + "…"
