"""Reading: what the rules find in a text, before anything is decided.

A rule speaks once a message, however often its words occur: an angry customer who says a thing five times has said it
once.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from classifiers.index import Hit, Words, cut
from classifiers.rulebook import Rule, RuleBook

__all__ = ["NOTHING", "AreaSign", "Reading", "Statement", "read"]

_SENTENCE_END = re.compile(r"[.!?;\n](?:(?<!\n)[.!?;]*(?!\w)|(?<=\n)[ ]*\n)")  # begun so, it is looked for by its signs
_CLAUSE_END = re.compile(r"[.!?;:,\n]")
_DENIALS: Final = frozenset({"nao", "nem", "nunca", "jamais", "sem", "n"})
_CANCELS: Final = frozenset({"so", "somente", "apenas", "mas", "porem", "ja", "aguento", "adianta"})
_REACH: Final = 3


class Statement(NamedTuple):
    """A rule that spoke, and where (in the folded text)."""

    rule: Rule
    spans: tuple[tuple[int, int], ...]


class AreaSign(NamedTuple):
    """Words that speak for a subject area."""

    area: str
    weight: float
    start: int
    end: int


class Reading(NamedTuple):
    """All that was found."""

    words: Words
    statements: Sequence[Statement]
    areas: Sequence[AreaSign]


NOTHING: Final = Reading(cut(""), (), ())
"""What is read in no text."""


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


class _Found(NamedTuple):
    """A text with all that its phrases hit."""

    words: Words
    hits: dict[int, list[Hit]]
    sentences: _Sentences

    def within(self, numbers: frozenset[int], first: int, last: int) -> bool:
        """Tell whether one of the phrases begins in a stretch of the text."""
        if self.hits.keys().isdisjoint(numbers):
            return False
        for number in numbers & self.hits.keys():
            hits = self.hits[number]
            next_one = bisect_left(hits, (first, 0, 0))  # they stand in the text's order
            if next_one < len(hits) and hits[next_one][0] < last:
                return True
        return False

    def denied(self, place: int) -> bool:
        """Tell whether one of the three words before, in the same clause, denies."""
        words = self.words
        if _DENIALS.isdisjoint(words.words[max(place - _REACH, 0) : place]):
            return False
        for before in range(place - 1, max(place - 1 - _REACH, -1), -1):
            if _CLAUSE_END.search(words.text, words.ends[before], words.starts[before + 1]):
                return False
            if words.words[before] in _CANCELS:
                return False
            if words.words[before] in _DENIALS:
                return True
        return False


def read(book: RuleBook, words: Words) -> Reading:
    """Read a folded text."""
    found = _Found(words, book.index.find(words), _Sentences(words.text))
    by_rule: dict[int, list[Hit]] = {}
    signs: list[AreaSign] = []
    rules, areas = book.by_phrase, book.area_phrases
    for number, hits in found.hits.items():
        if number in rules:
            for place in rules[number]:
                by_rule[place] = by_rule[place] + hits if place in by_rule else hits
        if number in areas:
            for area, weight in areas[number]:
                signs += [AreaSign(area, weight, start, end) for start, end, _ in hits]
    spoken: list[Statement] = []
    for place in sorted(by_rule):
        rule = book.rules[place]
        if spans := _spans(rule, by_rule[place], found):
            spoken.append(Statement(rule, spans))
    return Reading(words, spoken, signs)


def _spans(rule: Rule, hits: Sequence[Hit], found: _Found) -> tuple[tuple[int, int], ...]:
    if rule.anywhere and found.hits.keys().isdisjoint(rule.anywhere):
        return ()
    if rule.never and not found.hits.keys().isdisjoint(rule.never):
        return ()
    return _merged([(hit[0], hit[1]) for hit in hits if _counts(rule, hit, found)])


def _merged(spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Make one of spans that overlap: two phrases of a rule often hear the same words."""
    if len(spans) <= 1:
        return tuple(spans)
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _counts(rule: Rule, hit: Hit, found: _Found) -> bool:
    start, end, place = hit
    if rule.spec.asserted and found.denied(place):
        return False
    if rule.everywhere:
        return True
    first, last = found.sentences.around(start)
    if (
        rule.spec.question is not None
        and ("?" in found.words.text[max(last - 4, end) : last]) is not rule.spec.question
    ):
        return False
    if rule.with_ and not found.within(rule.with_, first, last):
        return False
    return not found.within(rule.unless, first, last)
