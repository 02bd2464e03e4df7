"""The index: which phrases stand where, found by the rarest of their words: thousands cost little more than ten.

"Vou levar isso ao Procon" begins with a word that half of all messages hold, but without "Procon" it is not there. So a
phrase is listed under one of its *anchors*: of the pieces that it cannot do without, the one whose words are the least
usual (`usual.py`). Where a word of it stands, the few words before it are looked at: only from one that may begin the
phrase the pattern is tried. What a word anchors and begins is remembered between messages, up to a bound: people use
the same words, but seldom the same pairs of words, which is why nothing is remembered of pairs.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, NamedTuple

from classifiers.phrases import Anchor, First, Phrase
from classifiers.usual import how_usual

__all__ = ["Hit", "Index", "Words", "cut"]

_WORD = re.compile(r"(\w+)")
_REMEMBERED: Final = 50_000
_LONGEST_REMEMBERED: Final = 40
_PAIR: Final = 0.15
_LOOK: Final = 0.4
_BACK: Final = 0.08
_ANYWHERE: Final = 3.0

Hit = tuple[int, int, int]
"""Start, end (exclusive), and which word it begins with."""
_Place = tuple[int, int, int]
"""Which word it begins with, the phrase's number, end."""


class Words(NamedTuple):
    """A folded text, cut into words."""

    text: str
    words: Sequence[str]
    starts: Sequence[int]
    """Where each word starts, and behind the last one the text's end."""
    ends: Sequence[int]


def cut(text: str) -> Words:
    """Cut a folded text into words."""
    parts = _WORD.split(text)
    ends = list(accumulate(map(len, parts)))
    return Words(text, parts[1::2], ends[::2], ends[1::2])


class _Try:
    """A phrase that is to be tried. Its pattern is compiled when it first is: many never are."""

    __slots__ = ("_source", "match", "number", "reach")

    def __init__(self, number: int, source: str, reach: int | None) -> None:
        self.number, self.reach, self._source = number, reach, source
        self.match: Callable[[str, int], re.Match[str] | None] = self._first_match

    def _first_match(self, text: str, start: int) -> re.Match[str] | None:
        self.match = re.compile(self._source).match
        return self.match(text, start)


@dataclass(frozen=True, slots=True)
class _Begin:
    """A phrase whose anchor is its first word, and which words may follow that; `None`: whatever follows."""

    one: _Try
    exact: frozenset[str] | None
    open: tuple[str, ...]


class _Entry:
    """What is listed under a word, or under what words begin with."""

    __slots__ = ("begins", "behind", "starts", "whole")

    def __init__(self) -> None:
        self.whole: list[int] = []
        self.begins: list[_Begin] = []
        self.behind: list[_Try] = []
        self.starts: list[int] = []
        """Phrases that begin so, and are anchored elsewhere."""


class _Listed:
    """Entries by words: exact ones, and ones that go on in any way."""

    def __init__(self) -> None:
        self._exact: dict[str, _Entry] = {}
        self._open: dict[str, _Entry] = {}
        self._lengths: list[int] = []

    def under(self, word: First) -> _Entry:
        """Give a word's entry, an empty one if there was none."""
        where = self._open if word.open else self._exact
        if word.word not in where:
            where[word.word] = _Entry()
            if word.open and len(word.word) not in self._lengths:
                self._lengths = sorted((*self._lengths, len(word.word)))
        return where[word.word]

    def of(self, word: str) -> list[_Entry]:
        """Give what is listed under a word, and under its beginnings."""
        found: list[_Entry] = []
        for length in self._lengths:
            if length > len(word):
                break
            if (begin := word[:length]) in self._open:
                found.append(self._open[begin])
        return [self._exact[word], *found] if word in self._exact else found


class _Anchored(NamedTuple):
    """What a word anchors."""

    whole: tuple[int, ...]
    """Phrases that are said by this word alone."""
    behind: tuple[_Try, ...]
    """Phrases that begin some words before, or here."""
    always: tuple[_Try, ...]
    """Phrases that may begin here, whatever follows."""
    before: Mapping[str, tuple[_Try, ...]]
    """Phrases that may begin here, by the word that follows: those that do whatever follows, too."""
    before_open: tuple[tuple[str, _Try], ...]
    """Phrases that may begin here, by the beginning of the word that follows."""
    openings: tuple[str, ...]


_Known = tuple[frozenset[int], _Anchored | None]
"""The phrases that a word may begin where they are anchored elsewhere, and what it anchors itself."""
_NOTHING: Final[_Known] = (frozenset(), None)


class _Remembered(dict[str, _Known]):
    """What is known of a word, found out when it is first asked for."""

    def __init__(self, find: Callable[[str], _Known]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, word: str) -> _Known:
        found = self._find(word)
        if len(self) >= _REMEMBERED:
            self.clear()
        if len(word) <= _LONGEST_REMEMBERED:
            self[word] = found
        return found


