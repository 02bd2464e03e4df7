"""A text as the finders read it: in lower case without accents, in words, with the places of the text itself.

Text as people type it is folded letter by letter, so its places are the text's own. Where it has combining accents,
characters of no width or digits of other scripts (also what hides a number from a search), it is put together first,
and `place` gives the text's own places back.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

__all__ = ["Reading", "Token", "fold"]

_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_UNSEEN: Final = frozenset(
    "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufe0e\ufe0f\ufeff\u20e3"
)
_SHOUTED: Final = 0.7


def _bare(letter: str) -> str:
    """Give a letter's folded form, of one character."""
    base = unicodedata.normalize("NFKD", letter)[:1].lower()
    return base if len(base) == 1 else letter


_LETTERS: Final = (*range(0x41, 0x5B), *range(0xC0, 0x250), *range(0x1E00, 0x1F00))
_SIGNS: Final = dict.fromkeys((0xA0, 0x2007, 0x202F), " ") | dict.fromkeys(range(0x2010, 0x2015), "-") | {0x2019: "'"}
_ALIKE: Final = dict(
    zip(
        map(ord, "авекмнорстухіјѕԁһԛԝгАВЕКМНОРСТУХІЈЅԌԚԜαερνιοκτυχγΑΒΕΖΗΙΚΜΝΟΡΤΥΧɑɡıℓ"),
        "abekmhopctyxijsdhqwrabekmhopctyxijsgqwaepviokruxyabezhikmnoptyxagil",
        strict=True,
    )
)
"""Letters of other alphabets that pass for ours: who hides a name so is read all the same."""
_TABLE: Final = {**{code: _bare(chr(code)) for code in _LETTERS}, **_ALIKE, **_SIGNS}
_ODD: Final = re.compile(
    r"[\u00ad\u00b2\u00b3\u00b9\u0300-\u036f\u061c\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u180e\u200b-\u200f"
    r"\u2060-\u2064\u2070-\u2089\u20e3\u2460-\u2468\ufe0e\ufe0f\ufeff\uff01-\uff5e\U0001d400-\U0001d7ff]"
)


def fold(words: str) -> str:
    """Give words in lower case and without accents, as a reading has them."""
    return unicodedata.normalize("NFC", words).translate(_TABLE)


class Token(NamedTuple):
    """A word: where it is in the folded text, and the word."""

    start: int
    end: int
    word: str


@dataclass(frozen=True)
class Reading:
    """A text, read."""

    text: str
    """Put together, of as many characters as `folded`."""
    folded: str
    places: tuple[int, ...] | None = None
    """Where each character stands in the text that was given; None: where it stands here."""

    @classmethod
    def of(cls, text: str) -> "Reading":
        """Read a text."""
        if _ODD.search(text) is None:
            return cls(text, text.translate(_TABLE))
        put, places = _put_together(text)
        return cls(put, put.translate(_TABLE), places)

    @cached_property
    def tokens(self) -> list[Token]:
        """The words in their order."""
        return [Token(match.start(), match.end(), match.group()) for match in _WORD.finditer(self.folded)]

    @cached_property
    def shouted(self) -> bool:
        """Is it written in capitals, so that these tell nothing?"""
        letters = [letter for letter in self.text[:2000] if letter.isalpha()]
        return bool(letters) and sum(map(str.isupper, letters)) > _SHOUTED * len(letters)

    def capital(self, token: Token) -> bool:
        """Does a word begin with a capital that tells something?"""
        return not self.shouted and self.text[token.start].isupper()

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Give the places in the text that was given."""
        if self.places is None:
            return start, end
        return self.places[start], self.places[end]


def _put_together(text: str) -> tuple[str, tuple[int, ...]]:
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        if letter in _UNSEEN:
            continue
        if unicodedata.combining(letter) and letters:
            joined = unicodedata.normalize("NFC", letters[-1] + letter)
            letters[-1] = joined if len(joined) == 1 else letters[-1]
            continue
        digit = unicodedata.digit(letter, None) if letter.isdigit() else None
        wide = unicodedata.normalize("NFKC", letter) if _ODD.match(letter) else letter
        wide = wide if len(wide) == 1 else letter
        letters.append(wide if digit is None else str(digit))
        places.append(place)
    return "".join(letters), (*places, len(text))
