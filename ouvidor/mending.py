"""How settings with faults are read as far as they go, so that one fault does not hide what stands behind it.

What is wrong is told and mended for the moment: random words stand for a secret that could not be read, what else is
wrong gives way to its default. Then the rest is read again, until nothing new is found. What only follows from a mend
is not told. Nothing is ever run, and nobody called, with what is mended so.
"""

import secrets
from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ouvidor.faults import Fault, Where, faults_of

__all__ = ["read_as_far"]

S = TypeVar("S", bound=BaseModel)
Path = tuple[str | int, ...]


def read_as_far(
    model: type[S], given: object, *, where: str | Where, within: Sequence[str | int] = ()
) -> tuple[S | None, list[Fault]]:
    """Read a section, and give all that is wrong with it. None: nothing of it can stand without what is wrong."""
    told: list[Fault] = []
    gone: set[Path] = set()
    stood_in: set[Path] = set()
    rest = {} if given is None else given
    while True:
        try:
            return model.model_validate(rest), told
        except ValidationError as error:
            found = faults_of(error, model, where=where, within=within)
        inner = [(fault, fault.at[len(within) :]) for fault in found]
        told += dict.fromkeys(fault for fault, at in inner if not _follows(at, gone, stood_in))
        secret: dict[Path, Path] = {
            (*at[:-1], fault.secret): at for fault, at in inner if fault.secret is not None and _there(rest, at) == at
        }
        wrong = {_there(rest, at) for _, at in inner if at not in secret.values()}
        if () in wrong:
            return None, told
        stood_in |= secret.keys()
        gone |= wrong
        for place, at in secret.items():
            rest = _with(_without(rest, at), place, secrets.token_hex(32))
        for at in sorted(wrong, key=len, reverse=True):
            rest = _without(rest, at)


def _follows(at: Path, gone: set[Path], stood_in: set[Path]) -> bool:
    """Is this no fault of its own: of a key that was mended, or of what holds or stands in one that is gone?"""
    if any(at[: len(place)] == place for place in stood_in):
        return True
    return any(at[: len(each)] == each or each[: len(at)] == at for each in gone)


def _there(given: object, at: Path) -> Path:
    """Give as much of a path as was given: what is wrong because it is missing goes with what it is missing from."""
    here: Any = given
    for length, step in enumerate(at):
        known = range(len(here)) if isinstance(here, list | tuple) else here if isinstance(here, dict) else ()
        if step not in known:
            return _there(given, at[:length])
        here = here[step]
    return at[:-1] if at and isinstance(at[-1], int) and here == {} else at


def _without(given: Any, at: Path) -> Any:  # noqa: ANN401 - whatever the YAML holds
    """Give the same without what is at a path. Of a list's item an empty one stays: the others keep their numbers."""
    if isinstance(given, dict):
        if len(at) == 1:
            return {key: value for key, value in given.items() if key != at[0]}
        return {key: _without(value, at[1:]) if key == at[0] else value for key, value in given.items()}
    if isinstance(given, list | tuple):
        return [
            value if number != at[0] else {} if len(at) == 1 else _without(value, at[1:])
            for number, value in enumerate(given)
        ]
    return given


def _with(given: Any, at: Path, value: str) -> Any:  # noqa: ANN401 - whatever the YAML holds
    """Give the same with a value at a path, whose mapping is there."""
    if isinstance(given, dict):
        return {**given, at[0]: value if len(at) == 1 else _with(given[at[0]], at[1:], value)}
    return [_with(each, at[1:], value) if number == at[0] else each for number, each in enumerate(given)]
