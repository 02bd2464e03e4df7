"""ShadowDifference: a message that a model in the shadow judges otherwise. Labels and ids alone, none of the words."""

from uuid import UUID

from pydantic import Field

from ouvidor.records.base import Record, Utc
from ouvidor.records.verdict import ClassifierVersion, Difficulty, Flag, Kind, Severity

__all__ = ["Labels", "ShadowDifference"]


class Labels(Record):
    """What a verdict says, without its evidence."""

    kind: Kind
    severity: Severity
    difficulty: Difficulty
    flags: tuple[Flag, ...] = ()
    area: str | None = None
    sure: bool
    kind_confidence: float = Field(ge=0, le=1)
    classifier: ClassifierVersion


class ShadowDifference(Record):
    """The data of `ouvidor.verdict.differed.v1`."""

    message: UUID
    protocol: str
    said: Labels = Field(description="The verdict that counts")
    shadow: Labels = Field(description="What the model in the shadow would have said")
    since: Utc | None = Field(None, description="Since when that model has judged, to count how many by")
