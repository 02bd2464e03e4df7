"""Folding: what rules read, and the way back to the customer's own characters.

Case, accents, letters of another form (full width, mathematical bold), look-alikes of other scripts, letters that stand
apart, invisible characters and HTML tags do not matter to a rule; the evidence must all the same point at
`Message.text`, character by character. So folding keeps a map.
Most texts fold one character to one, and then the map is a number; only where a character folds to none or several
(a zero-width space, a combining accent, a ligature) is it a list.

At most the first 20,000 and the last 5,000 characters are read, so that no text costs more than some milliseconds; the
verdict of a longer one is not sure (`judge.py`).
"""

import re
from array import array
from collections.abc import Sequence
from typing import Final, NamedTuple
from unicodedata import category, normalize

from classifiers.lookalikes import LATIN_VARIANTS, OTHER_SCRIPTS, apart, read_as_latin

__all__ = ["HEAD", "TAIL", "Folded", "fold", "fold_words"]

HEAD: Final = 20_000
TAIL: Final = 5_000

_TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,300}>")
_INVISIBLE = frozenset({"Mn", "Me", "Cf", "Cc", "Cs"})
_BLANK_LETTERS: Final = "\u115f\u1160\u2800\u3164\uffa0"
_AS: Final = {
    **LATIN_VARIANTS,
    **dict.fromkeys(_BLANK_LETTERS, ""),
    "_": " ",
    "\n": "\n",
    "\u2026": ".",
    "\u2019": "'",
    "\u2018": "'",
    "\u201c": '"',
    "\u201d": '"',
}


class _Table(dict[int, str]):
    """For `str.translate`: learns each character the first time that it is seen."""

    def __init__(self) -> None:
        super().__init__()
        self.uneven: set[str] = set()

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        self[code] = folded
        if len(folded) != 1 or chr(code) in OTHER_SCRIPTS:
            self.uneven.add(chr(code))
        return folded


def _fold_character(character: str) -> str:
    if character in _AS:
        return _AS[character]
    if character.isspace():
        return " "
    kind = category(character)
    if kind in _INVISIBLE:
        return ""
    if kind == "Pd":
        return "-"
    plain = "".join(
        part for part in normalize("NFKD", normalize("NFKD", character).casefold()) if category(part) not in _INVISIBLE
    )
    return plain if plain.strip() else " "


_TABLE = _Table()


class Folded(NamedTuple):
    """A folded text. `text` is at most `HEAD` + `TAIL` characters and what their folding adds."""

    text: str
    whole: bool
    """False: the middle was left out."""
    starts: Sequence[int] | None = None
    """Where each folded character begins in the original. None: where it stands."""
    ends: Sequence[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the original's characters of a span of the folded text (not empty, end exclusive)."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def fold_words(words: str) -> str:
    """Fold without a map: for what is compared, not pointed at."""
    return words.translate(_TABLE)


def _mask_tags(text: str) -> str:
    return _TAG.sub(lambda tag: " " * len(tag[0]), text) if "<" in text else text


def _latin_1() -> bytes:
    """Give the table of Latin-1's characters that fold to one of its own; nought stands for all others."""
    folded = [fold_words(chr(code)) for code in range(256)]
    return bytes(ord(one) if len(one) == 1 and ord(one) < 256 else 0 for one in folded)  # noqa: PLR2004 - a byte's


_LATIN_1: Final = _latin_1()


def _fold_latin(text: str) -> str | None:
    """Fold a text of Latin-1's plain characters, as nearly all are: bytes are translated ten times as fast."""
    try:
        folded = text.encode("latin-1").translate(_LATIN_1)
    except UnicodeEncodeError:
        return None
    return None if b"\0" in folded else folded.decode("latin-1")


def fold(text: str) -> Folded:
    """Fold a text, in time that is linear in what is read of it."""
    if len(text) <= HEAD + TAIL:
        masked = _mask_tags(text)
        if (latin := _fold_latin(masked)) is not None:
            return _put_together(Folded(latin, whole=True))
        folded = masked.translate(_TABLE)
        if _TABLE.uneven.isdisjoint(masked):
            return _put_together(Folded(folded, whole=True))
        return _put_together(_fold_with_map(((0, read_as_latin(masked)),), whole=True))
    tail = len(text) - TAIL
    head, end = (read_as_latin(_mask_tags(part)) for part in (text[:HEAD], text[tail:]))
    return _put_together(_fold_with_map(((0, head + "\n"), (tail, end)), whole=False))


def _put_together(folded: Folded) -> Folded:
    """Take out what stands between the letters of one word; the map learns of it."""
    out = set(apart(folded.text))
    if not out:
        return folded
    kept = [place for place in range(len(folded.text)) if place not in out]
    starts, ends = folded.starts, folded.ends
    return Folded(
        "".join(folded.text[place] for place in kept),
        whole=folded.whole,
        starts=array("q", kept if starts is None else [starts[place] for place in kept]),
        ends=array("q", (place + 1 for place in kept) if ends is None else [ends[place] for place in kept]),
    )


def _fold_with_map(parts: tuple[tuple[int, str], ...], *, whole: bool) -> Folded:
    folded: list[str] = []
    starts, ends = array("q"), array("q")
    for offset, part in parts:
        for place, character in enumerate(part, offset):
            plain = _TABLE[ord(character)]
            if not plain:
                # An accent belongs to the letter before it; an invisible character to nothing.
                if ends and category(character)[0] == "M":
                    ends[-1] = place + 1
                continue
            for letter in plain:
                folded.append(letter)
                starts.append(place)
                ends.append(place + 1)
    return Folded("".join(folded), whole=whole, starts=starts, ends=ends)
