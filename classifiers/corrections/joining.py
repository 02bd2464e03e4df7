"""From corrections and messages to lines that `ouvidor model train --corrections` learns from. Pure.

Of one message the newest correction of each label counts: who corrects the severity today does not take back what was
said of the kind last week.
"""

from collections.abc import Iterable
from functools import reduce
from typing import Any, Final

from ouvidor.records import Correction, Message

__all__ = ["Wanted", "line_of", "newest"]

_LABELS: Final = {"kind", "severity", "difficulty", "flags", "area"}


class Wanted:
    """The messages that were corrected, by protocol number or id, and which of them were not found yet."""

    def __init__(self, corrections: Iterable[Correction]) -> None:
        self.corrections = newest(corrections)
        self._about = {about: one for one in self.corrections for about in _abouts(one)}
        self._needs_ids = any(one.protocol is None for one in self.corrections)

    @property
    def missing(self) -> int:
        """How many were not found yet."""
        return len({id(one) for one in self._about.values()})

    def may_be(self, protocol: str | None) -> bool:
        """Tell, by its protocol number alone, whether a message is worth reading."""
        return bool(self._about) if self._needs_ids else protocol in self._about

    def take(self, message: Message) -> Correction | None:
        """Give the correction of a message, the first time that it is found."""
        mine = [one for about in (message.protocol, message.id) if (one := self._about.get(about)) is not None]
        if not mine:
            return None
        for one in mine:
            for about in _abouts(one):
                self._about.pop(about, None)
        return reduce(_merged, sorted(mine, key=lambda one: one.at))


def newest(corrections: Iterable[Correction]) -> list[Correction]:
    """Give one correction a message, of each label the newest; of one moment, in the order in which they come."""
    found: dict[object, Correction] = {}
    for one in sorted(corrections, key=lambda one: one.at):
        earlier = {id(known): known for about in _abouts(one) if (known := found.get(about)) is not None}
        merged = reduce(_merged, (*sorted(earlier.values(), key=lambda known: known.at), one))
        found.update(dict.fromkeys(_abouts(merged), merged))
    return list({id(one): one for one in found.values()}.values())


def _abouts(one: Correction) -> list[object]:
    return [about for about in (one.protocol, one.message) if about is not None]


def _merged(earlier: Correction, later: Correction) -> Correction:
    said = {name: value for name in Correction.model_fields if (value := getattr(later, name)) is not None}
    return earlier.model_copy(update=said)


def line_of(correction: Correction, message: Message) -> dict[str, Any]:
    """Give the line to train on: the text, the labels that are right, and what it came from."""
    return {
        "id": str(message.id),
        "protocol": message.protocol,
        "text": message.text,
        **correction.model_dump(mode="json", include=_LABELS, exclude_none=True),
        "channel": message.channel,
        **({"language": message.language} if message.language else {}),
        "by": correction.by,
        "why": correction.why,
    }
