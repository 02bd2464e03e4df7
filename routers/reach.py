"""Which messages can reach a rule? A search over the labels that a verdict may have, not over messages.

Kind, severity, difficulty, area, channel, sureness and each flag are tried; what else a condition asks (words of the
text, attachments, confidence) is a question that may be answered either way, the same question always the same. So what
is said to be out of reach is so for every message there can be; what is not said may still be out of reach. Only labels
that a condition asks for are tried, and a branch ends where all that matters is known: thirteen flags are not 8,192
verdicts. Rules never see what a machine wrote (`routers/decision.py`), so `message.automatic` is always null here.

Source: S. C. Kleene's three values; M. Davis, G. Logemann, D. Loveland, "A machine program for theorem-proving" (1962).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from ouvidor.records import Channel, Difficulty, Flag, Kind, Severity
from routers.grammar import Call, Constant, Field, Items, Name, Node

__all__ = ["Given", "Search", "TooMany", "truth"]

Given: TypeAlias = Mapping[str, str | bool]
"""Labels that are settled: by path, by `flag:NAME`, or by the words of a question."""

ELSEWHERE: Final = "(another area)"
_FLAG: Final = "flag:"
_ASKED: Final = "?"
_FLAGS: Final = "verdict.flags"
_LABELS: Final[dict[str, tuple[str, ...]]] = {
    "verdict.kind": tuple(Kind),
    "verdict.severity": tuple(Severity),
    "verdict.difficulty": tuple(Difficulty),
    "message.channel": tuple(Channel),
}


class TooMany(Exception):
    """There are too many cases to try them all."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Not known yet: it depends on this."""

    name: str

    @property
    def is_question(self) -> bool:
        """Is it something other than a label?"""
        return self.name.startswith(_ASKED)


Truth: TypeAlias = bool | Unknown


@dataclass(slots=True)
class Search:
    """Looks for labels under which some conditions hold and others do not."""

    areas: Sequence[str]
    most: int = 50_000
    """How many cases are tried before it gives up."""
    tried: int = field(default=0, init=False)

    def find(self, holds: Sequence[Node], fails: Sequence[Node]) -> Given | None:
        """Give labels under which all of the first hold and none of the others; None: there are none.

        Raises `TooMany`.
        """
        self.tried = 0
        return self._find({}, list(holds), list(fails))

    def _find(self, given: dict[str, str | bool], holds: list[Node], fails: list[Node]) -> Given | None:
        self.tried += 1
        if self.tried > self.most:
            raise TooMany
        unknown: Unknown | None = None
        left: tuple[list[Node], list[Node]] = ([], [])
        for nodes, wanted, rest in ((holds, True, left[0]), (fails, False, left[1])):
            for node in nodes:
                found = truth(node, given)
                if isinstance(found, Unknown):
                    unknown = found if unknown is None or unknown.is_question else unknown
                    rest.append(node)
                elif found is not wanted:
                    return None
        if unknown is None:
            return given
        for value in self._values(unknown.name):
            if (deeper := self._find({**given, unknown.name: value}, *left)) is not None:
                return deeper
        return None

    def _values(self, name: str) -> Sequence[str | bool]:
        if name == "verdict.area":
            return ("", *self.areas, ELSEWHERE)
        return _LABELS.get(name, (False, True))


def truth(node: Node, given: Given, bound: Mapping[str, str] | None = None) -> Truth:  # noqa: PLR0911 - each sort
    """Tell whether a condition holds as far as labels are settled. `bound` are flags that a macro walks over."""
    bound = bound or {}
    match node:
        case Constant(value=bool() as value):
            return value
        case Call(name="!" | "&&" | "||" | "?:" as name, given=parts):
            return _joined(name, parts, given, bound)
        case Call(name="==" | "!=" as sign, given=(left, right)):
            found = _equal(left, right, given, bound)
            return found if isinstance(found, Unknown) or sign == "==" else not found
        case Call(name="in", given=(what, where)):
            return _within(what, where, given, bound)
        case Call(name="exists" | "all" as name, given=(where, Name(name=each), body)) if str(where) == _FLAGS:
            return _walked(name, each, body, given, bound)
        case Field() if str(node) == "verdict.sure":
            return _settled("verdict.sure", given)
        case _:
            return _asked(node, given, bound)


def _joined(name: str, parts: Sequence[Node], given: Given, bound: Mapping[str, str]) -> Truth:
    if name in {"&&", "||"}:
        return _all((truth(part, given, bound) for part in parts), ends=name == "||")
    first = truth(parts[0], given, bound)
    if isinstance(first, Unknown):
        return first
    return (not first) if name == "!" else truth(parts[1] if first else parts[2], given, bound)


def _within(what: Node, where: Node, given: Given, bound: Mapping[str, str]) -> Truth:
    if isinstance(where, Items):
        return _all((_equal(what, item, given, bound) for item in where.items), ends=True)
    label = _label(what, given, bound)
    if str(where) != _FLAGS or label is None:
        return _asked(Call("in", (what, where)), given, bound)
    return label if isinstance(label, Unknown) else _settled(f"{_FLAG}{label}", given)


def _walked(name: str, each: str, body: Node, given: Given, bound: Mapping[str, str]) -> Truth:
    """`verdict.flags.exists(f, …)`: some flag is set and fits; `all`: each flag that is set fits."""
    wanted = name == "exists"

    def one(flag: Flag) -> Truth:
        there = _settled(f"{_FLAG}{flag}", given)
        fits = truth(body, given, {**bound, each: flag.value})
        if fits is (not wanted) or there is False:
            return not wanted
        return there if isinstance(there, Unknown) else fits

    # What fits is looked at first: a flag that would change nothing need not be settled.
    return _all((one(flag) for flag in Flag), ends=wanted)


def _all(parts: Iterator[Truth], *, ends: bool) -> Truth:
    """`||` ends with the first that is true, `&&` with the first that is false, whatever is not known yet."""
    unknown: Unknown | None = None
    for part in parts:
        if part is ends:
            return ends
        if isinstance(part, Unknown) and (unknown is None or unknown.is_question):
            unknown = part  # labels first: they exclude one another, questions do not
    return (not ends) if unknown is None else unknown


def _equal(left: Node, right: Node, given: Given, bound: Mapping[str, str]) -> Truth:
    if isinstance(left, Constant) and not isinstance(right, Constant):
        left, right = right, left
    if str(left) == "message.automatic" and right == Constant(None):
        return True
    if isinstance(right, Constant) and isinstance(right.value, bool):
        found = truth(left, given, bound)
        return found if isinstance(found, Unknown) else found is right.value
    one, other = _label(left, given, bound), _label(right, given, bound)
    if one is None or other is None:
        return _asked(Call("==", (left, right)), given, bound)
    for each in (one, other):
        if isinstance(each, Unknown):
            return each
    return one == other


def _label(node: Node, given: Given, bound: Mapping[str, str]) -> str | Unknown | None:
    """What a part says, where it is a label; None where it is something else."""
    if isinstance(node, Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, Name):
        return bound.get(node.name)
    name = str(node)
    if name not in _LABELS and name != "verdict.area":
        return None
    found = given.get(name)
    return found if isinstance(found, str) else Unknown(name)


def _settled(name: str, given: Given) -> Truth:
    found = given.get(name)
    return found if isinstance(found, bool) else Unknown(name)


def _asked(node: Node, given: Given, bound: Mapping[str, str]) -> Truth:
    """A question about the message itself: answered either way, and the same wherever it is asked."""
    words = "".join(f"{name}={value};" for name, value in sorted(bound.items()))
    return _settled(f"{_ASKED}{words}{node!r}", given)
