"""What a model makes of a text: its outputs, word by word, and what it remembers of words it has met."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from itertools import pairwise
from typing import Final
from zlib import crc32

import numpy as np

from classifiers.model.features import WORD_BUCKETS, pieces_of, word_bucket
from classifiers.model.weights import Floats, Model

__all__ = ["MET_BITS", "Hearing", "met_bit"]

MET_BITS: Final = 1 << 18
_REMEMBERED: Final = 30_000


def met_bit(word: str) -> int:
    """Give the bit that tells whether training met a word. One in twenty words it never met is taken for met."""
    return crc32(word.encode("utf-8", "replace"), 1) % MET_BITS


class _Known(dict[str, int]):
    """Each word's row, learnt when it is first met."""

    def __init__(self, learn: Callable[[str], int]) -> None:
        super().__init__()
        self._learn = learn

    def __missing__(self, word: str) -> int:
        place = self[word] = self._learn(word)
        return place


class Hearing:
    """Reads with a model. Remembers what each word brings, up to a bound: people use the same few thousand words."""

    def __init__(self, model: Model) -> None:
        self._model = model
        outputs = model.words.shape[1]
        self._outputs = outputs
        # for each word: outputs by the word, outputs by its pieces, the two squares of length, and whether it was met
        self._rows = np.zeros((_REMEMBERED, 2 * outputs + 3), np.float32)
        self._known = _Known(self._learn)
        self._written: list[tuple[int, bytes]] = []
        """Of each row: the word's checksum, and what a word before it is followed by."""
        self._pairs = np.ascontiguousarray(np.concatenate([model.words, model.word_squares[:, None]], axis=1))
        self._piece_squares = model.piece_scales.astype(np.float64) ** 2
        self._signals = {name: place for place, name in enumerate(model.manifest.signals)}

    def _learn(self, word: str) -> int:
        place = len(self._written)
        row, model, outputs = self._rows[place], self._model, self._outputs
        bucket, pieces = word_bucket(word), pieces_of(word)
        row[:outputs] = model.words[bucket]
        row[outputs : 2 * outputs] = np.add.reduce(model.pieces.take(pieces, axis=0), dtype=np.float64)
        row[-3] = model.word_squares[bucket]
        row[-2] = self._square_of(pieces)
        bit = met_bit(word)
        row[-1] = model.met[bit >> 3] >> (bit & 7) & 1
        written = word.encode("utf-8", "replace")
        self._written.append((crc32(written), b" " + written))
        return place

    def _square_of(self, pieces: Sequence[int]) -> float:
        """Give the square of the pieces' length. A piece that stands twice is one that is twice as long."""
        if len(set(pieces)) == len(pieces):
            return float(self._piece_squares.take(pieces).sum())
        return float(sum(count**2 * self._piece_squares[piece] for piece, count in Counter(pieces).items()))

    def places(self, words: Sequence[str]) -> list[int]:
        """Give the remembered rows of different words, in the order of their first coming."""
        if len(self._written) + len(words) > _REMEMBERED:
            self._known.clear()
            self._written.clear()
        return list(dict.fromkeys(map(self._known.__getitem__, words)))

    def _pairs_of(self, words: Sequence[str]) -> list[int]:
        """Give what `pairs_of` gives: a checksum goes on from where the first word's ended."""
        at, written = list(map(self._known.__getitem__, words)), self._written
        pairs = dict.fromkeys(pairwise(at))
        return [crc32(written[after][1], written[word][0]) % WORD_BUCKETS for word, after in pairs]

    def outputs(self, words: Sequence[str], places: Sequence[int], signals: Collection[str]) -> tuple[Floats, float]:
        """Give the model's outputs, and the share of words that training met."""
        total = self._model.bias.copy()
        share = 0.0
        if places:
            outputs = self._outputs
            summed = np.add.reduce(self._rows.take(places, axis=0))
            by_word = summed[:outputs]
            square, piece_square, met = summed[-3:].tolist()
            if pairs := self._pairs_of(words):
                paired = np.add.reduce(self._pairs.take(pairs, axis=0))
                by_word = by_word + paired[:-1]
                square += float(paired[-1])
            total += by_word / max(square, 1e-9) ** 0.5
            total += summed[outputs : 2 * outputs] / max(piece_square, 1e-9) ** 0.5
            share = met / len(places)
        if heard := sorted(self._signals[name] for name in signals if name in self._signals):
            total += np.add.reduce(self._model.signals.take(heard, axis=0))
        return total, share

    def brought(self, places: Sequence[int], output: int) -> Floats:
        """Tell what each word brings to an output, but for the message's length."""
        rows = self._rows.take(places, axis=0)
        found: Floats = rows[:, output] / max(float(rows[:, -3].sum()), 1e-9) ** 0.5
        found += rows[:, self._outputs + output] / max(float(rows[:, -2].sum()), 1e-9) ** 0.5
        return found
