"""Who the ombudsman sees: the rule of `docs/labels.md`, clause by clause, and the name of each clause that speaks.

It is code and no part of the table, so that no edit of a table can hide a critical message; a table only adds to it.
A message that a machine wrote is not shown for want of certainty, since it is judged by nobody's rules; all the other
clauses hold for it too, because what looks like an auto-reply may be a person's cry for help.
"""

from collections.abc import Iterator
from typing import Final

from ouvidor.records import Flag, Kind, Message, Severity, Verdict

__all__ = ["ALWAYS", "clauses"]

ALWAYS: Final = (
    Flag.SELF_HARM,
    Flag.MISCONDUCT,
    Flag.DISCRIMINATION,
    Flag.PRIVACY,
    Flag.REGULATOR,
    Flag.ASKS_FOR_OMBUDSMAN,
)
"""Flags that suffice by themselves."""


def clauses(message: Message, verdict: Verdict) -> Iterator[str]:
    """Give the names of the clauses that speak for showing a message to the ombudsman."""
    if verdict.severity is Severity.CRITICAL:
        yield "critical"
    if verdict.severity is Severity.HIGH and verdict.flags:
        yield "high_with_flag"
    for flag in ALWAYS:
        if flag in verdict.flags:
            yield flag.value
    if verdict.kind is Kind.COMPLAINT and Flag.REPEAT_CONTACT in verdict.flags:
        yield Flag.REPEAT_CONTACT.value
    if not verdict.sure and message.automatic is None:
        yield "not_sure"
