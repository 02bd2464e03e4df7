"""Correction: what is right of a message whose verdict was not, as somebody of the house says, and why."""

from typing import Self
from uuid import UUID

from pydantic import Field, model_validator

from ouvidor.records.base import Record, Utc
from ouvidor.records.verdict import Difficulty, Flag, Kind, Severity

__all__ = ["Correction"]


class Correction(Record):
    """The data of `ouvidor.verdict.corrected.v1`. A label that is null was not corrected: nothing is said of it."""

    protocol: str | None = Field(None, description="The message's protocol number; this or `message` is there")
    message: UUID | None = Field(None, description="The message's id")
    kind: Kind | None = None
    severity: Severity | None = None
    difficulty: Difficulty | None = None
    flags: tuple[Flag, ...] | None = Field(None, description="All that are right; empty: none is")
    area: str | None = Field(None, description="Subject area; empty: none of them")
    by: str = Field(
        pattern=r"^[a-z][a-z0-9._-]{0,63}$",
        description="The role of who says so (`ombudsman`, `department.saude`), never a person's name",
    )
    why: str = Field(min_length=1, max_length=2000, description="The reason, for whoever trains or doubts it")
    at: Utc = Field(description="When it was said: of one message the newest counts")

    @model_validator(mode="after")
    def _about_something(self) -> Self:
        if self.protocol is None and self.message is None:
            raise ValueError("protocol or message is needed: nobody knows what is corrected")
        if all(label is None for label in (self.kind, self.severity, self.difficulty, self.flags, self.area)):
            raise ValueError("one of kind, severity, difficulty, flags and area is needed: nothing is corrected")
        return self
