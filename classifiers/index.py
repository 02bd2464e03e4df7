"""The index: which phrases stand where, found by their first words, so that thousands cost little more than ten.

A text is cut into words once; each word is looked up with the next, and only the phrases that may begin with them are
tried there. What a pair may begin is remembered between messages, up to a bound: people use the same words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from classifiers.phrases import Phrase

__all__ = ["Hit", "Index", "Words", "cut"]

_WORD = re.compile(r"\w+")
_REMEMBERED: Final = 50_000
_LONGEST_REMEMBERED: Final = 40

Hit = tuple[int, int, int]
"""Start, end (exclusive), and which word it begins with."""


@dataclass(frozen=True, slots=True)
class Words:
    """A folded text, cut into words."""

    text: str
    words: Sequence[str]
    starts: Sequence[int]
    ends: Sequence[int]


def cut(text: str) -> Words:
    """Cut a folded text into words."""
    found = list(_WORD.finditer(text))
    return Words(text, [word[0] for word in found], [word.start() for word in found], [word.end() for word in found])


@dataclass(slots=True)
class _Try:
    """A phrase that may begin with a word. Its pattern is compiled when it is first tried: most never are."""

    number: int
    source: str | None
    at_start: bool
    seconds: frozenset[str] | None
    open_seconds: tuple[str, ...]
    pattern: re.Pattern[str] | None = None


class Index:
    """Phrases by their first words."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self._tries = [_try(number, phrase) for number, phrase in enumerate(phrases)]
        self._exact: dict[str, list[int]] = {}
        self._open: dict[str, list[int]] = {}
        for number, phrase in enumerate(phrases):
            for first in phrase.firsts:
                (self._open if first.open else self._exact).setdefault(first.word, []).append(number)
        self._lengths = sorted({len(word) for word in self._open})
        self._known: dict[str, tuple[_Try, ...]] = {}
        self._known_pairs: dict[tuple[str, str], tuple[_Try, ...]] = {}

    def _begins(self, word: str) -> tuple[_Try, ...]:
        numbers = set(self._exact.get(word, ()))
        for length in self._lengths:
            if length > len(word):
                break
            numbers.update(self._open.get(word[:length], ()))
        found = tuple(self._tries[number] for number in sorted(numbers))
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        if len(word) <= _LONGEST_REMEMBERED:
            self._known[word] = found
        return found

    def _begins_before(self, word: str, after: str) -> tuple[_Try, ...]:
        """Give what may begin with a word that is followed by another."""
        tries = self._known.get(word)
        if tries is None:
            tries = self._begins(word)
        found = tuple(
            one for one in tries if one.seconds is None or after in one.seconds or after.startswith(one.open_seconds)
        )
        if len(self._known_pairs) >= _REMEMBERED:
            self._known_pairs.clear()
        if len(word) + len(after) <= _LONGEST_REMEMBERED:
            self._known_pairs[word, after] = found
        return found

    def find(self, words: Words) -> dict[int, list[Hit]]:
        """Give every phrase's hits, by its number."""
        hits: dict[int, list[Hit]] = {}
        text, said, starts, ends, known = words.text, words.words, words.starts, words.ends, self._known_pairs
        for place, pair in enumerate(pairwise((*said, ""))):
            tries = known.get(pair)
            if tries is None:
                tries = self._begins_before(*pair)
            for one in tries:
                if one.at_start and place:
                    continue
                start = starts[place]
                if one.source is None:
                    end = ends[place]
                else:
                    if one.pattern is None:
                        one.pattern = re.compile(one.source)
                    match = one.pattern.match(text, start)
                    if match is None:
                        continue
                    end = match.end()
                hits.setdefault(one.number, []).append((start, end, place))
        return hits


def _try(number: int, phrase: Phrase) -> _Try:
    seconds = phrase.seconds
    if seconds is None:
        return _Try(number, phrase.pattern, phrase.at_start, None, ())
    return _Try(
        number,
        phrase.pattern,
        phrase.at_start,
        frozenset(second.word for second in seconds if not second.open),
        tuple(second.word for second in seconds if second.open),
    )
