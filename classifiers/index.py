"""The index: which phrases stand where, found by their first words, so that thousands cost little more than ten.

A text is cut into words once; each word is looked up with the next, and only the phrases that may begin with them are
tried there. What a pair may begin is remembered between messages, up to a bound: people use the same words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from classifiers.phrases import First, Phrase

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
    pattern: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class _Begin:
    """A phrase that may begin with a word, if one of these words follows; `None`: whatever follows."""

    number: int
    exact: frozenset[str] | None
    open: tuple[str, ...]

    def before(self, after: str) -> bool:
        return self.exact is None or after in self.exact or after.startswith(self.open)


class Index:
    """Phrases by their first words."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self._tries = [_Try(number, one.pattern, one.at_start) for number, one in enumerate(phrases)]
        self._exact: dict[str, list[_Begin]] = {}
        self._open: dict[str, list[_Begin]] = {}
        for number, phrase in enumerate(phrases):
            for first, seconds in phrase.firsts.items():
                begins = (self._open if first.open else self._exact).setdefault(first.word, [])
                begins.append(_begin(number, seconds))
        self._lengths = sorted({len(word) for word in self._open})
        self._known: dict[str, tuple[_Begin, ...]] = {}
        self._known_pairs: dict[tuple[str, str], tuple[_Try, ...]] = {}

    def _begins(self, word: str) -> tuple[_Begin, ...]:
        begins = list(self._exact.get(word, ()))
        for length in self._lengths:
            if length > len(word):
                break
            begins += self._open.get(word[:length], ())
        found = tuple(begins)
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        if len(word) <= _LONGEST_REMEMBERED:
            self._known[word] = found
        return found

    def _begins_before(self, word: str, after: str) -> tuple[_Try, ...]:
        """Give what may begin with a word that is followed by another."""
        begins = self._known.get(word)
        if begins is None:
            begins = self._begins(word)
        found = tuple(self._tries[number] for number in sorted({one.number for one in begins if one.before(after)}))
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


def _begin(number: int, seconds: frozenset[First] | None) -> _Begin:
    if seconds is None:
        return _Begin(number, None, ())
    return _Begin(
        number,
        frozenset(second.word for second in seconds if not second.open),
        tuple(sorted(second.word for second in seconds if second.open)),
    )
