"""What a model makes of a text: its outputs, word by word, and what it remembers of words it has met."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from itertools import pairwise
from typing import Final, NamedTuple
from zlib import crc32

import numpy as np

from classifiers.model.features import WORD_BUCKETS, heard_word, pieces_of, tokens, word_bucket
from classifiers.model.weights import Floats, Model

__all__ = ["MET_BITS", "Hearing", "Listened", "met_bit"]

MET_BITS: Final = 1 << 18
_REMEMBERED: Final = 30_000
_ROW_BITS: Final = 15
_LONGEST_REMEMBERED: Final = 40


def met_bit(word: str) -> int:
    """Give the bit that tells whether training met a word. One in twenty words it never met is taken for met."""
    return crc32(word.encode("utf-8", "replace"), 1) % MET_BITS


class _Word(NamedTuple):
    """What is remembered of a word."""

    place: int
    """Its row."""
    heard: str
    checksum: int
    after: bytes
    """What a word before it goes on with, in a pair: the pair's checksum goes on from the first word's."""


class Listened(NamedTuple):
    """A text's words, until the next text is listened to."""

    tokens: Sequence[str]
    places: Sequence[int]
    """The different words' rows, in the order of their first coming."""
    pairs: Sequence[int]
    """The different pairs' buckets."""


class _Known(dict[str, _Word]):
    """Words by how they are written, learnt when they are first met."""

    def __init__(self, learn: Callable[[str], _Word]) -> None:
        super().__init__()
        self._learn = learn

    def __missing__(self, token: str) -> _Word:
        heard = heard_word(token)
        word = self._learn(heard) if heard == token else self[heard]
        if len(token) <= _LONGEST_REMEMBERED:
            self[token] = word
        return word


class Hearing:
    """Reads with a model. Remembers what each word brings, up to a bound: people use the same few thousand words."""

    def __init__(self, model: Model) -> None:
        self._model = model
        outputs = model.words.shape[1]
        self._outputs = outputs
        # for each word: outputs by the word, its square of length; the same by its pieces; and whether it was met
        self._rows = np.zeros((_REMEMBERED, 2 * outputs + 3), np.float32)
        self._pairs = _beside(model.words, model.word_squares)
        self._pieces = _beside(model.pieces, model.piece_scales**2)
        self._known = _Known(self._learn)
        self._heard: list[str] = []
        self._signals = {name: place for place, name in enumerate(model.manifest.signals)}

    def _forget(self) -> None:
        self._known.clear()
        self._heard.clear()

    def _learn(self, word: str) -> _Word:
        if len(self._heard) == _REMEMBERED:
            self._forget()
        place = len(self._heard)
        row, half = self._rows[place], self._outputs + 1
        pieces = pieces_of(word)
        row[:half] = self._pairs[word_bucket(word)]
        row[half:-1] = np.add.reduce(self._pieces.take(pieces, axis=0), dtype=np.float64)
        for piece, count in Counter(pieces).items() if len(set(pieces)) < len(pieces) else ():
            row[-2] += (count**2 - count) * self._pieces[piece, -1]  # a piece that stands twice is one twice as long
        bit = met_bit(word)
        row[-1] = self._model.met[bit >> 3] >> (bit & 7) & 1
        self._heard.append(word)
        written = word.encode("utf-8", "replace")
        return _Word(place, word, crc32(written), b" " + written)

    def listen(self, folded: str) -> Listened:
        """Cut a folded text into words that are remembered."""
        said = tokens(folded)
        if len(self._known) + 2 * len(said) > _REMEMBERED:  # as it is written, and as it is heard
            self._forget()
        words = list(map(self._known.__getitem__, said))
        pairs = {
            place << _ROW_BITS | next_place: crc32(after, checksum) % WORD_BUCKETS
            for (place, _, checksum, _), (next_place, _, _, after) in pairwise(words)
        }
        return Listened(said, list(dict.fromkeys([place for place, _, _, _ in words])), list(pairs.values()))

    def outputs(self, listened: Listened, signals: Collection[str]) -> tuple[Floats, float]:
        """Give the model's outputs, and the share of words that training met."""
        _, places, pairs = listened
        total = self._model.bias.copy()
        share = 0.0
        if places:
            half = self._outputs + 1
            summed = np.add.reduce(self._rows.take(places, axis=0))
            by_word, by_piece, met = summed[:half], summed[half:-1], float(summed[-1])
            if pairs:
                by_word += np.add.reduce(self._pairs.take(pairs, axis=0))
            total += by_word[:-1] / max(float(by_word[-1]), 1e-9) ** 0.5
            total += by_piece[:-1] / max(float(by_piece[-1]), 1e-9) ** 0.5
            share = met / len(places)
        if heard := sorted(map(self._signals.__getitem__, self._signals.keys() & signals)):
            total += np.add.reduce(self._model.signals.take(heard, axis=0))
        return total, share

    def words(self, listened: Listened) -> list[str]:
        """Give the different words as they are heard."""
        return [self._heard[place] for place in listened.places]

    def brought(self, listened: Listened, output: int) -> Floats:
        """Tell what each different word brings to an output, but for the message's length."""
        rows = self._rows.take(listened.places, axis=0)
        half = self._outputs + 1
        found: Floats = rows[:, output] / max(float(np.add.reduce(rows[:, half - 1])), 1e-9) ** 0.5
        found += rows[:, half + output] / max(float(np.add.reduce(rows[:, -2])), 1e-9) ** 0.5
        return found


def _beside(table: Floats, squares: Floats) -> Floats:
    return np.ascontiguousarray(np.concatenate([table, squares[:, None]], axis=1))
