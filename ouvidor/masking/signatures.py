"""Names that close a text, and names that have a line to themselves.

What follows "atenciosamente" or "obrigada" to the end of its line is a signature; so is a line of nothing but words
with capitals near the end, whether or not any list has them.
"""

import re
from collections.abc import Iterator
from typing import Final

from ouvidor.masking.lexicon import AMBIGUOUS, CLOSERS, CONNECTORS, FIRST, LAST, NO_NAME, PLACES, ROLES, TITLES
from ouvidor.masking.masked import Found, Kind
from ouvidor.masking.name_parts import found, name_end
from ouvidor.masking.reading import Reading

__all__ = ["own_lines", "signed"]

_CALLED: Final = ROLES | TITLES
_SIGNED_TITLES: Final = _CALLED | {"cap", "r"}
_NO_LINE: Final = (NO_NAME - CONNECTORS) | CLOSERS | (PLACES - FIRST - LAST)
_LONGEST: Final = 7
_LINE_MOST: Final = 64
_SIGNATURE: Final = 120
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_NUMBERED: Final = re.compile(r"^ ?\d{1,3} ?[.)-] ?")
_STRANGE: Final = re.compile(r"[^\w .']|\d")


def own_lines(reading: Reading) -> Iterator[Found]:
    """Find names that have a line to themselves, from the second line on."""
    start = reading.folded.find("\n") + 1
    while start:
        end = reading.folded.find("\n", start)
        stop = len(reading.folded) if end < 0 else end
        if stop - start <= _LINE_MOST:
            yield from _own_line(reading, start, stop)
        start = end + 1


def _own_line(reading: Reading, start: int, stop: int) -> Iterator[Found]:
    line = reading.folded[start:stop]
    bare = _NUMBERED.sub("", line).strip(" .,-*_")
    words = list(_LETTERS.finditer(bare))
    while words and words[0].group() in _CALLED:
        words = words[1:]
    if not 1 <= len(words) <= _LONGEST or _STRANGE.search(bare):
        return
    bare = bare[words[0].start() :]
    words = list(_LETTERS.finditer(bare))
    if any(word.group() in _NO_LINE for word in words):
        return
    listed = [word.group() in FIRST or word.group() in LAST or word.group() in CONNECTORS for word in words]
    first = start + line.index(bare)
    if len(words) == 1 and bare in AMBIGUOUS and not reading.text[first].isupper():
        return
    capitals = [word.group() in CONNECTORS or reading.text[first + word.start()].isupper() for word in words]
    near_end = len(reading.folded) - stop <= _SIGNATURE
    if (words[0].group() in FIRST and (all(listed) or all(capitals))) or (
        all(capitals) and near_end and not reading.shouted
    ):
        yield Found(first, first + len(bare), Kind.NAME, bare)


def signed(reading: Reading, place: int) -> Iterator[Found]:
    """Find the name that closes a text: after a greeting, to the end of its line."""
    tokens, first = reading.tokens, place + 1
    if first >= len(tokens):
        return
    gap = reading.folded[tokens[place].end : tokens[first].start]
    if len(gap) > 12 or any(each.isdigit() for each in gap):  # noqa: PLR2004 - signs and blank lines
        return
    if tokens[first].word in CLOSERS:
        return
    while first < len(tokens) - 1 and tokens[first].word in _SIGNED_TITLES:
        first += 1
    end = name_end(reading, first, anything=False)
    if end == first:
        return
    rest = reading.folded[tokens[end - 1].end : tokens[end - 1].end + 3].lstrip(" .,!")
    known = any(token.word in FIRST for token in tokens[first:end])
    if (not rest or rest[0] in "\n-(|/,") and (known or "\n" in gap or "," in gap):
        yield found(reading, first, end, Kind.NAME)
