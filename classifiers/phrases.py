"""Phrases: the small language in which rules are written, so that who knows the customers can read and mend them.

    nao funciona            these words, in this order; case and accents do not matter
    reclam*                 a word that begins so
    (nao|nunca) recebi      one of these; alternatives may be of several words
    falta d(e|o) agua       the same inside a word
    conta (de)? luz         a part that may be missing
    pedi ~3 protocolo       up to three words in between
    ha # (dias|meses)       a number, in digits or words
    {65-99} anos            a number between these two
    ^bom dia$               the message's beginning and end

Between two words may stand spaces, commas, quotes and the like, but no end of a sentence. Regular expressions would say
more; but nobody in a department reads them, and one badly written stalls the pipeline. These cannot: each step is
bounded, and a phrase is tried only where words stand without which it is not there (`index.py`).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final, TypeAlias

from classifiers.normalise import fold_words

__all__ = ["Anchor", "First", "Phrase", "PhraseError", "compile_phrase"]

_GAP: Final = r"[^\w.!?;]{1,40}+"
_WORD: Final = r"\w++"
_NUMBER_WORDS: Final = (
    *("um", "uma", "dois", "duas", "tres", "quatro", "cinco", "seis", "sete", "oito", "nove", "dez", "onze", "doze"),
    *("quinze", "vinte", "trinta", "quarenta", "cinquenta", "sessenta", "noventa", "cem", "varios", "varias"),
    *("muitos", "muitas", "inumeros", "inumeras", "diversos", "diversas", "alguns", "algumas", "tantas"),
)
_NUMBER: Final = rf"(?:\d++(?:[.,/-]\d++)*+(?:[aox]\b)?|{'|'.join(_NUMBER_WORDS)})"
_SIGN = re.compile(r"\s+|~\d{1,2}|\{\d{1,2}-\d{1,2}\}|[a-z0-9][a-z0-9.\-/]*[a-z0-9]|[a-z0-9]|[()|*?#^$]")


class PhraseError(ValueError):
    """A phrase that cannot be read; its words say where."""


@dataclass(frozen=True, slots=True)
class First:
    """A word with which a phrase may begin; `open` where any ending may follow."""

    word: str
    open: bool


@dataclass(frozen=True, slots=True)
class Anchor:
    """Words of which one must stand in the text where a phrase does."""

    words: frozenset[First]
    reach: int | None
    """So many words of the phrase stand before it at most; None: any number, since a number may have any."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase, to be tried at the start of a word. `pattern` is a regular expression; None: the word says all."""

    source: str
    firsts: Mapping[First, frozenset[First] | None]
    """With each, what the word after it may be: most tries end here, cheaply. None: any."""
    pattern: str | None
    anchors: tuple[Anchor, ...]
    """One for each piece that may not be missing: where the rarest of them is not, the rest need not be tried."""
    at_start: bool = False
    """True: only the message's first word is meant."""


class _State(Enum):
    """How the first word of a piece goes on."""

    GROWS = auto()  # letters that are glued to it belong to it
    DONE = auto()  # the word is whole
    OPEN = auto()  # any ending may follow


