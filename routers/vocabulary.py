"""Does a condition speak of what there is? Fields, functions and labels that a CEL condition names, held against ours.

CEL itself finds a misspelt field only when it comes to evaluate it: `verdict.sure && verdict.sevrity == 'high'` is well
until the first sure verdict, and `verdict.severity == 'hihg'` is well for ever, and never true. So each condition's
tokens are read at load: every path from `message` and `verdict` is walked along the records' models, and every label
that is compared with one must be one of that field's. Whether types fit is then tried (`routers/condition.py`).

Source: Common Expression Language, "Language Definition", lexis and macros.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from types import UnionType
from typing import Any, Final, Literal, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel

__all__ = ["FUNCTIONS", "faults", "fields"]

FUNCTIONS: Final = frozenset(
    [
        "size",
        "contains",
        "startsWith",
        "endsWith",
        "matches",
        "string",
        "int",
        "double",
        "timestamp",
        "duration",
        "getFullYear",
        "getMonth",
        "getDate",
        "getDayOfMonth",
        "getDayOfWeek",
        "getDayOfYear",
        "getHours",
        "getMinutes",
        "getSeconds",
        "getMilliseconds",
    ]
)
"""What a condition may call, as `common-expression-language` has it."""

_MACROS: Final = frozenset({"all", "exists", "exists_one", "filter", "map"})
_WORDS: Final = frozenset({"true", "false", "null", "in"})
_TOKEN: Final = re.compile(
    r"""(?P<space>\s+|//[^\n]*)|(?P<text>[rR]?(?:'{3}.*?'{3}|"{3}.*?"{3}|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"))"""
    r"""|(?P<name>[A-Za-z_]\w*)|(?P<number>\d[\w.]*)|(?P<sign>==|!=|<=|>=|&&|\|\||\S)""",
    re.DOTALL,
)

Kinds: TypeAlias = Mapping[str, Any]
"""The models of the variables, by name."""


@dataclass(frozen=True, slots=True)
class _Token:
    sort: str
    word: str

    @property
    def label(self) -> str:
        return self.word.lstrip("rR").strip("'\"")


@dataclass(frozen=True, slots=True)
class _Path:
    """A walk from a variable: where its tokens begin and end, what it is called, what it leads to."""

    begin: int
    end: int
    name: str
    kind: Any


def faults(source: str, variables: Kinds, labels: Mapping[str, frozenset[str]]) -> list[str]:
    """Say, in words, what a condition names that there is not. `labels` are those of fields that are plain text."""
    tokens = _tokens(source)
    found: list[str] = []
    for path in _paths(tokens, variables, found):
        known = _labels(path.kind) or labels.get(path.name)
        many = _element(path.kind) is not None
        if many and (compared := _compared(tokens, path)):
            found.append(f"{path.name} is a list: write {compared} in {path.name}")
        elif known:
            found.extend(
                f"{path.name} is never {token.word}{_nearest(token.label, known)}"
                for token in _spoken_to(tokens, path)
                if token.label not in known
            )
    return found


def fields(source: str, variables: Kinds) -> set[tuple[str, str]]:
    """Give the records' own fields that a condition reads, as (variable, field)."""
    paths = (path.name.split(".") for path in _paths(_tokens(source), variables, []))
    return {(steps[0], steps[1]) for steps in paths if steps[0] in variables and len(steps) > 1}


def _tokens(source: str) -> list[_Token]:
    found = (_Token(str(match.lastgroup), match.group()) for match in _TOKEN.finditer(source))
    return [token for token in found if token.sort != "space"]


def _paths(tokens: list[_Token], variables: Kinds, found: list[str]) -> Iterator[_Path]:
    """Walk every path; whatever leads nowhere is added to `found`, in words."""
    known = dict(variables)
    for at, token in enumerate(tokens):
        if token.sort != "name" or token.word in _WORDS or _is(tokens, at - 1, ".") or _declares(tokens, at):
            continue
        if _is(tokens, at + 1, "("):
            if token.word not in FUNCTIONS | {"has"}:
                found.append(f"{token.word}(): no such function{_nearest(token.word, FUNCTIONS)}")
        elif token.word not in known:
            found.append(f"{token.word}: no such name{_nearest(token.word, set(known))}")
        elif path := _walk(tokens, at, known, found):
            yield path


