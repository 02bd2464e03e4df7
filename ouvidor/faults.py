"""How faults of settings are told: a line each, `where: the.path[2].of.it: what; the mend`. Values are not repeated."""

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Final, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from ouvidor.secret_files import Unread, holds_secret

__all__ = ["Fault", "Where", "explain", "faults_of", "path_of"]

Where = Callable[[Sequence[str | int]], str]

_NAME: Final = "'^[a-z0-9][a-z0-9-]{0,62}$'"
"""The pattern of accounts', departments' and destinations' names, which stand in topics and addresses."""


class Fault(NamedTuple):
    """What is wrong with one key."""

    at: tuple[str | int, ...]
    line: str
    secret: str | None = None
    """The secret's name, where it is one that could not be read."""


def explain(
    error: ValidationError, model: type[BaseModel], *, where: str | Where, within: Sequence[str | int] = ()
) -> str:
    """Say what is wrong, a line a key.

    `where` is the file that was read, or a function that tells it by the path of a key.
    """
    return "\n".join(fault.line for fault in faults_of(error, model, where=where, within=within))


def faults_of(
    error: ValidationError, model: type[BaseModel], *, where: str | Where, within: Sequence[str | int] = ()
) -> list[Fault]:
    """Give what is wrong, a fault for each of the error's, in their order."""
    found = []
    for fault in error.errors(include_url=False, include_context=False):
        at = tuple(fault["loc"])
        words = fault["msg"].removeprefix("Value error, ")
        unread = fault["input"] if isinstance(fault["input"], Unread) else None
        if unread is not None:
            at = (*at[: len(at) - 1 - at[::-1].index(unread.name)], unread.key)
            words = unread.words
        elif fault["type"] == "extra_forbidden":
            words = "unknown key"
            known = _keys_at(model, at[:-1])
            if near := get_close_matches(str(at[-1]), known, n=1, cutoff=0.5):
                words += f"; did you mean {near[0]}?"
            elif known:
                words += f"; known are {', '.join(sorted(known))}"
        elif fault["type"] == "missing":
            words = "missing: it has no default"
        elif fault["type"].startswith(("date_from", "date_parsing", "date_type")):
            words = "a day is expected, such as 2026-12-31"
        elif fault["type"] == "string_pattern_mismatch" and _NAME in words:
            words = (
                "a short name is expected: lower-case letters without accents, digits and dashes, as servicos-urbanos"
            )
        whole = (*within, *at)
        path = path_of(whole)
        place = where if isinstance(where, str) else where(whole)
        line = f"{place}: {path}: {words}" if path else f"{place}: {words}"
        found.append(Fault(whole, line, unread.name if unread is not None else None))
    return found


def path_of(at: Sequence[str | int]) -> str:
    """Write a key's path as people do: `ingest.accounts[2].password`."""
    words = ""
    for step in at:
        words += f"[{step}]" if isinstance(step, int) else f".{step}" if words else step
    return words


def _keys_at(model: type[BaseModel], at: Sequence[str | int]) -> list[str]:
    """Walk from a model along a path of keys; give the keys known where it ends."""
    here: list[object] = [model]
    for step in at:
        ahead: list[object] = []
        for kind in _alternatives(here):
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                if step in kind.model_fields:
                    ahead.append(kind.model_fields[str(step)].annotation)
                else:
                    ahead.append(kind)  # a step that names a member of a union, not a key
            else:
                ahead.extend([inner for inner in get_args(kind) if inner is not Ellipsis][-1:])
        here = ahead
    names: list[str] = []
    for kind in _alternatives(here):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            for name, field in kind.model_fields.items():
                names.append(field.alias or name)
                if holds_secret(field.annotation):
                    names.append(f"{name}_file")
    return names


def _alternatives(kinds: list[object]) -> list[object]:
    flat: list[object] = []
    for kind in kinds:
        origin = get_origin(kind)
        if origin in {Union, UnionType}:
            flat.extend(_alternatives(list(get_args(kind))))
        elif origin is Annotated:
            flat.extend(_alternatives([get_args(kind)[0]]))
        else:
            flat.append(kind)
    return flat
