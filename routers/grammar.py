"""A CEL condition as a tree, so that its types can be checked and rules be compared before a message comes.

The library that evaluates conditions shows no tree of them. What it accepts and this does not read (maps, messages,
bytes) has no use in a condition over a message, and is refused with these words rather than left unchecked.

Source: Common Expression Language, "Language Definition", syntax.
"""

from ast import literal_eval
from dataclasses import dataclass
from typing import Final, TypeAlias

from routers.lexis import Token, tokens

__all__ = ["Call", "Constant", "Field", "Items", "Name", "Node", "Unread", "parse"]


class Unread(Exception):
    """A condition holds what is not read here; the words say what."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A text, a number, true, false or null."""

    value: str | float | bool | None

    def __str__(self) -> str:
        if isinstance(self.value, str):
            return f"'{self.value}'"
        return "null" if self.value is None else str(self.value).lower()


@dataclass(frozen=True, slots=True)
class Name:
    """A variable."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Field:
    """A field of something."""

    of: "Node"
    name: str

    def __str__(self) -> str:
        return f"{self.of}.{self.name}"


@dataclass(frozen=True, slots=True)
class Items:
    """A list that is written down."""

    items: tuple["Node", ...]

    def __str__(self) -> str:
        return f"[{', '.join(map(str, self.items))}]"


@dataclass(frozen=True, slots=True)
class Call:
    """A function, a macro or an operator (`&&`, `!`, `?:`, `[]`, `-x`), with its target before its arguments."""

    name: str
    given: tuple["Node", ...]
    method: bool = False
    """Is the first argument its target?"""

    def __str__(self) -> str:
        if self.method:
            return f"{self.given[0]}.{self.name}({', '.join(map(str, self.given[1:]))})"
        if len(self.given) == _TWO and self.name in _SIGNS:
            return f"{self.given[0]} {self.name} {self.given[1]}"
        return f"{self.name}({', '.join(map(str, self.given))})"


Node: TypeAlias = Constant | Name | Field | Items | Call

_TWO: Final = 2
_LEVELS: Final = (("||",), ("&&",), ("==", "!=", "<", "<=", ">", ">=", "in"), ("+", "-"), ("*", "/", "%"))
_SIGNS: Final = frozenset(sign for level in _LEVELS for sign in level)


def parse(source: str) -> Node:
    """Read a condition that the library has compiled. Raises `Unread`."""
    reader = _Reader(tokens(source))
    found = reader.whole()
    if reader.ahead is not None:
        raise Unread(f"{reader.ahead.word} is not understood here")
    return found


class _Reader:
    """Walks along tokens, a function for each level of binding."""

    def __init__(self, given: list[Token]) -> None:
        self._tokens = given
        self._at = 0

    @property
    def ahead(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def whole(self) -> Node:
        """Read with the weakest binding: `a ? b : c`."""
        asked = self._level(0)
        if not self._took("?"):
            return asked
        yes = self._level(0)
        self._must(":")
        return Call("?:", (asked, yes, self.whole()))

    def _level(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._unary()
        left = self._level(level + 1)
        while (sign := self._one_of(_LEVELS[level])) is not None:
            left = Call(sign, (left, self._level(level + 1)))
        return left

    def _unary(self) -> Node:
        if self._took("!"):
            return Call("!", (self._unary(),))
        if self._took("-"):
            inner = self._unary()
            if isinstance(inner, Constant) and isinstance(inner.value, int | float):
                return Constant(-inner.value)
            return Call("-x", (inner,))
        return self._member()

    def _member(self) -> Node:
        found = self._primary()
        while True:
            if self._took("."):
                name = self._name()
                found = (
                    Call(name, (found, *self._arguments(")")), method=True) if self._took("(") else Field(found, name)
                )
            elif self._took("["):
                found = Call("[]", (found, self.whole()))
                self._must("]")
            else:
                return found

    def _primary(self) -> Node:
        token = self.ahead
        if token is None:
            raise Unread("it ends too early")
        self._at += 1
        if token.sort == "text":
            return Constant(_text(token.word))
        if token.sort == "number":
            return Constant(_number(token.word))
        if token.sort == "name":
            if token.word in {"true", "false", "null"}:
                return Constant({"true": True, "false": False, "null": None}[token.word])
            return Call(token.word, self._arguments(")")) if self._took("(") else Name(token.word)
        if token.word == "(":
            found = self.whole()
            self._must(")")
            return found
        if token.word == "[":
            return Items(self._arguments("]"))
        raise Unread(f"{token.word} is not understood here")

    def _arguments(self, end: str) -> tuple[Node, ...]:
        found: list[Node] = []
        while not self._took(end):
            found.append(self.whole())
            if not self._took(","):
                self._must(end)
                break
        return tuple(found)

    def _name(self) -> str:
        token = self.ahead
        if token is None or token.sort != "name":
            raise Unread("a field's name is expected after a dot")
        self._at += 1
        return token.word

    def _one_of(self, signs: tuple[str, ...]) -> str | None:
        return next((sign for sign in signs if self._took(sign)), None)

    def _took(self, word: str) -> bool:
        if self.ahead is None or self.ahead.sort == "text" or self.ahead.word != word:
            return False
        self._at += 1
        return True

    def _must(self, word: str) -> None:
        if not self._took(word):
            raise Unread(f"{word} is expected")


def _text(word: str) -> str:
    try:
        return str(literal_eval(word))
    except (SyntaxError, ValueError):
        raise Unread(f"{word} is not understood here") from None


def _number(word: str) -> float:
    try:
        return int(word.rstrip("uU"), 0) if word.lower().startswith("0x") or "." not in word else float(word)
    except ValueError:
        raise Unread(f"{word} is not understood here: write numbers as 12 or 0.5") from None
