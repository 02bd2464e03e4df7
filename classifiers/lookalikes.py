"""Letters of other scripts that look like ours, and letters that stand apart: words that are hidden from a machine.

A Cyrillic or Greek letter is read as the Latin one that it looks like only where enough of the text is Latin:
Russian is to stay Russian, which is nobody's Portuguese. Letters that are set apart ("g á s", "g.á.s") are put together
where that makes no word of what people write so by themselves: "e o q" is three words. Digits for letters ("v4z4") and
signs ("g@s") are not undone: they stand in too many plates, codes and addresses.

Source: Unicode Technical Standard 39 (confusables): the letters in it that a reader would not notice.
"""

# ruff: noqa: RUF001 - letters that are easily taken for others are what this file is about

import re
from collections.abc import Iterator
from typing import Final

__all__ = ["LATIN_VARIANTS", "OTHER_SCRIPTS", "apart", "read_as_latin"]


def _pairs(*rows: str) -> dict[str, str]:
    return {row[place]: row[place + 1] for row in rows for place in range(0, len(row), 2)}


OTHER_SCRIPTS: Final = _pairs(
    # Cyrillic
    "аaвbеeёeкkмmнhоoрpсcтtуyхxѕsіiїiјjԁdһhԛqԝwѵvӏlьbгrпnиu",
    "АaВbЕeЁeКkМmНhОoРpСcТtУyХxЅsІiЇiЈjԀdҺhԚqԜwѴvӀlЬb",
    # Greek
    "αaάaβbγyεeέeηnήnιiίiκkνvοoόoρpτtυuύuχxωwώwϲcϳj",
    "ΑaΒbΕeΖzΗhΙiΚkΜmΝnΟoΡpΤtΥyΧxϹcͿj",
    # Armenian
    "օoսuհhյjոnցgլlՕoՍu",
)
"""Letters of other scripts, and what they look like, in lower case."""

LATIN_VARIANTS: Final = {
    **_pairs(
        "ıiȷjłlŁløoØođdĐdħhŧtɑaɡgɩiƒfǝeəeɐaɔcʇtɹrʌv",
        "ᴀaʙbᴄcᴅdᴇeꜰfɢgʜhɪiᴊjᴋkʟlᴍmɴnᴏoᴘpʀrꜱsᴛtᴜuᴠvᴡwʏyᴢz",
    ),
    **{chr(first + place): chr(97 + place) for first in (0x1F1E6, 0x1F150, 0x1F170) for place in range(26)},
}
"""Forms of our own letters that Unicode does not take apart: small capitals, letters in circles, squares and flags."""

_TO_LATIN: Final = {ord(letter): plain for letter, plain in OTHER_SCRIPTS.items()}
_SIGNS: Final = r" .\-*/|"
_APART = re.compile(rf"(?<![^\W_])[^\W\d_]([{_SIGNS}])[^\W\d_](?:\1[^\W\d_])+(?![^\W_])")
_ENDS_APART = re.compile(rf"([{_SIGNS}])[^\W\d_]\1[^\W\d_](?![^\W_])")
"""How every run of `_APART` ends: a search that stops at signs alone takes a third of the time."""
_PAIR = re.compile(r"(?<=[ ]{2})[^\W\d_] [^\W\d_](?=[ ]{2})|(?<![^\W_])[^\W\d_][.\-*/|][^\W\d_](?![^\W_])")
"""Words of two letters: taken for such only beside longer ones that stand apart."""
_WRITTEN_ALONE: Final = frozenset("aeioudcqnpsmkjtvhx")
"""Words and abbreviations of one letter: a few of them in a row are no word that was taken apart."""
_FEW: Final = 4
_MOST_FOREIGN: Final = 3
"""To one Latin letter: who changes every letter that can be changed has one and a half; Russian has far more."""


def read_as_latin(text: str) -> str:
    """Give the text with look-alikes as what they look like, character for character, where enough of it is Latin."""
    foreign = sum(map(OTHER_SCRIPTS.__contains__, text))
    latin = sum(character.isascii() and character.isalpha() for character in text)
    return text.translate(_TO_LATIN) if 0 < foreign < _MOST_FOREIGN * latin else text


def apart(folded: str) -> Iterator[int]:
    """Give the places of the signs between letters that stand apart in one word."""
    if _ENDS_APART.search(folded) is None:
        return
    found = False
    for run in _APART.finditer(folded):
        letters = run[0][::2]
        if run[1] == " " and len(letters) <= _FEW and (_WRITTEN_ALONE.issuperset(letters) or letters[1:-1] == "e"):
            continue
        found = True
        yield from range(run.start() + 1, run.end(), 2)
    if found:
        yield from (pair.start() + 1 for pair in _PAIR.finditer(folded))