_Head: TypeAlias = tuple[str, _State]
_Heads: TypeAlias = frozenset[_Head]
_Begins: TypeAlias = Mapping[_Head, _Heads]
"""How a piece may begin, and with what the word after that one."""
_DIGITS: Final = "0123456789"
_ANY: Final[_Heads] = frozenset({("", _State.OPEN)})
_FOLLOWS: Final[_Head] = ("", _State.DONE)
"""Stands for whatever follows the piece, which is a single word."""
_LAST: Final[_Heads] = frozenset({_FOLLOWS})
_NUMBERS: Final[_Begins] = {
    **{
        (digit, _State.OPEN): _LAST | {(more, _State.OPEN) for more in _DIGITS} for digit in _DIGITS
    },  # 1.000: two words
    **{(word, _State.DONE): _LAST for word in _NUMBER_WORDS},
}
_ENDS = frozenset({"|", ")", "$"})


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a phrase: its regular expression, how it may begin, and whether its first word says all."""

    pattern: str
    begins: _Begins
    plain: bool = True
    optional: bool = False
    gap: int = 0
    longest: int | None = 1
    """Of so many words at most; None: of any number."""
    anchors: tuple[tuple[_Begins, int | None], ...] = ()
    """Pieces that must be there, and how many words may stand before them, where it is more than one piece."""


def _glue(left: _Begins, right: _Begins) -> _Begins:
    single = all(after == _LAST for after in (*left.values(), *right.values()))
    return {
        ((word + more, then) if state is _State.GROWS else (word, state)): _LAST if single else _ANY
        for word, state in left
        for more, then in right
    }


def _either(*begins: _Begins) -> _Begins:
    return _merged(pair for one in begins for pair in one.items())


def _merged(begins: Iterable[tuple[_Head, _Heads]]) -> _Begins:
    found: dict[_Head, _Heads] = {}
    for head, after in begins:
        found[head] = found.get(head, frozenset()) | after
    return found


def _whole(begins: _Begins) -> _Begins:
    """Give the beginnings of a piece to which nothing is glued any more."""
    return _merged(
        ((word, _State.DONE if state is _State.GROWS else state), after) for (word, state), after in begins.items()
    )


class _Reader:
    """Reads a phrase by recursive descent: alternatives of sequences of items of parts."""

    def __init__(self, source: str) -> None:
        self.source = source
        folded = fold_words(source).strip()
        self.signs: list[str] = []
        self.at = 0
        place = 0
        while place < len(folded):
            sign = _SIGN.match(folded, place)
            if sign is None:
                raise PhraseError(f"{source!r}: {folded[place]!r} has no meaning in a phrase")
            self.signs.append(sign[0])
            place = sign.end()

    def peek(self) -> str:
        """Give the next sign; at the end, nothing."""
        return self.signs[self.at] if self.at < len(self.signs) else ""

    def take(self) -> str:
        sign = self.peek()
        self.at += 1
        return sign

    def ends_item(self) -> bool:
        sign = self.peek()
        return not sign or sign.isspace() or sign in _ENDS

    def sequence(self) -> _Part:
        items: list[_Part] = []
        gap = 0
        while (sign := self.peek()) and sign not in _ENDS:
            if sign.isspace():
                self.take()
            elif sign[0] == "~":
                gap = int(self.take()[1:])
                if not items:
                    raise PhraseError(f"{self.source!r}: a gap stands between two words")
            else:
                items.append(replace(self.item(), gap=gap))
                gap = 0
        if gap or all(item.optional for item in items):
            raise PhraseError(f"{self.source!r}: a phrase, and each alternative in it, needs a word that must be there")
        return _join(items)

    def item(self) -> _Part:
        found: _Part | None = None
        while not self.ends_item():
            part = self.part()
            if found is None and self.ends_item():
                return part
            pattern, begins = part.pattern, part.begins
            if part.optional:
                pattern, begins = f"{pattern}?", _either(begins, {("", _State.GROWS): _LAST})
            if found is None:
                found = _Part(pattern, begins, part.plain, longest=part.longest)
            else:
                found = _Part(
                    found.pattern + pattern,
                    _glue(found.begins, begins),
                    found.plain and part.plain,
                    longest=_sum(found.longest, part.longest),
                )
        return found or _Part("", {("", _State.GROWS): _LAST})

    def part(self) -> _Part:
        sign = self.take()
        if sign == "(":
            group = self.group()
            if self.peek() == "?":
                self.take()
                group = replace(group, optional=True)
            return group
        if sign == "*":
            return _Part(r"\w*+", {("", _State.OPEN): _LAST})
        if sign == "#":
            return _Part(_NUMBER, _NUMBERS, plain=False, longest=None)
        if sign[0] == "{":
            low, high = map(int, sign[1:-1].split("-"))
            numbers = [str(number) for number in range(low, high + 1)]
            return _Part(f"(?:{'|'.join(numbers)})", {(number, _State.DONE): _LAST for number in numbers})
        if sign[0].isalnum():
            first, *more = re.split(r"[.\-/]", sign)
            state, after = (_State.DONE, frozenset({(more[0], _State.DONE)})) if more else (_State.GROWS, _LAST)
            return _Part(re.escape(sign), {(first, state): after}, plain=not more, longest=1 + len(more))
        raise PhraseError(f"{self.source!r}: {sign!r} stands where it means nothing")

    def group(self) -> _Part:
        found = self.sequence()
        while (sign := self.take()) == "|":
            other = self.sequence()
            begins = _either(found.begins, other.begins)
            longest = _most(found.longest, other.longest)
            found = _Part(f"{found.pattern}|{other.pattern}", begins, found.plain and other.plain, longest=longest)
        if sign != ")":
            raise PhraseError(f"{self.source!r}: a bracket is not closed")
        return replace(found, pattern=f"(?:{found.pattern})")


def _join(items: list[_Part]) -> _Part:
    if len(items) == 1:
        return items[0]
    pattern, started = "", False
    begins: list[_Begins] = []
    anchors: list[tuple[_Begins, int | None]] = []
    before: int | None = 0
    for place, item in enumerate(items):
        between = _GAP + (f"(?:{_WORD}{_GAP}){{0,{item.gap}}}?" if item.gap else "")
        if not started:
            begins.append(_before(item.begins, items[place + 1 :]))
            pattern += f"(?:{item.pattern}\\b{_GAP})?" if item.optional else f"{item.pattern}\\b"
            started = not item.optional
        elif item.optional:
            pattern += f"(?:{between}{item.pattern}\\b)?"
        else:
            pattern += f"{between}{item.pattern}\\b"
        before = _sum(before, item.gap)
        if not item.optional:
            anchors += [(must, _sum(before, reach)) for must, reach in item.anchors or ((item.begins, 0),)]
        before = _sum(before, item.longest)
    return _Part(pattern, _either(*begins), plain=False, longest=before, anchors=tuple(anchors))


def _sum(first: int | None, second: int | None) -> int | None:
    return None if first is None or second is None else first + second


def _most(first: int | None, second: int | None) -> int | None:
    return None if first is None or second is None else max(first, second)


def _before(begins: _Begins, rest: Iterable[_Part]) -> _Begins:
    """Tell of a piece's beginnings what may come after, where other pieces follow it in a sequence."""
    follows = _seconds(rest)
    return {head: (after - _LAST) | follows if _FOLLOWS in after else after for head, after in _whole(begins).items()}


