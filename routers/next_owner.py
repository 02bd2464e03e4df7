"""Who gets what was handed back. Pure, and always an answer.

The department that handed it back has read the message, so whom it proposes comes first; then what the table would have
said next: the other rules that hold, the area's department, the default one. Nobody gets it twice. After two rounds, or
where nobody is left, the ombudsman has it: a message that wanders is itself a matter for the ombudsman. So has it a
message about misconduct which no rule gives to anybody else: its area's department may be who is accused.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from ouvidor.records import CaseHandedBack, Flag, Message, Verdict
from routers.compiled import Table
from routers.decision import decide

__all__ = ["OMBUDSMAN", "ROUNDS", "Next", "next_owner"]

OMBUDSMAN: Final = "ombudsman"
ROUNDS: Final = 2


class Next(NamedTuple):
    """Whose it is now, and by which line."""

    owner: str
    by: str


def next_owner(handed: CaseHandedBack, message: Message, verdict: Verdict, table: Table) -> Next:
    """Choose the next owner."""
    if handed.round <= ROUNDS:
        for candidate in _candidates(handed, message, verdict, table):
            if candidate.owner not in handed.had:
                return candidate
    return Next(OMBUDSMAN, OMBUDSMAN)


def _candidates(handed: CaseHandedBack, message: Message, verdict: Verdict, table: Table) -> Iterator[Next]:
    proposed = handed.reply.proposed
    if proposed is not None and (proposed in table.departments or proposed == OMBUDSMAN):
        yield Next(proposed, "proposed")
    for rule in decide(message, verdict, table, None).held:
        if rule.then.owner is not None:
            yield Next(rule.then.owner, rule.name)
    if Flag.MISCONDUCT in verdict.flags:
        return  # whose area it is may be who is accused
    if verdict.area is not None and verdict.area in table.owners:
        yield Next(table.owners[verdict.area], f"area:{verdict.area}")
    yield Next(table.file.default, "default")
