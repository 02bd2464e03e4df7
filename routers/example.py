"""Tests that stand in the table: a message and its verdict, and what is expected of the table for them.

They are run whenever the table is read, so a rule that takes away what an example expects is never in force. Only what
matters needs to be written: the rest is that of a first, sure, simple request of low severity by web form. They are
tried as if every department were there: whether one is on holiday today must not break a table.
"""

from typing import Any, Final

from pydantic import Field

from ouvidor.config import Section
from ouvidor.records import Message, Verdict
from routers.department import Name
from routers.sample import EMPTY

__all__ = ["Example", "Expected"]

_MESSAGE: Final = EMPTY[0].model_dump()
_CERTAIN: Final = {"kind": 1, "severity": 1, "difficulty": 1, "flags": 1, "area": 1}
_VERDICT: Final = {**EMPTY[1].model_dump(), "kind": "request", "sure": True}


class Expected(Section):
    """What the table must say. What is not written is not looked at."""

    owner: Name | None = None
    informed: tuple[Name, ...] = ()
    """Exactly these, in any order."""
    ombudsman: bool = False
    profile: Name | None = None
    triage: bool = False
    """Must a person sort it?"""
    rule: str | None = None
    """The line that names the owner: a rule, `area:…`, `opinion:…`, `default` or `automatic`."""


class Example(Section):
    """A message, its verdict, and what is expected."""

    text: str = ""
    message: dict[str, Any] = Field(default_factory=dict)
    """Other fields of the message than its text."""
    verdict: dict[str, Any] = Field(default_factory=dict)
    expect: Expected

    def read(self) -> tuple[Message, Verdict]:
        """Make records of it. Raises pydantic's `ValidationError`, whose places begin with `message` or `verdict`."""
        message = Message.model_validate({**_MESSAGE, "text": self.text, "body": self.text, **self.message})
        given = dict(self.verdict)
        if isinstance(confidence := given.get("confidence", {}), dict):
            given["confidence"] = {**_CERTAIN, **confidence}
        return message, Verdict.model_validate({**_VERDICT, **given})
