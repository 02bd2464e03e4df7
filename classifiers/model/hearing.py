"""What a model makes of a text: its outputs, word by word, and what it remembers of words it has met."""

from collections.abc import Collection, Sequence
from typing import Final
from zlib import crc32

import numpy as np

from classifiers.model.features import pairs_of, pieces_of, word_bucket
from classifiers.model.weights import Floats, Model

__all__ = ["MET_BITS", "Hearing", "met_bit"]

MET_BITS: Final = 1 << 18
_REMEMBERED: Final = 30_000


def met_bit(word: str) -> int:
    """Give the bit that tells whether training met a word. One in twenty words it never met is taken for met."""
    return crc32(word.encode("utf-8", "replace"), 1) % MET_BITS


class Hearing:
    """Reads with a model. Remembers what each word brings, up to a bound: people use the same few thousand words."""

    def __init__(self, model: Model) -> None:
        self._model = model
        outputs = model.words.shape[1]
        self._outputs = outputs
        # for each word: outputs by the word, outputs by its pieces, the two squares of length, and whether it was met
        self._rows = np.zeros((_REMEMBERED, 2 * outputs + 3), np.float32)
        self._known: dict[str, int] = {}
        self._pairs = np.ascontiguousarray(np.concatenate([model.words, model.word_squares[:, None]], axis=1))
        self._signals = {name: model.signals[place] for place, name in enumerate(model.manifest.signals)}

    def _learn(self, word: str) -> int:
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        place = self._known[word] = len(self._known)
        row, model, outputs = self._rows[place], self._model, self._outputs
        bucket = word_bucket(word)
        row[:outputs] = model.words[bucket]
        buckets, counts = np.unique(pieces_of(word), return_counts=True)
        row[outputs : 2 * outputs] = counts @ model.pieces[buckets]
        row[-3] = model.word_squares[bucket]
        row[-2] = float(((counts * model.piece_scales[buckets]) ** 2).sum())
        bit = met_bit(word)
        row[-1] = model.met[bit >> 3] >> (bit & 7) & 1
        return place

    def places(self, words: Sequence[str]) -> list[int]:
        """Give the remembered rows of different words, in the order of their first coming."""
        known = self._known
        if len(known) + len(words) > _REMEMBERED:
            known.clear()
        return [known[word] if word in known else self._learn(word) for word in dict.fromkeys(words)]

    def outputs(self, words: Sequence[str], places: Sequence[int], signals: Collection[str]) -> tuple[Floats, float]:
        """Give the model's outputs, and the share of words that training met."""
        total = self._model.bias.copy()
        share = 0.0
        if places:
            outputs = self._outputs
            summed = np.add.reduce(self._rows.take(places, axis=0))
            by_word = summed[:outputs]
            square = float(summed[-3])
            if pairs := pairs_of(words):
                paired = np.add.reduce(self._pairs.take(pairs, axis=0))
                by_word = by_word + paired[:-1]
                square += float(paired[-1])
            total += by_word / max(square, 1e-9) ** 0.5
            total += summed[outputs : 2 * outputs] / max(float(summed[-2]), 1e-9) ** 0.5
            share = float(summed[-1]) / len(places)
        for name in signals:
            if (row := self._signals.get(name)) is not None:
                total += row
        return total, share

    def brought(self, places: Sequence[int], output: int) -> Floats:
        """Tell what each word brings to an output, but for the message's length."""
        rows = self._rows.take(places, axis=0)
        found: Floats = rows[:, output] / max(float(rows[:, -3].sum()), 1e-9) ** 0.5
        found += rows[:, self._outputs + output] / max(float(rows[:, -2].sum()), 1e-9) ** 0.5
        return found
