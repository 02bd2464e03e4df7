"""How much an HTML document says at most: told in a sixth of the time that reading it for its text takes.

Nearly every mail has its words twice, as plain text and as HTML, and the HTML is used only where it says several times
more (`bodies.py`). The bound is never too low: what is hidden counts, and so does every attribute that may give words.
"""

import re
from typing import Final

from ingest.email.content import letters
from ingest.email.html_tokens import tokens

__all__ = ["letters_at_most"]

_LINK: Final = re.compile(r"https?://[^\s\"'<>]+", re.IGNORECASE)
_GIVE_WORDS: Final = frozenset({"a", "img", "li", "ol"})
"""Elements that put something before or after the words: a link's target, a picture's name, an item's number."""
_LONGEST_NUMBER: Final = 6


def letters_at_most(html: str) -> int:
    """Give how many letters and digits a document says at most, links aside."""
    words: list[str] = []
    numbers = 0
    for token in tokens(html):
        if isinstance(token, str):
            words.append(token)
        elif token.name in _GIVE_WORDS:
            numbers += _LONGEST_NUMBER
            words.append(_LINK.sub("", token.inside) if "://" in token.inside else token.inside)
    return numbers + letters("".join(words))