def _walk(tokens: list[_Token], begin: int, known: dict[str, Any], found: list[str]) -> _Path | None:
    name, kind, at = tokens[begin].word, known[tokens[begin].word], begin + 1
    while _is(tokens, at, ".") and at + 1 < len(tokens):
        step = tokens[at + 1].word
        if _is(tokens, at + 2, "("):
            element = _element(kind)
            if step in _MACROS and element is not None and at + 3 < len(tokens):
                known[tokens[at + 3].word] = element
            elif step not in FUNCTIONS:
                found.append(f"{name}.{step}(): no such function{_nearest(step, FUNCTIONS | _MACROS)}")
            return _Path(begin, at, name, None)
        if wrong := _astray(name, kind, step):
            found.append(wrong)
            return None
        name, kind, at = f"{name}.{step}", _plain(kind.model_fields[step].annotation), at + 2
    if _is_record(kind) and (at == begin + 1 or _is(tokens, at, "[")):
        found.append(f"{name}: say which of its fields, as in {name}.{next(iter(kind.model_fields))}")
        return None
    return _Path(begin, at, name, kind)


def _astray(name: str, kind: Any, step: str) -> str | None:  # noqa: ANN401 - an annotation
    if _element(kind) is not None:
        return f"{name} is a list: write {name}.exists(x, x.{step} …)"
    if not _is_record(kind):
        return f"{name}.{step}: {name} has no fields"
    if step not in kind.model_fields:
        return f"{name}.{step}: no such field{_nearest(step, set(kind.model_fields))}"
    return None


def _compared(tokens: list[_Token], path: _Path) -> str | None:
    for sign, other in ((path.end, path.end + 1), (path.begin - 1, path.begin - 2)):
        if (_is(tokens, sign, "==") or _is(tokens, sign, "!=")) and 0 <= other < len(tokens):
            return tokens[other].word if tokens[other].sort == "text" else None
    return None


def _spoken_to(tokens: list[_Token], path: _Path) -> Iterator[_Token]:
    """The texts that are compared with a path: `path == 'x'`, `'x' != path`, `path in ['x', 'y']`, `'x' in path`."""
    if any(_is(tokens, path.begin - 1, sign) for sign in ("==", "!=", "in")) and path.begin > 1:
        yield from (token for token in (tokens[path.begin - 2],) if token.sort == "text")
    if path.end + 1 < len(tokens):
        if _is(tokens, path.end, "==") or _is(tokens, path.end, "!="):
            yield from (token for token in (tokens[path.end + 1],) if token.sort == "text")
        elif _is(tokens, path.end, "in") and _is(tokens, path.end + 1, "["):
            for token in tokens[path.end + 2 :]:
                if token.word == "]":
                    break
                if token.sort == "text":
                    yield token


def _is(tokens: list[_Token], at: int, word: str) -> bool:
    return 0 <= at < len(tokens) and tokens[at].sort != "text" and tokens[at].word == word


def _declares(tokens: list[_Token], at: int) -> bool:
    """Is this the `x` of `.exists(x, …)`?"""
    return _is(tokens, at - 1, "(") and _is(tokens, at + 1, ",") and at > 1 and tokens[at - 2].word in _MACROS


def _is_record(kind: Any) -> bool:  # noqa: ANN401 - an annotation
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _plain(annotation: Any) -> Any:  # noqa: ANN401 - an annotation
    """What a field holds when it holds something."""
    if get_origin(annotation) in {Union, UnionType}:
        return next(_plain(kind) for kind in get_args(annotation) if kind is not type(None))
    return annotation


def _element(kind: Any) -> Any:  # noqa: ANN401 - an annotation
    """What a list is a list of; None where it is none."""
    return _plain(get_args(kind)[0]) if get_origin(kind) in {tuple, list} else None


def _labels(kind: Any) -> frozenset[str]:  # noqa: ANN401 - an annotation
    one = _element(kind) or kind
    if isinstance(one, type) and issubclass(one, Enum):
        return frozenset(str(member.value) for member in one)
    return frozenset(map(str, get_args(one))) if get_origin(one) is Literal else frozenset()


def _nearest(word: str, known: set[str] | frozenset[str]) -> str:
    if near := get_close_matches(word, sorted(known), n=1, cutoff=0.6):
        return f"; did you mean {near[0]}?"
    return f"; known are {', '.join(sorted(known))}" if known else ""
