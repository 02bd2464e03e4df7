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
bounded, and a phrase is tried only where its first word stands (`index.py`).
"""

import re
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final, TypeAlias

from classifiers.normalise import fold_words

__all__ = ["First", "Phrase", "PhraseError", "compile_phrase"]

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
class Phrase:
    """A phrase, to be tried at the start of a word. `pattern` is a regular expression; None: the word says all."""

    source: str
    firsts: frozenset[First]
    pattern: str | None
    at_start: bool = False
    """True: only the message's first word is meant."""
    seconds: frozenset[First] | None = None
    """What the word after the first may be: most tries end here, cheaply. None: not known."""


class _State(Enum):
    """How the first word of a piece goes on."""

    GROWS = auto()  # letters that are glued to it belong to it
    DONE = auto()  # the word is whole
    OPEN = auto()  # any ending may follow


_Heads: TypeAlias = frozenset[tuple[str, _State]]
_NUMBER_HEADS: Final[_Heads] = frozenset(
    [(digit, _State.OPEN) for digit in "0123456789"] + [(word, _State.DONE) for word in _NUMBER_WORDS]
)
_ENDS = frozenset({"|", ")", "$"})


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a phrase: its regular expression, how it may begin, and whether its first word says all."""

    pattern: str
    heads: _Heads
    plain: bool = True
    optional: bool = False
    gap: int = 0
    seconds: _Heads | None = None


def _glue(left: _Heads, right: _Heads) -> _Heads:
    return frozenset(
        (word + more, then) if state is _State.GROWS else (word, state) for word, state in left for more, then in right
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
        found = _Part("", frozenset({("", _State.GROWS)}))
        while not self.ends_item():
            part = self.part()
            if part.optional and not found.pattern and self.ends_item():
                return part
            pattern, heads = part.pattern, part.heads
            if part.optional:
                pattern, heads = f"{pattern}?", heads | {("", _State.GROWS)}
            found = _Part(found.pattern + pattern, _glue(found.heads, heads), found.plain and part.plain)
        return found

    def part(self) -> _Part:
        sign = self.take()
        if sign == "(":
            group = self.group()
            if self.peek() == "?":
                self.take()
                group = replace(group, optional=True)
            return group
        if sign == "*":
            return _Part(r"\w*+", frozenset({("", _State.OPEN)}))
        if sign == "#":
            return _Part(_NUMBER, _NUMBER_HEADS, plain=False)
        if sign[0] == "{":
            low, high = map(int, sign[1:-1].split("-"))
            numbers = [str(number) for number in range(low, high + 1)]
            return _Part(f"(?:{'|'.join(numbers)})", frozenset((number, _State.DONE) for number in numbers))
        if sign[0].isalnum():
            first = re.split(r"[.\-/]", sign)[0]
            whole = first == sign
            state = _State.GROWS if whole else _State.DONE
            return _Part(re.escape(sign), frozenset({(first, state)}), plain=whole)
        raise PhraseError(f"{self.source!r}: {sign!r} stands where it means nothing")

    def group(self) -> _Part:
        found = self.sequence()
        while (sign := self.take()) == "|":
            other = self.sequence()
            found = _Part(f"{found.pattern}|{other.pattern}", found.heads | other.heads, found.plain and other.plain)
        if sign != ")":
            raise PhraseError(f"{self.source!r}: a bracket is not closed")
        return replace(found, pattern=f"(?:{found.pattern})", seconds=None)


def _join(items: list[_Part]) -> _Part:
    if len(items) == 1:
        return items[0]
    pattern, started = "", False
    heads: _Heads = frozenset()
    for item in items:
        between = _GAP + (f"(?:{_WORD}{_GAP}){{0,{item.gap}}}?" if item.gap else "")
        if not started:
            heads |= item.heads
            pattern += f"(?:{item.pattern}\\b{_GAP})?" if item.optional else f"{item.pattern}\\b"
            started = not item.optional
        elif item.optional:
            pattern += f"(?:{between}{item.pattern}\\b)?"
        else:
            pattern += f"{between}{item.pattern}\\b"
    done = frozenset((word, _State.DONE if state is _State.GROWS else state) for word, state in heads)
    return _Part(pattern, done, plain=False, seconds=_seconds(items))


def _seconds(items: list[_Part]) -> _Heads | None:
    """Give how the second word may begin, where the first is one word, always there, and no gap follows."""
    if items[0].optional or not items[0].plain:
        return None
    found: _Heads = frozenset()
    for item in items[1:]:
        if item.gap:
            return None
        found |= item.heads
        if not item.optional:
            return found
    return None


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
    firsts = _firsts(part.heads)
    if any(not first.word for first in firsts):
        raise PhraseError(f"{source!r}: its first word may be any")
    if part.plain and not at_end:
        return Phrase(source, firsts, None, at_start)
    pattern = part.pattern + r"\b" + (r"(?=\W*+\Z)" if at_end else "")
    return Phrase(source, firsts, pattern, at_start, None if part.seconds is None else _firsts(part.seconds))


def _firsts(heads: _Heads) -> frozenset[First]:
    return frozenset(First(word, open=state is _State.OPEN) for word, state in heads)