def _seconds(rest: Iterable[_Part]) -> _Heads:
    found: _Heads = frozenset()
    for item in rest:
        if item.gap:
            return _ANY
        found |= item.begins.keys()
        if not item.optional:
            return found
    return _ANY


def compile_phrase(source: str) -> Phrase:
    """Read a phrase. Raises `PhraseError` that says what is wrong with it."""
    reader = _Reader(source)
    at_start = reader.peek() == "^"
    if at_start:
        reader.take()
    part = reader.sequence()
    at_end = reader.peek() == "$"
    if at_end:
        reader.take()
    if left := reader.peek():
        raise PhraseError(f"{source!r}: {left!r} stands where it means nothing")
    firsts = {
        First(word, open=state is _State.OPEN): None if {("", _State.OPEN), _FOLLOWS} & after else _firsts(after)
        for (word, state), after in _whole(part.begins).items()
    }
    if any(not first.word for first in firsts):
        raise PhraseError(f"{source!r}: its first word may be any")
    if part.plain and not at_end:
        return Phrase(source, firsts, None, (Anchor(frozenset(firsts), 0),), at_start)
    pattern = part.pattern + r"\b" + (r"(?=\W*+\Z)" if at_end else "")
    anchors = tuple(
        Anchor(_firsts(_whole(begins).keys()), reach) for begins, reach in part.anchors or ((part.begins, 0),)
    )
    return Phrase(source, firsts, pattern, anchors, at_start)


def _firsts(heads: Iterable[_Head]) -> frozenset[First]:
    return frozenset(First(word, open=state is _State.OPEN) for word, state in heads)
