"""Do the parts of a condition fit together? Found on its tree, before any message comes.

Evaluation finds little of it: CEL says that `verdict.sure == 'true'` is false, which is so for ever, and never comes to
what stands behind an `&&` that is false on the samples. What is told here is what can never be so, and what would fail;
what is not known is let pass, for it is still tried on two whole messages (`routers/condition.py`).

Source: Common Expression Language, "Language Definition", standard definitions.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import cel

from routers.grammar import Call, Constant, Field, Items, Name, Node
from routers.kinds import BOOL, MOMENT, NULL, NUMBER, SPAN, TEXT, UNKNOWN, Kind, kind_of_field
from routers.vocabulary import nearest_label

__all__ = ["misfits"]

_ORDERS: Final = frozenset({"<", "<=", ">", ">="})
_ORDERED: Final = frozenset({"text", "number", "moment", "span", "unknown"})
_TEXT_METHODS: Final = frozenset({"contains", "startsWith", "endsWith", "matches"})
_RESULTS: Final = {"string": TEXT, "int": NUMBER, "double": NUMBER, "timestamp": MOMENT, "duration": SPAN}
_SWAPPED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def misfits(tree: Node, variables: Mapping[str, Kind], labels: Mapping[str, frozenset[str]]) -> list[str]:
    """Say, in words, what can never be so. `labels` are those of fields that are plain text, by their path."""
    checker = _Checker(dict(variables), labels)
    checker.must_be(BOOL, tree, "the condition")
    return list(dict.fromkeys(checker.found))


@dataclass(slots=True)
class _Checker:
    known: dict[str, Kind]
    labels: Mapping[str, frozenset[str]]
    found: list[str] = field(default_factory=list)

    def kind(self, node: Node) -> Kind:
        match node:
            case Constant():
                return self._constant(node)
            case Name():
                return self.known.get(node.name, UNKNOWN)
            case Field():
                of = self.kind(node.of)
                there = of.model.model_fields.get(node.name) if of.model is not None else None
                return UNKNOWN if there is None else kind_of_field(there, self.labels.get(str(node), frozenset()))
            case Items():
                kinds = [self.kind(item) for item in node.items]
                same = kinds[0] if kinds and len({each.sort for each in kinds}) == 1 else UNKNOWN
                return Kind("list", element=same)
            case Call():
                return self._call(node)

    def must_be(self, wanted: Kind, node: Node, what: str) -> None:
        kind = self.kind(node)
        if UNKNOWN.sort not in {kind.sort, wanted.sort} and kind.sort != wanted.sort:
            self.found.append(f"{what}: {node} is {kind}, not {wanted}")

    @staticmethod
    def _constant(node: Constant) -> Kind:
        value = node.value
        if value is None:
            return NULL
        if isinstance(value, bool):
            return BOOL
        if isinstance(value, str):
            return Kind("text", labels=frozenset({value}))
        return Kind("number", low=float(value), high=float(value))

    def _call(self, node: Call) -> Kind:  # noqa: PLR0911 - one for each sort of call
        name = node.name
        if name in {"&&", "||", "!"}:
            for each in node.given:
                self.must_be(BOOL, each, name)
            return BOOL
        if name == "?:":
            self.must_be(BOOL, node.given[0], name)
            yes, no = self.kind(node.given[1]), self.kind(node.given[2])
            return Kind(yes.sort) if yes.sort == no.sort else UNKNOWN
        if name in {"==", "!="}:
            self._equal(node)
            return BOOL
        if name in _ORDERS:
            self._ordered(node)
            return BOOL
        if name == "in":
            self._within(node)
            return BOOL
        if node.method and name in {"all", "exists", "exists_one", "filter", "map"}:
            return self._macro(node)
        return self._function(node)

    def _equal(self, node: Call) -> None:
        left, right = (self.kind(each) for each in node.given)
        if right.sort == "null" or left.sort == "null":
            other, kind = (node.given[0], left) if right.sort == "null" else (node.given[1], right)
            if not kind.nullable and kind.sort not in {"null", "unknown"}:
                hint = f"; a text that is missing is '': write {other} == ''" if kind.sort == "text" else ""
                self.found.append(f"{other} is never null{hint}")
            return
        self._alike(node.given, left, right)

    def _alike(self, given: tuple[Node, ...], left: Kind, right: Kind) -> None:
        one, other = given
        if UNKNOWN.sort in {left.sort, right.sort}:
            return
        if left.sort != right.sort:
            self.found.append(f"{one} is {left}, and {other} is {right}: they are never equal")
        elif left.labels and right.labels and not left.labels & right.labels:
            self.found.append(_never(one, left, other, right))
        elif left.high < right.low or right.high < left.low:
            self.found.append(f"{one} and {other} are never equal: {_bounds(one, left) or _bounds(other, right)}")

    def _ordered(self, node: Call) -> None:
        left, right = (self.kind(each) for each in node.given)
        for each, kind in zip(node.given, (left, right), strict=True):
            if kind.sort not in _ORDERED or (len(kind.labels) > 1 and not isinstance(each, Constant)):
                listed = " in [" + ", ".join(f"'{label}'" for label in sorted(kind.labels)[:2]) + "]"
                self.found.append(
                    f"{each} has no order{f': write {each}{listed}' if kind.labels else f': it is {kind}'}"
                )
                return
        if UNKNOWN.sort in {left.sort, right.sort}:
            return
        if left.sort != right.sort:
            self.found.append(f"{node.given[0]} is {left}, and {node.given[1]} is {right}: they have no order")
        elif left.sort == "number" and (words := _settled(node, left, right)):
            self.found.append(words)

    def _within(self, node: Call) -> None:
        what, where = node.given
        left, right = self.kind(what), self.kind(where)
        if right.sort == "text":
            self.found.append(f"{where} is a text: write {where}.contains({what})")
        elif right.sort not in {"list", "unknown"}:
            self.found.append(f"{where} is {right}, not a list: nothing is in it")
        elif isinstance(where, Items):
            for item in where.items:
                self._alike((what, item), left, self.kind(item))
        elif right.element is not None:
            self._alike((what, where), left, right.element)

    def _macro(self, node: Call) -> Kind:
        over = self.kind(node.given[0])
        if over.sort not in {"list", "unknown"}:
            self.found.append(f"{node.given[0]} is {over}, not a list: {node.name}() has nothing to walk")
            return UNKNOWN
        if len(node.given) < 3 or not isinstance(node.given[1], Name):  # noqa: PLR2004 - target, variable, body
            return UNKNOWN
        inner = _Checker({**self.known, node.given[1].name: over.element or UNKNOWN}, self.labels, self.found)
        if node.name == "map":
            return Kind("list", element=inner.kind(node.given[-1]))
        inner.must_be(BOOL, node.given[-1], f"{node.name}()")
        return over if node.name == "filter" else BOOL

    def _function(self, node: Call) -> Kind:
        kinds = [self.kind(each) for each in node.given]
        if node.name in _TEXT_METHODS:
            self._text_method(node, kinds)
            return BOOL
        if node.name == "size":
            if kinds and kinds[0].sort not in {"text", "list", "unknown"}:
                self.found.append(f"size(): {node.given[0]} is {kinds[0]}: it has no size")
            return Kind("number", low=0)
        if node.name.startswith("get"):
            if kinds and kinds[0].sort not in {"moment", "span", "unknown"}:
                self.found.append(f"{node.name}(): {node.given[0]} is {kinds[0]}, not a moment")
            return Kind("number", low=0)
        if node.name in {"timestamp", "duration"} and isinstance(node.given[0], Constant):
            self._tried(node, "a moment such as 2026-11-24T00:00:00Z" if node.name == "timestamp" else "such as 90m")
        if node.name in {"-", "*", "/", "%", "-x"}:
            self._reckoned(node, kinds)
        return _RESULTS.get(node.name, UNKNOWN)

    def _text_method(self, node: Call, kinds: Iterable[Kind]) -> None:
        for each, kind in zip(node.given, kinds, strict=True):
            if kind.sort == "list" and node.name == "contains" and each is node.given[0]:
                self.found.append(f"{each} is a list: write {node.given[-1]} in {each}")
            elif kind.sort not in {"text", "unknown"}:
                self.found.append(f"{node.name}(): {each} is {kind}, not a text")
        if node.name == "matches" and isinstance(node.given[-1], Constant):
            self._tried(Call("matches", (Constant(""), node.given[-1]), method=True), "a regular expression")

    def _tried(self, node: Call, wanted: str) -> None:
        """Let the library itself try what stands in the condition as a text."""
        last = node.given[-1]
        if not isinstance(last, Constant) or not isinstance(last.value, str):
            return
        call = "''.matches(x)" if node.name == "matches" else f"{node.name}(x)"
        try:
            cel.compile(call).execute({"x": last.value})
        except Exception:  # noqa: BLE001 - whatever it says: the text is at fault
            self.found.append(f"{node.name}(): {last} is not {wanted}")

    def _reckoned(self, node: Call, kinds: Iterable[Kind]) -> None:
        for each, kind in zip(node.given, kinds, strict=True):
            if kind.sort not in {"number", "moment", "span", "unknown"}:
                self.found.append(f"{each} is {kind}: nothing is reckoned with it")


def _never(one: Node, left: Kind, other: Node, right: Kind) -> str:
    """Say it as `routers/vocabulary.py` does where one of them is written down."""
    for node, value, kind in ((one, other, left), (other, one, right)):
        if isinstance(value, Constant) and not isinstance(node, Constant):
            return f"{node} is never {value}{nearest_label(str(value.value), kind.labels)}"
    return f"{one} and {other} are never equal: they have no label in common"


def _bounds(node: Node, kind: Kind) -> str:
    return "" if isinstance(node, Constant) else f"{node} is from {kind.low:g} to {kind.high:g}"


def _settled(node: Call, left: Kind, right: Kind) -> str | None:
    """Say where a comparison is the same for every message: its bound is out of reach."""
    sign, low, high = node.name, left, right
    if sign in {">", ">="}:
        sign, low, high = _SWAPPED[sign], right, left
    strict = sign == "<"
    never = low.low > high.high or (strict and low.low >= high.high)
    always = low.high < high.low or (not strict and low.high <= high.low)
    if not never and not always:
        return None
    told = " and ".join(filter(None, (_bounds(node.given[0], left), _bounds(node.given[1], right)))) or "of constants"
    return f"{node} is {'never' if never else 'always'} so: {told}"
