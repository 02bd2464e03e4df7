"""A rule's condition in CEL: compiled once, checked and tried at load on two whole messages, then on every message.

What it names must be there (`routers/vocabulary.py`), and its parts must fit together (`routers/fitting.py`).

One message has every field, the other none that may be missing: a condition that fails on either is refused at load,
with the words for its mend. One that fails all the same at run time counts as not matched, is counted and is told:
no message is held up by a rule.

Source: Common Expression Language; `common-expression-language` (Rust), because a compiled condition takes 1 µs where
`cel-python` takes 130 and more.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cel

from ouvidor.errors import Misconfigured
from ouvidor.records import Message, Verdict
from routers.facts import Facts
from routers.fitting import misfits
from routers.grammar import Node, Unread, parse
from routers.kinds import kind_of_model
from routers.lexis import Kinds
from routers.sample import EMPTY, FULL
from routers.vocabulary import faults, fields

__all__ = ["Condition", "Failed", "condition"]

_GUARD = "message.sent_at != null && message.sent_at < message.received_at"
VARIABLES: Kinds = {"message": Message, "verdict": Verdict}
KINDS = {name: kind_of_model(model) for name, model in VARIABLES.items()}


class Failed(Exception):
    """A condition could not be tried on a message; the words name no part of the message."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that was found good."""

    source: str
    fields: frozenset[tuple[str, str]]
    tree: Node
    _program: cel.Program

    @property
    def run(self) -> Callable[[cel.Context], object]:
        """What tries it, with nothing around it: what that raises or gives, `holds` tells."""
        run: Callable[[cel.Context], object] = self._program.execute
        return run

    def holds(self, context: cel.Context) -> bool:
        """Try it. Raises `Failed`."""
        try:
            held = self._program.execute(context)
        except Exception as error:
            raise Failed(type(error).__name__) from error
        if not isinstance(held, bool):
            raise Failed(f"it gives {type(held).__name__}, not true or false")
        return held


def condition(source: str, areas: frozenset[str]) -> Condition:
    """Compile a condition. Raises `Misconfigured` with a line for each thing that is wrong with it."""
    try:
        program = cel.compile(source)
    except ValueError as error:
        raise Misconfigured(_syntax(str(error))) from None
    if wrong := faults(source, VARIABLES, {"verdict.area": areas | {""}}):
        raise Misconfigured("\n".join(wrong))
    try:
        tree = parse(source)
    except Unread as error:
        raise Misconfigured(f"no condition: {error}") from None
    if wrong := misfits(tree, KINDS, {"verdict.area": areas | {""}}):
        raise Misconfigured("\n".join(wrong))
    read = frozenset(fields(source, VARIABLES))
    found = Condition(source, read, tree, program)
    for sample, kind in (
        (FULL, "every field"),
        (EMPTY, f"nothing that may be missing (test it first, as in {_GUARD})"),
    ):
        try:
            found.holds(Facts(read).of(*sample))
        except Failed as error:
            cause = str(error.__cause__ or error).split(". ")[0]
            raise Misconfigured(f"it fails on a message with {kind}: {cause}") from None
    return found


def _syntax(words: str) -> str:
    """The parser names every token that it would have liked: the place and what it found are enough."""
    first = words.split("ERROR: <input>:", 1)[-1].splitlines()[0]
    return f"no CEL: at {first.split(' expecting ')[0]}"
