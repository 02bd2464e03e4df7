"""The index: which phrases stand where, found by their first words, so that thousands cost little more than ten.

A text is cut into words once; each word is looked up, and only the phrases that may begin with it are tried there. What
a word may begin is remembered between messages, up to a bound: people use the same few thousand words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
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


class Index:
    """Phrases by their first words."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self.phrases = tuple(phrases)
        self._exact: dict[str, list[int]] = {}
        self._open: dict[str, list[int]] = {}
        for number, phrase in enumerate(phrases):
            for first in phrase.firsts:
                (self._open if first.open else self._exact).setdefault(first.word, []).append(number)
        self._lengths = sorted({len(word) for word in self._open})
        self._known: dict[str, tuple[tuple[int, re.Pattern[str] | None, bool], ...]] = {}

    def _begins(self, word: str) -> tuple[tuple[int, re.Pattern[str] | None, bool], ...]:
        numbers = set(self._exact.get(word, ()))
        for length in self._lengths:
            if length > len(word):
                break
            numbers.update(self._open.get(word[:length], ()))
        found = tuple(
            (number, self.phrases[number].pattern, self.phrases[number].at_start) for number in sorted(numbers)
        )
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        if len(word) <= _LONGEST_REMEMBERED:
            self._known[word] = found
        return found

    def find(self, words: Words) -> dict[int, list[Hit]]:
        """Give every phrase's hits, by its number."""
        hits: dict[int, list[Hit]] = {}
        text, ends, known = words.text, words.ends, self._known
        for place, (word, start) in enumerate(zip(words.words, words.starts, strict=True)):
            phrases = known.get(word)
            if phrases is None:
                phrases = self._begins(word)
            for number, pattern, at_start in phrases:
                if at_start and place:
                    continue
                if pattern is None:
                    end = ends[place]
                elif match := pattern.match(text, start):
                    end = match.end()
                else:
                    continue
                hits.setdefault(number, []).append((start, end, place))
        return hits
