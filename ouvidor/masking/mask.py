"""Masking: find what identifies a person in the texts of one message, number it, and put masks in its place.

What the texts of a message have in common has one mask in all of them: the same value, however it is written, and a
part of a name like the name. Pure. What is found twice is masked once, by the kind that tells more; where two finds
overlap, all of both is masked.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from ouvidor.masking.addresses import addresses
from ouvidor.masking.known import Known, called_by, known_people, named_before
from ouvidor.masking.lexicon import CONNECTORS
from ouvidor.masking.masked import Found, Kind, Mask, Masked, Why
from ouvidor.masking.names import names
from ouvidor.masking.numbers import numbers
from ouvidor.masking.patterns import patterns
from ouvidor.masking.reading import Reading, fold
from ouvidor.masking.spoken import spoken

__all__ = ["find", "mask", "mask_together"]

_RANK = {kind: place for place, kind in enumerate(Kind)}
_WHY = {why: place for place, why in enumerate(Why)}
_NOBODY = Known()


def mask(text: str, known: Known = _NOBODY, *, spare: Collection[Kind] = (), leaving: bool = False) -> Masked:
    """Mask a text.

    `known` are people who are looked for by name and address, `spare` is what is left as it is. A text that is
    `leaving` the house is masked more coarsely: each street with a number, each link and plate, our own protocol
    numbers too, for nobody outside has to go there.
    """
    return mask_together((text,), known, spare=spare, leaving=leaving)[0]


def mask_together(
    texts: Sequence[str], known: Known = _NOBODY, *, spare: Collection[Kind] = (), leaving: bool = False
) -> tuple[Masked, ...]:
    """Mask texts of one message: what is one value has one number in all of them."""
    readings = [Reading.of(text) for text in texts]
    found = _found_together(readings, known, leaving=leaving)
    numbering = _Numbering(known)
    return tuple(
        _put(text, reading, [each for each in finds if each.kind not in spare], numbering)
        for text, reading, finds in zip(texts, readings, found, strict=True)
    )


def find(text: str, known: Known = _NOBODY, *, leaving: bool = False) -> list[Found]:
    """Give what would be masked, by its places in the text."""
    reading = Reading.of(text)
    (found,) = _found_together([reading], known, leaving=leaving)
    return [Found(*reading.place(each.start, each.end), each.kind, each.key, each.why) for each in found]


def _found_together(readings: Sequence[Reading], known: Known, *, leaving: bool) -> list[list[Found]]:
    digits = known.digits
    first = [
        [
            *patterns(reading, every=leaving),
            *numbers(reading, digits, every=leaving),
            *_by(Why.SPOKEN, spoken(reading)),
            *_by(Why.HOME, addresses(reading, every=leaving)),
            *names(reading),
        ]
        for reading in readings
    ]
    told = {
        kind: {each.key for finds in first for each in finds if each.kind is kind} for kind in (Kind.NAME, Kind.STAFF)
    }
    for reading, finds in zip(readings, first, strict=True):
        if known.names or known.addresses:
            finds.extend(_by(Why.KNOWN, known_people(reading, known)))
        finds.extend(_by(Why.AGAIN, named_before(reading, told[Kind.NAME])))
        finds.extend(
            each._replace(kind=Kind.STAFF)
            for each in _by(Why.AGAIN, named_before(reading, told[Kind.STAFF] - told[Kind.NAME]))
        )
    return [_settled(finds) for finds in first]


def _by(why: Why, finds: Iterable[Found]) -> Iterator[Found]:
    return (each._replace(why=why) for each in finds)


def _settled(finds: Iterable[Found]) -> list[Found]:
    """Put together what overlaps."""
    settled: list[Found] = []
    for each in sorted(finds):
        if settled and each.start < settled[-1].end:
            last = settled[-1]
            best = min(last, each, key=lambda found: (_RANK[found.kind], found.start - found.end, _WHY[found.why]))
            settled[-1] = best._replace(start=last.start, end=max(last.end, each.end))
        else:
            settled.append(each)
    return settled


class _Numbering:
    """Which number a value has: in the order in which they are met, of each kind."""

    def __init__(self, known: Known) -> None:
        self._people = [(frozenset(fold(name).split()) - CONNECTORS) | called_by(name) for name in known.names]
        self._numbers: dict[tuple[Kind, str], int] = {}
        self._names: list[tuple[Kind, frozenset[str], int]] = []
        self._last: dict[Kind, int] = {}

    def of(self, found: Found) -> int:
        """Give a value's number."""
        value = (found.kind, found.key)
        if value not in self._numbers:
            self._numbers[value] = (
                self._of_name(found) if found.kind in {Kind.NAME, Kind.STAFF} else self._next(found.kind)
            )
        return self._numbers[value]

    def _of_name(self, found: Found) -> int:
        words = re.findall(r"\w+", found.key)
        said = frozenset(word for word in words if len(word) > 1) - CONNECTORS or frozenset({"".join(words)})
        parts = next((person for person in self._people if said <= person), said)
        for kind, other, number in self._names[:64]:
            if kind is found.kind and (parts <= other or other <= parts):
                return number
        number = self._next(found.kind)
        self._names.append((found.kind, parts, number))
        return number

    def _next(self, kind: Kind) -> int:
        self._last[kind] = self._last.get(kind, 0) + 1
        return self._last[kind]


def _put(text: str, reading: Reading, finds: Iterable[Found], numbering: _Numbering) -> Masked:
    pieces: list[str] = []
    masks: list[Mask] = []
    at = length = 0
    for each in finds:
        start, end = reading.place(each.start, each.end)
        pieces.append(text[at:start])
        length += start - at
        one = Mask(start, end, each.kind, numbering.of(each), length, each.why)
        masks.append(one)
        pieces.append(one.words)
        length += len(one.words)
        at = end
    pieces.append(text[at:])
    return Masked("".join(pieces), tuple(masks), text)
