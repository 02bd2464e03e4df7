"""Two verdicts on one message: may they be compared, and what differs? Pure.

Compared is what our models say. A verdict on which a third opinion was heard is more than that: the model in the shadow
asks nobody, and what it would have said with an opinion nobody knows. What a machine wrote no model reads.
"""

from datetime import datetime
from typing import Final, Literal

from classifiers.opinion.heeding import is_heeded
from ouvidor.records import Classified, Labels, Message, ShadowDifference, Verdict

__all__ = ["LeftOut", "difference", "why_left_out"]

LeftOut = Literal["automatic", "opinion"]

_COMPARED: Final = ("kind", "severity", "difficulty", "flags", "area", "sure")


def why_left_out(both: Classified) -> LeftOut | None:
    """Tell why a verdict cannot be compared with another model's; None: it can."""
    if both.message.automatic is not None:
        return "automatic"
    return "opinion" if is_heeded(both.verdict) else None


def difference(
    message: Message, said: Verdict, other: Verdict, since: datetime | None = None
) -> ShadowDifference | None:
    """Give what differs; null where nothing does. How certain both are does not matter, but whether they are sure."""
    if all(getattr(said, name) == getattr(other, name) for name in _COMPARED):
        return None
    return ShadowDifference(
        message=message.id, protocol=message.protocol, said=_labels(said), shadow=_labels(other), since=since
    )


def _labels(verdict: Verdict) -> Labels:
    told = {name: getattr(verdict, name) for name in _COMPARED}
    return Labels(**told, kind_confidence=verdict.confidence.kind, classifier=verdict.classifier)