class Index:
    """Phrases by the words that anchor them."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self._listed = _Listed()
        self._at_start: dict[int, _Try] = {}
        for number, phrase in enumerate(phrases):
            self._list(number, phrase, _cheapest(phrase))
        self._known = _Remembered(self._know)

    def _list(self, number: int, phrase: Phrase, anchor: Anchor) -> None:
        if phrase.pattern is None and not phrase.at_start:
            for first in phrase.firsts:
                self._listed.under(first).whole.append(number)
            return
        one = _Try(number, phrase.pattern or r"\w+", anchor.reach)
        if anchor.reach == 0 and not phrase.at_start:
            for first, seconds in phrase.firsts.items():
                self._listed.under(first).begins.append(_begin(one, seconds))
            return
        for first in phrase.firsts:
            self._listed.under(first).starts.append(number)
        if phrase.at_start:
            self._at_start[number] = one
        else:
            for word in anchor.words:
                self._listed.under(word).behind.append(one)

    def _know(self, word: str) -> _Known:
        entries = self._listed.of(word)
        if not entries:
            return _NOTHING
        return frozenset(number for entry in entries for number in entry.starts), _anchored(entries)

    def find(self, words: Words) -> dict[int, list[Hit]]:
        """Give every phrase's hits, by its number: phrases in the order of their first hit, hits in the text's."""
        found: set[_Place] = set()
        anywhere: dict[_Try, int] = {}
        text, said, starts, ends = words
        known = list(map(self._known.__getitem__, said))
        followed = [*said[1:], ""]
        for place, (_, anchored) in enumerate(known):
            if anchored is None:
                continue
            whole, behind, always, before, before_open, openings = anchored
            for number in whole:
                found.add((place, number, ends[place]))
            after = followed[place]
            tries = before.get(after, always)
            if openings and after.startswith(openings):
                tries += tuple([one for begin, one in before_open if after.startswith(begin)])
            for one in tries:
                if match := one.match(text, starts[place]):
                    found.add((place, one.number, match.end()))
            if behind:
                _look_back(behind, place, words, known, found, anywhere)
        for one, place in anywhere.items():
            found.update(_hits_of(one, words, known, place + 1))
        for number in self._at_start.keys() & known[0][0] if known else ():
            found.update(_hits_of(self._at_start[number], words, known, 1))
        return _by_phrase(found, starts)


def _by_phrase(found: Iterable[_Place], starts: Sequence[int]) -> dict[int, list[Hit]]:
    hits: dict[int, list[Hit]] = {}
    for place, number, end in sorted(found):
        hits.setdefault(number, []).append((starts[place], end, place))
    return hits


def _anchored(entries: Sequence[_Entry]) -> _Anchored | None:
    whole = dict.fromkeys(number for entry in entries for number in entry.whole)
    begins = [begin for entry in entries for begin in entry.begins]
    behind = dict.fromkeys(one for entry in entries for one in entry.behind)
    if not (whole or begins or behind):
        return None
    before: dict[str, dict[_Try, None]] = {}
    for begin in begins:
        for after in begin.exact or ():
            before.setdefault(after, {})[begin.one] = None
    always = tuple(dict.fromkeys(begin.one for begin in begins if begin.exact is None))
    return _Anchored(
        tuple(whole),
        tuple(behind),
        always,
        {after: (*always, *ones) for after, ones in before.items()},
        tuple((after, begin.one) for begin in begins for after in begin.open),
        tuple({after for begin in begins for after in begin.open}),
    )


def _look_back(  # noqa: PLR0917 - it is a loop of `find`, put apart
    tries: Iterable[_Try],
    place: int,
    words: Words,
    known: Sequence[_Known],
    found: set[_Place],
    anywhere: dict[_Try, int],
) -> None:
    """Find phrases that are anchored here. Those that may begin anywhere before are only noted, with the place."""
    for one in tries:
        number, reach = one.number, one.reach
        if reach is None:
            anywhere[one] = place
            continue
        for first in range(place - reach if place > reach else 0, place + 1):
            if number in known[first][0] and (match := one.match(words.text, words.starts[first])):
                found.add((first, number, match.end()))


def _hits_of(one: _Try, words: Words, known: Sequence[_Known], before: int) -> Iterator[_Place]:
    """Give a phrase's hits that begin at any word before this one."""
    for place, (begins, _) in enumerate(known[:before]):
        if one.number in begins and (match := one.match(words.text, words.starts[place])):
            yield place, one.number, match.end()


def _cheapest(phrase: Phrase) -> Anchor:
    """Choose where to look for a phrase. A piece that may be any word anchors nothing."""
    return min(
        (one for one in phrase.anchors if all(first.word for first in one.words)), key=lambda one: _cost(phrase, one)
    )


def _cost(phrase: Phrase, anchor: Anchor) -> float:
    """Tell what looking for a phrase at an anchor costs; 1: what trying a pattern at each of ten thousand words does.

    Counted once by a profile, and not very sensitive: a wrong number costs time, and never a hit.
    """
    if anchor.reach == 0:
        return sum(how_usual(one) * (1 if phrase.firsts.get(one) is None else _PAIR) for one in anchor.words)
    each = _ANYWHERE if anchor.reach is None else _LOOK + _BACK * anchor.reach
    return each * sum(map(how_usual, anchor.words))


def _begin(one: _Try, seconds: frozenset[First] | None) -> _Begin:
    if seconds is None:
        return _Begin(one, None, ())
    return _Begin(
        one,
        frozenset(second.word for second in seconds if not second.open),
        tuple(sorted(second.word for second in seconds if second.open)),
    )
