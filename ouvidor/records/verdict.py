"""Verdict: how a message was judged, why, and how sure. The labels' meaning is `docs/labels.md`'s."""

from enum import StrEnum
from typing import Final, Self

from pydantic import Field, model_validator

from ouvidor.records.base import Record

__all__ = [
    "OPINION",
    "ClassifierVersion",
    "Confidence",
    "Difficulty",
    "Evidence",
    "Flag",
    "Kind",
    "Severity",
    "Verdict",
]

OPINION: Final = "opinion:"
"""How the source of what another house's model says begins: it was asked, and nobody here counted how often it errs."""


class Kind(StrEnum):
    """What the customer wants to happen; of a mixed message, what must happen next (in this order)."""

    COMPLAINT = "complaint"
    REQUEST = "request"
    SUGGESTION = "suggestion"
    COMPLIMENT = "compliment"
    OTHER = "other"


class Severity(StrEnum):
    """How bad it is for people if nobody acts, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Difficulty(StrEnum):
    """Who can solve it. It chooses an owner and never changes the deadline."""

    SIMPLE = "simple"
    MODERATE = "moderate"
    COMPLEX = "complex"


class Flag(StrEnum):
    """Never to be missed, whatever the kind."""

    SAFETY = "safety"
    HEALTH = "health"
    VULNERABLE_PERSON = "vulnerable_person"
    SELF_HARM = "self_harm"
    MISCONDUCT = "misconduct"
    FRAUD = "fraud"
    DISCRIMINATION = "discrimination"
    PRIVACY = "privacy"
    LEGAL_ACTION = "legal_action"
    REGULATOR = "regulator"
    PRESS = "press"
    REPEAT_CONTACT = "repeat_contact"
    ASKS_FOR_OMBUDSMAN = "asks_for_ombudsman"


class Evidence(Record):
    """A span of `Message.text` (in characters, end exclusive), and the label it speaks for."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    label: str = Field(description="`field:value`, e.g. `flags:repeat_contact`")
    source: str = Field(description="The rule or model that says so")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"a span ends where it starts or later: start {self.start}, end {self.end}")
        return self


class Confidence(Record):
    """How sure each field is: the probability that a careful reader would say the same."""

    kind: float = Field(ge=0, le=1)
    severity: float = Field(ge=0, le=1)
    difficulty: float = Field(ge=0, le=1)
    flags: float = Field(ge=0, le=1)
    area: float = Field(ge=0, le=1)


class ClassifierVersion(Record):
    """Who judged."""

    name: str
    version: str
    hash: str = Field(description="SHA-256 of the rules or weights")


class Verdict(Record):
    """How a message was judged. Where `sure` is false, a person decides."""

    kind: Kind
    severity: Severity
    difficulty: Difficulty
    flags: tuple[Flag, ...] = ()
    area: str | None = Field(None, description="Subject area, the departments' vocabulary")
    confidence: Confidence
    sure: bool
    evidence: tuple[Evidence, ...] = ()
    classifier: ClassifierVersion

    @property
    def area_by_opinion(self) -> bool:
        """Tell whether the area is what another model said when it was asked."""
        label = f"area:{self.area}"
        return any(one.label == label and one.source.startswith(OPINION) for one in self.evidence)
