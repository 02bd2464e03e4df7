"""What a model makes of texts: its outputs, word by word, and what it remembers of words it has met.

Texts that are there together are summed together: numpy takes as long to begin a sum as to add up a text's words.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import accumulate, chain
from typing import Final, NamedTuple
from zlib import crc32

import numpy as np

from classifiers.model.features import heard_word, pieces_of, word_bucket
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
    checksum: int
    after: bytes
    """What a word before it goes on with, in a pair: the pair's checksum goes on from the first word's."""


class Listened(NamedTuple):
    """A text's words, until others are listened to."""

    places: Sequence[int]
    """The different words' rows, in the order of their first coming."""
    pairs: Sequence[int]
    """The different pairs' checksums."""


class _Known(dict[str, _Word]):
    """Words by how they are written. One that is met for the first time gets the next row, which is filled later."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []
        """Words as they are heard, by their rows."""

    def __missing__(self, token: str) -> _Word:
        heard = heard_word(token)
        word = self._met(heard) if heard == token else self[heard]
        if len(token) <= _LONGEST_REMEMBERED:
            self[token] = word
        return word

    def _met(self, word: str) -> _Word:
        self.heard.append(word)
        written = word.encode("utf-8", "replace")
        return _Word(len(self.heard) - 1, crc32(written), b" " + written)


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
        self._known = _Known()
        self._signals = {name: place for place, name in enumerate(model.manifest.signals)}

    def listen(self, said: Sequence[Sequence[str]]) -> list[Listened]:
        """Remember the words of folded texts, of a portion at most."""
        if len(self._known) + 2 * sum(map(len, said)) > _REMEMBERED:  # as they are written, and as they are heard
            self._known = _Known()
        first = len(self._known.heard)
        listened = [self._listened(one) for one in said]
        if new := self._known.heard[first:]:
            self._learn(new, self._rows[first : first + len(new)])
        return listened

    def _learn(self, words: Sequence[str], rows: Floats) -> None:
        """Fill the rows of words that were just met."""
        half, pieces = self._outputs + 1, list(map(pieces_of, words))
        rows[:, :half] = self._pairs.take(list(map(word_bucket, words)), axis=0)
        rows[:, half:-1] = _sums(self._pieces, pieces, np.float64)
        for row, one in zip(rows, pieces, strict=True):
            if len(set(one)) < len(one):
                for piece, count in Counter(one).items():  # a piece that stands twice is one twice as long
                    row[-2] += (count**2 - count) * self._pieces[piece, -1]
        bits = np.array(list(map(met_bit, words)))
        rows[:, -1] = self._model.met[bits >> 3] >> (bits & 7) & 1

    def _listened(self, said: Sequence[str]) -> Listened:
        if not said:
            return Listened((), ())
        places, checksums, afters = zip(*map(self._known.__getitem__, said), strict=True)
        return Listened(list(dict.fromkeys(places)), list(dict.fromkeys(map(crc32, afters[1:], checksums))))

    def outputs(self, listened: Sequence[Listened], signals: Sequence[Collection[str]]) -> tuple[Floats, list[float]]:
        """Give the model's outputs, a row a text, and the share of each one's words that training met."""
        half = self._outputs + 1
        summed = _sums(self._rows, [one.places for one in listened])
        by_word, by_piece = summed[:, :half], summed[:, half:-1]
        by_word += _sums(self._pairs, [one.pairs for one in listened])
        total = np.tile(self._model.bias, (len(listened), 1))
        for by in (by_word, by_piece):
            total += by[:, :-1] / np.sqrt(np.maximum(by[:, -1:], 1e-9))
        known = self._signals.get
        total += _sums(
            self._model.signals, [[at for name in one if (at := known(name)) is not None] for one in signals]
        )
        met = [share / max(len(one.places), 1) for share, one in zip(summed[:, -1].tolist(), listened, strict=True)]
        return total, met

    def words(self, listened: Listened) -> list[str]:
        """Give the different words as they are heard."""
        return [self._known.heard[place] for place in listened.places]

    def brought(self, listened: Listened, output: int) -> Floats:
        """Tell what each different word brings to an output, but for the message's length."""
        rows = self._rows.take(listened.places, axis=0)
        half = self._outputs + 1
        found: Floats = rows[:, output] / max(float(np.add.reduce(rows[:, half - 1])), 1e-9) ** 0.5
        found += rows[:, half + output] / max(float(np.add.reduce(rows[:, -2])), 1e-9) ** 0.5
        return found


def _sums(table: Floats, rows: Sequence[Sequence[int]], by: type[np.floating] = np.float32) -> Floats:
    """Sum up rows of a table for each of some; a number beyond its end is counted from its beginning."""
    if not all(rows):  # a sum of none is none that numpy knows
        found = np.zeros((len(rows), table.shape[1]), np.float32)
        if some := [at for at, one in enumerate(rows) if one]:
            found[some] = _sums(table, [rows[at] for at in some], by)
        return found
    ends = list(accumulate(map(len, rows)))
    taken = np.fromiter(chain.from_iterable(rows), np.int64, ends[-1]) % len(table)
    summed: Floats = np.add.reduceat(table.take(taken, axis=0), [0, *ends[:-1]], axis=0, dtype=by)
    return summed


def _beside(table: Floats, squares: Floats) -> Floats:
    return np.ascontiguousarray(np.concatenate([table, squares[:, None]], axis=1))
