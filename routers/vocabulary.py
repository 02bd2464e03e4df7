"""Does a condition speak of what there is? Fields, functions and labels that a CEL condition names, held against ours.

CEL itself finds a misspelt field only when it comes to evaluate it: `verdict.sure && verdict.sevrity == 'high'` is well
until the first sure verdict, and `verdict.severity == 'hihg'` is well for ever, and never true. So each condition's
tokens are read at load: every path from `message` and `verdict` is walked along the records' models, and every label
that is compared with one must be one of that field's. Whether types fit is then tried (`routers/condition.py`).

Source: Common Expression Language, "Language Definition", lexis and macros.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from routers.lexis import FUNCTIONS, MACROS, WORDS, Kinds, Token
from routers.lexis import tokens as tokens_of

__all__ = ["element_of", "faults", "fields", "is_record", "labels_of", "nearest_label", "plain"]


@dataclass(frozen=True, slots=True)
class _Path:
    """A walk from a variable: where its tokens begin and end, what it is called, what it leads to."""

    begin: int
    end: int
    name: str
    kind: Any


def faults(source: str, variables: Kinds, labels: Mapping[str, frozenset[str]]) -> list[str]:
    """Say, in words, what a condition names that there is not. `labels` are those of fields that are plain text."""
    tokens = tokens_of(source)
    found: list[str] = []
    for path in _paths(tokens, variables, found):
        known = labels_of(path.kind) or labels.get(path.name)
        many = element_of(path.kind) is not None
        if many and (compared := _compared(tokens, path)):
            found.append(f"{path.name} is a list: write {compared} in {path.name}")
        elif known:
            whose = ", the areas of the table's departments" if path.name in labels else ""
            found.extend(
                f"{path.name} is never {token.word}{nearest_label(token.label, known, whose)}"
                for token in _spoken_to(tokens, path)
                if token.label not in known
            )
    return found


def fields(source: str, variables: Kinds) -> set[tuple[str, str]]:
    """Give the records' own fields that a condition reads, as (variable, field)."""
    paths = (path.name.split(".") for path in _paths(tokens_of(source), variables, []))
    return {(steps[0], steps[1]) for steps in paths if steps[0] in variables and len(steps) > 1}


def _paths(tokens: list[Token], variables: Kinds, found: list[str]) -> Iterator[_Path]:
    """Walk every path; whatever leads nowhere is added to `found`, in words."""
    known = dict(variables)
    for at, token in enumerate(tokens):
        if token.sort != "name" or token.word in WORDS or _is(tokens, at - 1, "."):
            continue
        if _declares(tokens, at):
            known.setdefault(token.word, object)  # of a list that no path leads to: another macro's
            continue
        if _is(tokens, at + 1, "("):
            if token.word not in FUNCTIONS | {"has"}:
                found.append(f"{token.word}(): no such function{nearest_label(token.word, FUNCTIONS)}")
        elif token.word not in known:
            found.append(f"{token.word}: no such name{nearest_label(token.word, set(known))}")
        elif path := _walk(tokens, at, known, found):
            yield path


def _walk(tokens: list[Token], begin: int, known: dict[str, Any], found: list[str]) -> _Path | None:
    name, kind, at = tokens[begin].word, known[tokens[begin].word], begin + 1
    while _is(tokens, at, ".") and at + 1 < len(tokens):
        step = tokens[at + 1].word
        if _is(tokens, at + 2, "("):
            if step in MACROS and at + 3 < len(tokens):
                known[tokens[at + 3].word] = element_of(kind) or object
            elif step not in FUNCTIONS:
                found.append(f"{name}.{step}(): no such function{nearest_label(step, FUNCTIONS | MACROS)}")
            return _Path(begin, at, name, None)
        if wrong := _astray(name, kind, step):
            found.append(wrong)
            return None
        name, kind, at = f"{name}.{step}", plain(kind.model_fields[step].annotation), at + 2
    if is_record(kind) and (at == begin + 1 or _is(tokens, at, "[")):
        found.append(f"{name}: say which of its fields, as in {name}.{next(iter(kind.model_fields))}")
        return None
    return _Path(begin, at, name, kind)


def _astray(name: str, kind: Any, step: str) -> str | None:  # noqa: ANN401 - an annotation
    if element_of(kind) is not None:
        return f"{name} is a list: write {name}.exists(x, x.{step} …)"
    if not is_record(kind):
        return f"{name}.{step}: {name} has no fields"
    if step not in kind.model_fields:
        return f"{name}.{step}: no such field{nearest_label(step, set(kind.model_fields))}"
    return None


def _compared(tokens: list[Token], path: _Path) -> str | None:
    for sign, other in ((path.end, path.end + 1), (path.begin - 1, path.begin - 2)):
        if (_is(tokens, sign, "==") or _is(tokens, sign, "!=")) and 0 <= other < len(tokens):
            return tokens[other].word if tokens[other].sort == "text" else None
    return None


def _spoken_to(tokens: list[Token], path: _Path) -> Iterator[Token]:
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


def _is(tokens: list[Token], at: int, word: str) -> bool:
    return 0 <= at < len(tokens) and tokens[at].sort != "text" and tokens[at].word == word


def _declares(tokens: list[Token], at: int) -> bool:
    """Is this the `x` of `.exists(x, …)`?"""
    return _is(tokens, at - 1, "(") and _is(tokens, at + 1, ",") and at > 1 and tokens[at - 2].word in MACROS


def is_record(kind: Any) -> bool:  # noqa: ANN401 - an annotation
    """Is it a record?"""
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def plain(annotation: Any) -> Any:  # noqa: ANN401 - an annotation
    """What a field holds when it holds something."""
    if get_origin(annotation) in {Union, UnionType}:
        return next(plain(kind) for kind in get_args(annotation) if kind is not type(None))
    return annotation


def element_of(kind: Any) -> Any:  # noqa: ANN401 - an annotation
    """What a list is a list of; None where it is none."""
    return plain(get_args(kind)[0]) if get_origin(kind) in {tuple, list} else None


def labels_of(kind: Any) -> frozenset[str]:  # noqa: ANN401 - an annotation
    """The labels that a field may have; none where it has no fixed ones."""
    one = element_of(kind) or kind
    if isinstance(one, type) and issubclass(one, Enum):
        return frozenset(str(member.value) for member in one)
    return frozenset(map(str, get_args(one))) if get_origin(one) is Literal else frozenset()


def nearest_label(word: str, known: set[str] | frozenset[str], whose: str = "") -> str:
    """Say which word was meant, or which there are, and where they are from."""
    if near := get_close_matches(word, sorted(known), n=1, cutoff=0.6):
        return f"; did you mean {near[0]}?"
    return f"; known are {', '.join(sorted(filter(None, known)))}{whose}" if known else ""
