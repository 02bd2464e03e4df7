"""Reading: what the rules find in a text, before anything is decided.

A rule speaks once a message, however often its words occur: an angry customer who says a thing five times has said it once.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from classifiers.index import Hit, Words, cut
from classifiers.rulebook import Rule, RuleBook

__all__ = ["AreaSign", "Reading", "Statement", "read"]

_SENTENCE_END = re.compile(r"[.!?;]+(?!\w)|\n[ ]*\n")
_CLAUSE_END = re.compile(r"[.!?;:,\n]")
_DENIALS: Final = frozenset({"nao", "nem", "nunca", "jamais", "sem", "n"})
_CANCELS: Final = frozenset({"so", "somente", "apenas", "mas", "porem", "ja", "aguento", "adianta"})
_REACH: Final = 3


@dataclass(frozen=True, slots=True)
class Statement:
    """A rule that spoke, and where (in the folded text)."""

    rule: Rule
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class AreaSign:
    """Words that speak for a subject area."""

    area: str
    weight: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was found."""

    words: Words
    statements: tuple[Statement, ...]
    areas: tuple[AreaSign, ...]


@dataclass(slots=True)
class _Sentences:
    text: str
    _ends: list[int] | None = field(default=None)

    def around(self, place: int) -> tuple[int, int]:
        """Give the sentence's beginning and end; the end includes its mark."""
        if self._ends is None:
            self._ends = [end.end() for end in _SENTENCE_END.finditer(self.text)]
        after = bisect_right(self._ends, place)
        start = self._ends[after - 1] if after else 0
        return start, self._ends[after] if after < len(self._ends) else len(self.text)


def read(book: RuleBook, text: str) -> Reading:
    """Read a folded text."""
    words = cut(text)
    hits = book.index.find(words)
    sentences = _Sentences(text)
    places = {place for number in hits for place in book.by_phrase.get(number, ())}
    spoken = []
    for place in sorted(places):
        rule = book.rules[place]
        if spans := _spans(rule, hits, words, sentences):
            spoken.append(Statement(rule, spans))
    signs = [
        AreaSign(area, weight, start, end)
        for number, found in hits.items()
        for area, weight in book.area_phrases.get(number, ())
        for start, end, _ in found
    ]
    return Reading(words, tuple(spoken), tuple(signs))


def _spans(
    rule: Rule, hits: dict[int, list[Hit]], words: Words, sentences: _Sentences
) -> tuple[tuple[int, int], ...]:
    if rule.anywhere and not any(number in hits for number in rule.anywhere):
        return ()
    if any(number in hits for number in rule.never):
        return ()
    found = {
        (start, end)
        for number in rule.any
        for start, end, place in hits.get(number, ())
        if _counts(rule, start, end, place, hits, words, sentences)
    }
    return tuple(sorted(found))


def _counts(
    rule: Rule, start: int, end: int, place: int, hits: dict[int, list[Hit]], words: Words, sentences: _Sentences
) -> bool:
    if rule.spec.asserted and _denied(words, place):
        return False
    if not rule.with_ and not rule.unless and rule.spec.question is None:
        return True
    first, last = sentences.around(start)
    if rule.spec.question is not None:
        asks = "?" in words.text[max(last - 4, end) : last]
        if asks is not rule.spec.question:
            return False
    if rule.with_ and not _within(rule.with_, hits, first, last):
        return False
    return not _within(rule.unless, hits, first, last)


def _within(numbers: frozenset[int], hits: dict[int, list[Hit]], first: int, last: int) -> bool:
    return any(first <= start < last for number in numbers for start, _, _ in hits.get(number, ()))


def _denied(words: Words, place: int) -> bool:
    """Tell whether one of the three words before, in the same clause, denies."""
    said: Sequence[str] = words.words
    for before in range(place - 1, max(place - 1 - _REACH, -1), -1):
        if _CLAUSE_END.search(words.text, words.ends[before], words.starts[before + 1]):
            return False
        if said[before] in _CANCELS:
            return False
        if said[before] in _DENIALS:
            return True
    return False
