"""What a receiver answered, as far as it may be kept: short, on one line, and with nothing of the customer's in it.

A receiver's "invalid value: Maria da Silva" would bring personal data into the store's list, the log and a screen. So
what stands in the event's own values is taken out of the answer, and so are mail addresses and longer numbers. What is
left tells a technician which field was wrong, not what stood in it. Names that a receiver knows from elsewhere cannot
be known here: that is why it is short, and in no metric or log.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from pydantic_core import from_json

__all__ = ["LONGEST", "tell"]

LONGEST: Final = 200
_READ: Final = 4096
_HIDDEN: Final = "[…]"
_ADDRESS: Final = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+")
_NUMBER: Final = re.compile(r"\+?\d[\d .()/-]{3,}\d")
_WORD: Final = re.compile(r"[^\W_]{3,}")
_SPACE: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_STRUCTURE: Final = frozenset({"verdict", "dispatch", "original", "channel", "network", "language", "defects"})
"""Fields whose values are ours and not the customer's."""


def tell(answer: str | bytes, body: bytes) -> str:
    """Give what may be kept of an answer to this body."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    text = _ADDRESS.sub(_HIDDEN, _SPACE.sub(" ", text[:_READ]))
    text = _NUMBER.sub(_HIDDEN, text)
    sent = _parsed(body)
    known = {word.casefold() for value in _values(sent) for word in _WORD.findall(value)}
    known -= {word.casefold() for name in _names(sent) for word in _WORD.findall(name)}
    text = _WORD.sub(lambda found: _HIDDEN if found[0].casefold() in known else found[0], text)
    text = re.sub(rf"(?:{re.escape(_HIDDEN)}\W*){{2,}}", f"{_HIDDEN} ", text).strip()
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _parsed(body: bytes) -> Any:  # noqa: ANN401 - whatever the JSON holds
    try:
        return from_json(body)
    except ValueError:
        return body.decode("utf-8", "replace")


def _values(found: Any) -> Iterator[str]:  # noqa: ANN401 - the same
    """Give all text that stands as a value."""
    if isinstance(found, dict):
        for name, value in found.items():
            if name not in _STRUCTURE:
                yield from _values(value)
    elif isinstance(found, list):
        for value in found:
            yield from _values(value)
    elif isinstance(found, str):
        yield found


def _names(found: Any) -> Iterator[str]:  # noqa: ANN401 - the same
    """Give the names of fields."""
    if isinstance(found, dict):
        for name, value in found.items():
            yield str(name)
            yield from _names(value)
    elif isinstance(found, list):
        for value in found:
            yield from _names(value)
